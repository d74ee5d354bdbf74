//! One condition under construction: field, operator, value.

use std::sync::Arc;

use domain::filter::{Comparison, Op, RELATIVE_DATES, operators, paths, words};
use domain::permission::{Action, Right};
use domain::{Definition, Field, Filter, Kind};
use leptos::prelude::*;
use serde_json::Value;

use crate::resource::{entry, labels, names};
use crate::ui::{Choice, Combobox, DateInput, Icon, IconButton, Search, SelectInput, TextInput};
use crate::{session, spelling, t};

/// What stands between typed values.
const SEPARATORS: &[char] = &[',', '，'];

#[derive(Clone, Copy)]
pub struct Rule {
    definition: &'static Definition,
    field: RwSignal<String>,
    op: RwSignal<String>,
    text: RwSignal<String>,
    /// The other end of what `text` begins.
    end: RwSignal<String>,
    picked: RwSignal<Vec<Choice>>,
    /// Whether it is shown that something is missing.
    pub marked: RwSignal<bool>,
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
    /// From one end to the other.
    Range,
    Day,
    Text,
}

impl Rule {
    pub fn first(definition: &'static Definition) -> Self {
        let (key, op) = first_test(definition);
        Self {
            definition,
            field: RwSignal::new(key.to_owned()),
            op: RwSignal::new(op.to_owned()),
            text: RwSignal::new(String::new()),
            end: RwSignal::new(String::new()),
            picked: RwSignal::new(Vec::new()),
            marked: RwSignal::new(false),
        }
    }

    pub fn of(definition: &'static Definition, test: &Comparison) -> Self {
        let rule = Self::first(definition);
        rule.field.set(test.field.clone());
        rule.op.set(test.op.word().to_owned());
        let texts: Vec<String> = match &test.value {
            Value::Array(items) => items.iter().map(plain).collect(),
            Value::Null => Vec::new(),
            // As an address writes it.
            value if takes_several(test.op) => words::split(&plain(value), &[',']),
            value => vec![plain(value)],
        };
        if let Some((of, field)) = paths::end_of(definition, &test.field) {
            rule.picked.set(texts.iter().map(|value| known_choice(of, field, value)).collect());
        }
        match (test.op, texts.as_slice()) {
            (Op::Between, [from, to]) => {
                rule.text.set(from.clone());
                rule.end.set(to.clone());
            }
            _ => rule.text.set(words::join(&texts, SEPARATORS)),
        }
        rule
    }

    /// The field that is asked, and whose it is: the list's own, or that of a record which its records name.
    fn chosen(self) -> Option<(&'static Definition, &'static Field)> {
        self.field.with(|path| paths::end_of(self.definition, path))
    }

    fn chosen_field(self) -> Option<&'static Field> {
        self.chosen().map(|(_, field)| field)
    }

    fn shape(self) -> Shape {
        let op = self.op.with(|word| Op::from_word(word));
        match (op, self.chosen_field().map(|field| field.kind)) {
            (Some(Op::IsNull), _) | (_, Some(Kind::Bool)) => Shape::Truth,
            (op, Some(Kind::Choice(_) | Kind::Choices(_) | Kind::Reference(_) | Kind::References(_))) => {
                Shape::Pick { many: op.is_some_and(takes_several) }
            }
            (Some(Op::In), _) => Shape::Text,
            (Some(Op::Between), _) => Shape::Range,
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
            Shape::Range => {
                let ends = [self.text, self.end].map(|end| end.with(|text| text.trim().to_owned()));
                if ends.iter().any(String::is_empty) {
                    return None;
                }
                ends.map(|end| typed_value(field.kind, op, end)).to_vec().into()
            }
            Shape::Day | Shape::Text => {
                let text = self.text.with(|text| text.trim().to_owned());
                if text.is_empty() {
                    return None;
                }
                typed_value(field.kind, op, text)
            }
        };
        Some(self.field.with(|path| Filter::test(path, op, value)))
    }

    /// Whether nothing was said in it yet: it is as it came.
    pub fn is_blank(self) -> bool {
        let (field, op) = first_test(self.definition);
        self.field.with(|key| key == field) && self.op.with(|word| word == op) && self.filter().is_none()
    }
}

/// Whether a condition names several values.
pub fn takes_several(op: Op) -> bool {
    matches!(op, Op::In | Op::AllOf | Op::NoneOf | Op::Between)
}

/// A typed text as the value its field compares with.
fn typed_value(kind: Kind, op: Op, text: String) -> Value {
    match (kind, op) {
        (_, Op::In) => words::split(&text, SEPARATORS).into_iter().map(Value::String).collect(),
        (Kind::Integer, _) => text.parse::<i64>().map_or(Value::String(text), Value::from),
        _ => Value::String(text),
    }
}

pub fn rule_view(rule: Rule, remove: Callback<()>) -> AnyView {
    let definition = rule.definition;
    let fields = offered(definition);
    let ops = Signal::derive(move || {
        let words = rule.chosen().map(|(of, field)| asked(of, field)).unwrap_or_default();
        words.iter().map(|op| (op.word().to_owned(), t!(&format!("op.{}", op.word())))).collect::<Vec<_>>()
    });
    // Another field has other operators and other values.
    Effect::watch(
        move || rule.field.get(),
        move |_, _, _| {
            if let Some((of, field)) = untrack(|| rule.chosen()) {
                rule.op.set(first_op(of, field).to_owned());
            }
            rule.text.set(String::new());
            rule.end.set(String::new());
            rule.picked.set(Vec::new());
        },
        false,
    );
    let missing = Memo::new(move |_| rule.marked.get() && rule.filter().is_none());
    let shape = Memo::new(move |_| (rule.shape(), rule.field.get()));
    view! {
        <div class="rule" data-missing=move || missing.get().then_some("true")>
            <SelectInput value=rule.field options=Signal::stored(fields) label=t!("filter.field")/>
            <SelectInput value=rule.op options=ops label=t!("filter.operator")/>
            <div class="rule-value">
                {move || value_view(rule, shape.get().0)}
                {move || missing.get().then(|| view! {
                    <p class="field-error" role="alert"><Icon name="circle-alert"/>{t!("filter.missing")}</p>
                })}
            </div>
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
        Shape::Pick { many } => match untrack(|| rule.chosen()) {
            Some((of, field)) => {
                view! { <Combobox chosen=rule.picked search=choices(of, field) many label/> }.into_any()
            }
            None => ().into_any(),
        },
        Shape::Range => range_view(rule),
        Shape::Day => day_view(rule.text, label),
        Shape::Text => view! { <TextInput value=rule.text label/> }.into_any(),
    }
}

/// Both ends, which belong to what lies between them.
fn range_view(rule: Rule) -> AnyView {
    let is_day = untrack(|| rule.chosen_field()).is_some_and(|field| matches!(field.kind, Kind::Date | Kind::Instant));
    let end = |value: RwSignal<String>, label: String| {
        if is_day { day_view(value, label) } else { view! { <TextInput value label/> }.into_any() }
    };
    view! { <div class="stack">{end(rule.text, t!("filter.from"))}{end(rule.end, t!("filter.to"))}</div> }.into_any()
}

/// A day of the calendar, or one of the words that move with today.
fn day_view(value: RwSignal<String>, label: String) -> AnyView {
    let mut words: Vec<(String, String)> =
        RELATIVE_DATES.iter().map(|word| ((*word).to_owned(), t!(&format!("date.{}", &word[1..])))).collect();
    words.push((String::new(), t!("filter.a-day")));
    let relative =
        RwSignal::new(untrack(|| value.with(|text| if text.starts_with('@') { text.clone() } else { String::new() })));
    Effect::watch(move || relative.get(), move |word, _, _| value.set(word.clone()), false);
    let day = move || relative.with(String::is_empty).then(|| view! { <DateInput value label=t!("filter.a-day")/> });
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
        Kind::Reference(resource) | Kind::References(resource) => {
            let search = entry::searching(resource);
            if resource != "users" {
                return search;
            }
            Arc::new(move |typed: String, answer: Callback<Vec<Choice>>| {
                // "Me" is offered before anything is typed: it stays right for whoever opens the view.
                let first = typed.trim().is_empty().then(|| Choice {
                    value: "@me".into(),
                    text: t!("filter.me"),
                    ..Choice::default()
                });
                let rest = Callback::new(move |found: Vec<Choice>| {
                    answer.try_run(first.clone().into_iter().chain(found).collect());
                });
                search(typed, rest);
            })
        }
        _ => Arc::new(move |typed: String, answer: Callback<Vec<Choice>>| {
            let all = entry::options(definition, field).into_iter();
            let fits = all.filter(|(_, text)| spelling::fits(text, &typed));
            answer.run(fits.map(|(value, text)| Choice { value, text, ..Choice::default() }).collect());
        }),
    }
}

fn known_choice(definition: &Definition, field: &Field, value: &str) -> Choice {
    let text = match field.kind {
        Kind::Reference(resource) | Kind::References(resource) => names::name_of(resource, value).get_untracked(),
        Kind::Choice(_) | Kind::Choices(_) => labels::choice(definition, field, value),
        _ => value.to_owned(),
    };
    Choice { value: value.to_owned(), text, ..Choice::default() }
}

pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn filterable(definition: &'static Definition) -> impl Iterator<Item = &'static Field> {
    let own = definition.own_fields();
    let stamp = definition.all_fields().filter(|field| !definition.own_fields().any(|own| own.key == field.key));
    own.chain(stamp).filter(|field| field.filterable && field.kind != Kind::Id && !asked(definition, field).is_empty())
}

/// The fields of the list, and behind them those of the records that its records name.
fn offered(definition: &'static Definition) -> Vec<(String, String)> {
    let own = filterable(definition).map(|field| (field.key.to_owned(), labels::field(definition, field)));
    let named = definition.own_fields().filter_map(|field| {
        let word = field.embedded()?;
        let (link, of) = paths::named_by(definition, &word)?;
        session::may(of.name, Action::Read).then_some((word, link, of))
    });
    let beyond = named.flat_map(|(word, link, of)| {
        let path = move |field: &Field| format!("{word}.{}", field.key);
        filterable(of).map(move |field| (path(field), labels::path(definition, link, of, field))).collect::<Vec<_>>()
    });
    own.chain(beyond).collect()
}

/// The field and the operator with which a condition begins.
fn first_test(definition: &'static Definition) -> (&'static str, &'static str) {
    let title = filterable(definition).find(|field| field.key == definition.title);
    let field = title.or_else(|| filterable(definition).next());
    field.map_or(("", "eq"), |field| (field.key, first_op(definition, field)))
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
