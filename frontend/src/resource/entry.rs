//! What is being typed into one field: the value while it is edited, and the way back to the wire.

use domain::check;
use domain::filter::{Filter, Op};
use domain::listing::{Listing, Sort};
use domain::money::Currency;
use domain::{Definition, Fault, Field, Kind};
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::lines::{self, LineEntry};
use super::{cells, labels, names};
use crate::api::records;
use crate::ui::Choice;
use crate::{edition, format};

/// A field under edit.
#[derive(Clone, Copy)]
pub struct Entry {
    pub field: &'static Field,
    pub typed: Typed,
    /// Whether it may not be left empty here; an act may ask for what the record itself can do without.
    pub required: bool,
    /// What is wrong with it, in words.
    pub fault: RwSignal<Option<String>>,
}

#[derive(Clone, Copy)]
pub enum Typed {
    Text(RwSignal<String>),
    Flag(RwSignal<bool>),
    Words(RwSignal<Vec<String>>),
    Picked(RwSignal<Vec<Choice>>),
    /// Any number of records.
    Several(RwSignal<Vec<Choice>>),
    /// The lines of a document.
    Lines(RwSignal<Vec<LineEntry>>),
}

impl Entry {
    /// A field with the value a record holds for it.
    pub fn of(field: &'static Field, document: &Map<String, Value>) -> Self {
        let value = document.get(field.key).unwrap_or(&Value::Null);
        let text = || value.as_str().map(str::to_owned).unwrap_or_default();
        let typed = match field.kind {
            Kind::Bool => Typed::Flag(RwSignal::new(value.as_bool().unwrap_or(false))),
            Kind::Reference(resource) if field.several => Typed::Several(picked(resource, field, document)),
            Kind::Reference(resource) => Typed::Picked(picked(resource, field, document)),
            Kind::References(resource) => Typed::Several(picked(resource, field, document)),
            Kind::Lines(columns) => Typed::Lines(RwSignal::new(lines::entries(columns, value))),
            Kind::Choices(_) => {
                Typed::Several(RwSignal::new(words(value).iter().map(|word| labels::option(field, word)).collect()))
            }
            kind if kind.is_many() => Typed::Words(RwSignal::new(words(value))),
            Kind::Integer => {
                Typed::Text(RwSignal::new(value.as_i64().map(|number| number.to_string()).unwrap_or_default()))
            }
            _ => Typed::Text(RwSignal::new(text())),
        };
        let required = field.required || field.only_when.is_some_and(|case| case.required);
        Self { field, typed, required, fault: RwSignal::new(None) }
    }

    /// The value as the wire takes it: trimmed, in its kept form, empty as null.
    pub fn value(&self) -> Value {
        match self.typed {
            Typed::Flag(flag) => Value::Bool(flag.get()),
            Typed::Picked(picked) => {
                picked.with(|picked| picked.first().map_or(Value::Null, |choice| choice.value.clone().into()))
            }
            Typed::Several(chosen) => {
                Value::Array(chosen.with(|chosen| chosen.iter().map(|choice| choice.value.clone().into()).collect()))
            }
            Typed::Lines(lines) => lines.with(|lines| lines.iter().map(LineEntry::value).collect()),
            Typed::Words(words) => {
                Value::Array(words.with(|words| {
                    words.iter().map(|word| check::normalise_text(self.field.kind, word).into()).collect()
                }))
            }
            Typed::Text(text) => self.text_value(&text.get()),
        }
    }

    fn text_value(&self, typed: &str) -> Value {
        let text = check::normalise_text(self.field.kind, typed);
        if text.is_empty() {
            return Value::Null;
        }
        match self.field.kind {
            Kind::Integer => text.parse::<i64>().map_or(Value::String(text), Value::from),
            Kind::Decimal | Kind::Amount | Kind::Percent => format::parse_amount(&text).unwrap_or(text).into(),
            Kind::Date => format::parse_day(&text, &format::today()).unwrap_or(text).into(),
            _ => text.into(),
        }
    }

    /// Check by the field list, tell what is wrong, and say whether it holds.
    pub fn check(&self) -> bool {
        if let Typed::Several(_) = self.typed {
            // Ids that were chosen are ids.
            self.fault.set(None);
            return true;
        }
        if let Typed::Lines(lines) = self.typed {
            let is_missing = self.required && lines.with(Vec::is_empty);
            self.fault.set(is_missing.then(|| sentence(&Fault::field(self.field.key, "required"))));
            // Each is judged, so that all faults show at once.
            return lines.with(|lines| lines::check(lines)) && !is_missing;
        }
        let value = self.value();
        let mut faults = check::field_faults(self.field, &value);
        if self.required && faults.is_empty() && value.is_null() {
            faults.push(Fault::field(self.field.key, "required"));
        }
        self.fault.set(faults.first().map(sentence));
        faults.is_empty()
    }
}

/// A fault in words: the server's sentence, or for one found here the same sentence from the catalogue.
pub fn sentence(fault: &Fault) -> String {
    if !fault.detail.is_empty() {
        return fault.detail.clone();
    }
    let arguments: Vec<(&str, String)> =
        fault.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    crate::i18n::text_with(&format!("fault.{}", fault.code), &arguments)
}

/// A fault with the field it is about: 邮箱：不是完整的邮箱地址.
pub fn reason(resource: &str, fault: &Fault) -> String {
    let mut keys = fault.pointer.trim_start_matches('/').split('/');
    let (mut key, mut definition) = (keys.next().unwrap_or_default(), edition::find(resource));
    // Of an import's line the part that tells another record: `/contact/phones/0`.
    if (resource, key) == ("customers", "contact") {
        (key, definition) = (keys.next().unwrap_or_default(), edition::find("contacts"));
    }
    match definition.and_then(|definition| Some((definition, definition.field(key)?))) {
        Some((definition, field)) => {
            format!("{}{}{}", labels::field(definition, field), crate::t!("form.colon"), sentence(fault))
        }
        None => sentence(fault),
    }
}

/// The options of a choice field.
pub fn options(definition: &Definition, field: &Field) -> Vec<(String, String)> {
    match field.kind {
        Kind::Choice(words) | Kind::Choices(words) => {
            let offered = |word: &&&str| field.made.is_none_or(|made| made.offers(word));
            words
                .iter()
                .filter(offered)
                .map(|word| ((*word).to_owned(), labels::choice(definition, field, word)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A search among the words of a choice, for a combobox.
pub fn among(field: &'static Field) -> crate::ui::Search {
    std::sync::Arc::new(move |typed: String, answer: Callback<Vec<Choice>>| {
        let offered = field.made.map_or(&[] as &[_], |made| made.words).iter().filter(|word| !word.is_retired);
        let options = offered.map(|word| labels::option(field, word.word));
        let typed = typed.trim().to_lowercase();
        answer.run(options.filter(|option| option.text.to_lowercase().contains(&typed)).collect());
    })
}

/// What is said in the form that a field stands in.
#[derive(Clone, Copy)]
pub struct Said(pub Callback<(), Map<String, Value>>);

/// How amounts are meant in the form that a field stands in.
#[derive(Clone, Copy)]
pub struct Speaks {
    pub currency: Signal<Currency>,
    /// Whether prices are those with tax.
    pub prices_include_tax: Signal<bool>,
}

/// Records that belong where the form says that this one does: contacts of its customer, and not all there are.
fn belonging(resource: &str, said: Option<Said>) -> Filter {
    let (Some(of), Some(Said(said))) = (edition::find(resource), said) else { return Filter::everything() };
    let said = said.run(());
    let named = of.fields.iter().filter(|field| field.required && matches!(field.kind, Kind::Reference(_)));
    let tests = named.filter_map(|field| {
        let id = said.get(field.key).filter(|value| value.is_string())?;
        Some(Filter::test(field.key, Op::Eq, id.clone()))
    });
    Filter::all(tests.collect())
}

/// A search among the records of a resource, for a combobox.
pub fn searching(resource: &'static str) -> crate::ui::Search {
    let said = use_context::<Said>();
    std::sync::Arc::new(move |typed: String, answer: Callback<Vec<Choice>>| {
        leptos::task::spawn_local(async move {
            let (title, colour) = edition::find(resource).map_or(("name", None), |of| (of.title, of.colour));
            // The server looks for parts of names, pinyin and initials.
            let q = Some(typed.trim().to_owned()).filter(|q| !q.is_empty());
            // What has an order of its own is offered in it.
            let ordered = edition::find(resource).and_then(|definition| definition.field("position"));
            let sort = ordered.map(|field| Sort { field: field.key.to_owned(), descending: false });
            let sort = sort.into_iter().collect();
            let listing = Listing { q, filter: belonging(resource, said), limit: Some(20), sort, ..Listing::default() };
            let found = records::list(resource, &listing, None).await.map(|page| page.items).unwrap_or_default();
            // Whoever asked may be gone by now.
            answer.try_run(found.into_iter().map(|item| choice_of(item, title, colour)).collect());
        });
    })
}

pub fn choice_of(item: records::Item, title: &str, colour: Option<&str>) -> Choice {
    let text = |key: &str| item.document.get(key).and_then(Value::as_str).map(str::to_owned);
    let note = ["username", "city"].iter().find_map(|key| text(key)).unwrap_or_default();
    let hue = colour.and_then(text).unwrap_or_default();
    Choice { value: item.id.clone(), text: text(title).unwrap_or_else(|| item.id.clone()), note, hue }
}

/// What a field names, one record or several. Where only an id is known, as from a draft or an address, the name follows.
fn picked(resource: &'static str, field: &Field, document: &Map<String, Value>) -> RwSignal<Vec<Choice>> {
    let ids = match document.get(field.key) {
        Some(Value::String(id)) => vec![id.clone()],
        value => words(value.unwrap_or(&Value::Null)),
    };
    let known = cells::named(field, document);
    let choice = |id: &String| {
        let one = known.iter().find(|one| one["id"] == *id);
        let text = |key: &str| one.and_then(|one| one[key].as_str()).unwrap_or_default().to_owned();
        Choice { value: id.clone(), text: text("name"), hue: text("colour"), ..Choice::default() }
    };
    let chosen: Vec<Choice> = ids.iter().map(choice).collect();
    let unnamed: Vec<String> =
        chosen.iter().filter(|choice| choice.text.is_empty()).map(|choice| choice.value.clone()).collect();
    let picked = RwSignal::new(chosen);
    for id in unnamed {
        let name = names::name_of(resource, &id);
        Effect::new(move || {
            let name = name.get();
            picked.maybe_update(|picked| match picked.iter_mut().find(|choice| choice.value == id) {
                Some(choice) if choice.text != name => {
                    choice.text = name;
                    true
                }
                _ => false,
            });
        });
    }
    picked
}

fn words(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
