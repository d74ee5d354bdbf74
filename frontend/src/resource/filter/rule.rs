//! One condition under construction: field, operator, value.

use std::sync::Arc;

use domain::filter::{Comparison, Op, RELATIVE_DATES, operators};
use domain::permission::{Action, Right};
use domain::{Definition, Field, Filter, Kind};
use leptos::prelude::*;
use serde_json::Value;

use crate::resource::{entry, labels, names};
use crate::ui::{Choice, Combobox, DateInput, IconButton, Search, SelectInput, TextInput};
use crate::{session, t};

#[derive(Clone, Copy)]
pub struct Rule {
    definition: &'static Definition,
    field: RwSignal<String>,
    op: RwSignal<String>,
    text: RwSignal<String>,
    picked: RwSignal<Vec<Choice>>,
}

/// How the value of a condition is given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Yes or no.
    Truth,
    /// One or several of known things.
    Pick {
        many: bool,
    },
    Day,
    Text,
}

impl Rule {
    pub fn first(definition: &'static Definition) -> Self {
        let field = filterable(definition)
            .find(|field| field.key == definition.title)
            .or_else(|| filterable(definition).next());
        let (key, op) = field.map_or(("", "eq"), |field| (field.key, first_op(definition, field)));
        Self {
            definition,
            field: RwSignal::new(key.to_owned()),
            op: RwSignal::new(op.to_owned()),
            text: RwSignal::new(String::new()),
            picked: RwSignal::new(Vec::new()),
        }
    }

    pub fn of(definition: &'static Definition, test: &Comparison) -> Self {
        let rule = Self::first(definition);
        rule.field.set(test.field.clone());
        rule.op.set(test.op.word().to_owned());
        let texts: Vec<String> = match &test.value {
            Value::Array(items) => items.iter().map(plain).collect(),
            Value::Null => Vec::new(),
            value if test.op == Op::In => plain(value).split(',').map(str::to_owned).collect(),
            value => vec![plain(value)],
        };
        if let Some(field) = definition.field(&test.field) {
            rule.picked.set(texts.iter().map(|value| known_choice(definition, field, value)).collect());
        }
        rule.text.set(texts.join(","));
        rule
    }

    fn chosen_field(self) -> Option<&'static Field> {
        self.field.with(|key| self.definition.field(key))
    }

    fn shape(self) -> Shape {
        let op = self.op.with(|word| Op::from_word(word));
        match (op, self.chosen_field().map(|field| field.kind)) {
            (Some(Op::IsNull), _) | (_, Some(Kind::Bool)) => Shape::Truth,
            (op, Some(Kind::Choice(_) | Kind::Reference(_))) => Shape::Pick { many: op == Some(Op::In) },
            (Some(Op::In), _) => Shape::Text,
            (_, Some(Kind::Date | Kind::Instant)) => Shape::Day,
            _ => Shape::Text,
        }
    }

    /// The condition, if it has a value.
    pub fn filter(self) -> Option<Filter> {
        let field = self.chosen_field()?;
        let op = self.op.with(|word| Op::from_word(word))?;
        let value = match self.shape() {
            Shape::Truth => Value::Bool(self.text.with(|text| text != "false")),
            Shape::Pick { many: true } => {
                let values: Vec<Value> =
                    self.picked.with(|picked| picked.iter().map(|choice| choice.value.clone().into()).collect());
                if values.is_empty() {
                    return None;
                }
                Value::Array(values)
            }
            Shape::Pick { many: false } => {
                self.picked.with(|picked| picked.first().map(|choice| choice.value.clone().into()))?
            }
            Shape::Day | Shape::Text => {
                let text = self.text.with(|text| text.trim().to_owned());
                if text.is_empty() {
                    return None;
                }
                typed_value(field.kind, op, text)
            }
        };
        Some(Filter::test(field.key, op, value))
    }
}

/// A typed text as the value its field compares with.
fn typed_value(kind: Kind, op: Op, text: String) -> Value {
    match (kind, op) {
        (_, Op::In) => text.split([',', '，']).map(|part| Value::String(part.trim().to_owned())).collect(),
        (Kind::Integer, _) => text.parse::<i64>().map_or(Value::String(text), Value::from),
        _ => Value::String(text),
    }
}

pub fn rule_view(rule: Rule, remove: Callback<()>) -> AnyView {
    let definition = rule.definition;
    let fields: Vec<(String, String)> =
        filterable(definition).map(|field| (field.key.to_owned(), labels::field(definition, field))).collect();
    let ops = Signal::derive(move || {
        let words = rule.chosen_field().map(|field| asked(definition, field)).unwrap_or_default();
        words.iter().map(|op| (op.word().to_owned(), t!(&format!("op.{}", op.word())))).collect::<Vec<_>>()
    });
    // Another field has other operators and other values.
    Effect::watch(
        move || rule.field.get(),
        move |_, _, _| {
            if let Some(field) = untrack(|| rule.chosen_field()) {
                rule.op.set(first_op(definition, field).to_owned());
            }
            rule.text.set(String::new());
            rule.picked.set(Vec::new());
        },
        false,
    );
    let shape = Memo::new(move |_| (rule.shape(), rule.field.get()));
    view! {
        <div class="rule">
            <SelectInput value=rule.field options=Signal::stored(fields) label=t!("filter.field")/>
            <SelectInput value=rule.op options=ops label=t!("filter.operator")/>
            <div>{move || value_view(rule, shape.get().0)}</div>
            <IconButton label=t!("filter.remove") icon="x" side="end" on_press=remove/>
        </div>
    }
    .into_any()
}

fn value_view(rule: Rule, shape: Shape) -> AnyView {
    let label = t!("filter.value");
    match shape {
        Shape::Truth => {
            if untrack(|| rule.text.with(|text| text != "false")) {
                rule.text.set("true".to_owned());
            }
            let options = vec![("true".to_owned(), t!("value.yes")), ("false".to_owned(), t!("value.no"))];
            view! { <SelectInput value=rule.text options=Signal::stored(options) label/> }.into_any()
        }
        Shape::Pick { many } => match untrack(|| rule.chosen_field()) {
            Some(field) => {
                view! { <Combobox chosen=rule.picked search=choices(rule.definition, field) many label/> }.into_any()
            }
            None => ().into_any(),
        },
        Shape::Day => day_view(rule, label),
        Shape::Text => view! { <TextInput value=rule.text label/> }.into_any(),
    }
}

/// A day of the calendar, or one of the words that move with today.
fn day_view(rule: Rule, label: String) -> AnyView {
    let mut words: Vec<(String, String)> =
        RELATIVE_DATES.iter().map(|word| ((*word).to_owned(), t!(&format!("date.{}", &word[1..])))).collect();
    words.push((String::new(), t!("filter.a-day")));
    let relative = RwSignal::new(untrack(|| {
        rule.text.with(|text| if text.starts_with('@') { text.clone() } else { String::new() })
    }));
    Effect::watch(move || relative.get(), move |word, _, _| rule.text.set(word.clone()), false);
    let day = move || {
        relative.with(String::is_empty).then(|| view! { <DateInput value=rule.text label=t!("filter.a-day")/> })
    };
    view! {
        <div class="stack">
            <SelectInput value=relative options=Signal::stored(words) label/>
            {day}
        </div>
    }
    .into_any()
}

/// The known things a field can be compared with.
fn choices(definition: &'static Definition, field: &'static Field) -> Search {
    match field.kind {
        Kind::Reference(resource) => {
            let search = entry::searching(resource);
            if resource != "users" {
                return search;
            }
            Arc::new(move |typed: String, answer: Callback<Vec<Choice>>| {
                // "Me" is offered before anything is typed: it stays right for whoever opens the view.
                let first = typed.trim().is_empty().then(|| Choice {
                    value: "@me".into(),
                    text: t!("filter.me"),
                    note: String::new(),
                });
                let rest = Callback::new(move |found: Vec<Choice>| {
                    answer.try_run(first.clone().into_iter().chain(found).collect());
                });
                search(typed, rest);
            })
        }
        _ => Arc::new(move |typed: String, answer: Callback<Vec<Choice>>| {
            let all = entry::options(definition, field).into_iter();
            let fits = all.filter(|(_, text)| text.to_lowercase().contains(&typed.trim().to_lowercase()));
            answer.run(fits.map(|(value, text)| Choice { value, text, note: String::new() }).collect());
        }),
    }
}

fn known_choice(definition: &Definition, field: &Field, value: &str) -> Choice {
    let text = match field.kind {
        Kind::Reference(resource) => names::name_of(resource, value).get_untracked(),
        Kind::Choice(_) => labels::choice(definition, field, value),
        _ => value.to_owned(),
    };
    Choice { value: value.to_owned(), text, note: String::new() }
}

pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn filterable(definition: &'static Definition) -> impl Iterator<Item = &'static Field> {
    let own = definition.fields.iter();
    let stamp = definition.all_fields().filter(|field| !definition.fields.iter().any(|own| own.key == field.key));
    own.chain(stamp).filter(|field| field.filterable && field.kind != Kind::Id && !asked(definition, field).is_empty())
}

/// What may be asked of a field. A masked value can only be looked up in full, by who may have it shown.
fn asked(definition: &Definition, field: &Field) -> &'static [Op] {
    match session::right(definition.name, field) {
        Right::None => &[],
        Right::Masked if field.personal && session::may(definition.name, Action::Reveal) => &[Op::Eq],
        Right::Masked => &[],
        Right::Read | Right::Write => operators(field.kind, field.personal),
    }
}

fn first_op(definition: &Definition, field: &Field) -> &'static str {
    asked(definition, field).first().map_or("eq", |op| op.word())
}
