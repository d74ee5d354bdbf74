//! How a value is shown, by the kind of its field.

use domain::text::phone;
use domain::{Definition, Field, Kind, masking};
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{address, labels, names};
use crate::ui::{IconLink, Person, Tag, Tone};
use crate::{format, t};

/// A value as plain text: for cards, histories, comparisons and titles.
pub fn text(definition: &Definition, field: &Field, document: &Map<String, Value>) -> String {
    let value = document.get(field.key).unwrap_or(&Value::Null);
    if let (true, Some(name)) = (leads(definition, field), referred_name(field, document)) {
        return name;
    }
    if let (Kind::Amount, Value::String(amount)) = (field.kind, value) {
        let currency = document.get("currency").and_then(Value::as_str).unwrap_or_default();
        return format::amount(amount.strip_suffix(".00").unwrap_or(amount), currency);
    }
    value_text(definition, field, value)
}

/// A bare value as text, where the record around it is not at hand.
pub fn value_text(definition: &Definition, field: &Field, value: &Value) -> String {
    match (field.kind, value) {
        (_, Value::Null) => format::EMPTY.to_owned(),
        (_, Value::Array(items)) if items.is_empty() => format::EMPTY.to_owned(),
        (Kind::Lines(_), Value::Array(lines)) => t!("lines.count", count = lines.len()),
        (_, Value::Array(items)) => items
            .iter()
            .map(|item| value_text(definition, field, item))
            .collect::<Vec<_>>()
            .join(t!("list.comma").as_str()),
        (Kind::Reference(_), Value::Object(named)) => {
            named.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        (Kind::References(resource), Value::String(id)) => names::name_of(resource, id).get(),
        (Kind::Choice(_) | Kind::Choices(_), Value::String(word)) => labels::choice(definition, field, word),
        (Kind::Date, Value::String(day)) => format::day(day),
        (Kind::Instant, Value::String(instant)) => format::date_time(instant),
        (Kind::Phone | Kind::Phones, Value::String(number)) if !number.is_empty() => format::phone(number),
        (Kind::Decimal | Kind::Amount, Value::String(decimal)) => format::group_digits(decimal),
        (Kind::Percent, Value::String(decimal)) => format!("{}%", format::group_digits(decimal)),
        (_, Value::Bool(true)) => t!("value.yes"),
        (_, Value::Bool(false)) => t!("value.no"),
        (_, Value::String(text)) if text.is_empty() => format::EMPTY.to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// A value as it stands in a table cell or among a record's facts.
pub fn cell(definition: &'static Definition, field: &'static Field, document: &Map<String, Value>) -> AnyView {
    if is_unreadable(field, document) {
        return unreadable(definition, field, document);
    }
    let value = document.get(field.key).unwrap_or(&Value::Null);
    match (field.kind, value) {
        (_, Value::Null) => view! { <span class="muted">{format::EMPTY}</span> }.into_any(),
        // A few words are states worth a colour; many are a classification, which reads better as text.
        (Kind::Choice(words), Value::String(word)) if words.len() <= 6 => {
            view! { <Tag text=labels::choice(definition, field, word) tone=tone(word)/> }.into_any()
        }
        (Kind::Reference(resource), Value::String(id)) => reference(resource, id, field, document),
        (Kind::Id, Value::String(_)) if definition.link.is_some_and(|link| link.id == field.key) => {
            linked(definition, document)
        }
        (Kind::Reference(_), Value::Array(named)) if !named.is_empty() => {
            let tags = named.iter().map(|one| view! { <Tag text=value_text(definition, field, one)/> }).collect_view();
            view! { <span class="tag-list">{tags}</span> }.into_any()
        }
        (Kind::Instant, Value::String(instant)) => {
            view! { <time datetime=instant.clone() title=format::date_time(instant)>{format::relative(instant)}</time> }
                .into_any()
        }
        (Kind::References(_), Value::Array(ids)) if !ids.is_empty() => several(field, document),
        (Kind::Choices(_), Value::Array(words)) if !words.is_empty() => {
            let tags =
                words.iter().map(|word| view! { <Tag text=value_text(definition, field, word)/> }).collect_view();
            view! { <span class="tag-list">{tags}</span> }.into_any()
        }
        (_, Value::Array(items)) if items.is_empty() => view! { <span class="muted">{format::EMPTY}</span> }.into_any(),
        (_, Value::Bool(false)) => view! { <span class="muted">{t!("value.no")}</span> }.into_any(),
        (_, Value::Array(items)) if items.len() > 1 => {
            let (first, rest) = (value_text(definition, field, &items[0]), items.len() - 1);
            view! { <span class="cell" title=value_text(definition, field, value)>{first}" "<span class="meta">{format!("+{rest}")}</span></span> }.into_any()
        }
        _ => view! { <span class="cell">{text(definition, field, document)}</span> }.into_any(),
    }
}

/// A value among a record's facts, where there is room for all of it.
pub fn whole(definition: &'static Definition, field: &'static Field, document: &Map<String, Value>) -> AnyView {
    let value = document.get(field.key).unwrap_or(&Value::Null);
    match (field.kind, value) {
        (Kind::Lines(columns), Value::Array(lines)) if !lines.is_empty() => {
            super::lines::table(definition, columns, lines, document)
        }
        (Kind::Reference("attachments"), Value::String(id)) => super::said::picture(id.clone()),
        (Kind::LongText, Value::String(text)) => view! { <span class="fact-lines">{text.clone()}</span> }.into_any(),
        (kind, Value::Array(items))
            if items.len() > 1
                && !matches!(kind, Kind::References(_) | Kind::Choices(_))
                && !is_unreadable(field, document) =>
        {
            let lines = items.iter().map(|item| view! { <span>{value_text(definition, field, item)}</span> });
            view! { <span class="fact-lines">{lines.collect_view()}</span> }.into_any()
        }
        _ => cell(definition, field, document),
    }
}

/// Whether a field holds something that the server could not open.
fn is_unreadable(field: &Field, document: &Map<String, Value>) -> bool {
    let named = document.get("unreadable").and_then(Value::as_array);
    named.is_some_and(|fields| fields.iter().any(|name| name == field.key))
}

/// What of a field could be opened, and that this is not all.
fn unreadable(definition: &Definition, field: &Field, document: &Map<String, Value>) -> AnyView {
    let rest = Some(text(definition, field, document)).filter(|text| text != format::EMPTY);
    view! { {rest} <Tag text=t!("value.unreadable") tone=Tone::Warn/> }.into_any()
}

/// What one can do with a value besides reading it: dial a number, write to an address, open a page. A masked value is
/// good for none of it.
pub fn ways(field: &'static Field, document: &Map<String, Value>) -> Vec<AnyView> {
    let values = match document.get(field.key) {
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(value)) => vec![value.as_str()],
        _ => Vec::new(),
    };
    let usable = values.into_iter().filter(|value| !value.is_empty() && !value.contains(masking::MARK));
    usable.filter_map(|value| way(field.kind, value)).collect()
}

fn way(kind: Kind, value: &str) -> Option<AnyView> {
    let (label, icon, href) = match kind {
        Kind::Phone | Kind::Phones => {
            (t!("record.call", value = format::phone(value)), "phone", format!("tel:{}", phone::dialled(value)))
        }
        Kind::Email | Kind::Emails => (t!("record.write", value = value), "mail", format!("mailto:{value}")),
        Kind::Url => (t!("record.visit", value = value), "external-link", value.to_owned()),
        _ => return None,
    };
    Some(view! { <IconLink label icon href/> }.into_any())
}

/// The few values that say most of a record by themselves, for lines under its name: how it stands, what it is worth, and
/// then what comes first.
pub fn gist(definition: &Definition, fields: &[&'static Field], document: &Map<String, Value>) -> Vec<String> {
    // A bare yes or no says nothing without its label, nor does a number: it may be days, pieces or per cent.
    let is_bare = |field: &Field| matches!(field.kind, Kind::Bool | Kind::Integer | Kind::Decimal);
    let telling = fields.iter().filter(|field| field.key != definition.title && !is_bare(field));
    // Nor does the id of a record whose name did not come along.
    let telling = telling.filter(|field| {
        let is_named = field.kind.referred().is_some() || field.kind == Kind::Id;
        !is_named || referred_name(field, document).is_some()
    });
    let mut telling: Vec<_> = telling.collect();
    telling.sort_by_key(|field| match field.kind {
        _ if definition.state == Some(field.key) => 0,
        Kind::Amount => 1,
        _ => 2,
    });
    let texts = telling.into_iter().map(|field| text(definition, field, document));
    texts.filter(|text| text != format::EMPTY).take(3).collect()
}

/// The records that a field names, each in its colour, as far as the answer embedded them.
fn several(field: &Field, document: &Map<String, Value>) -> AnyView {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let known = named(field, document);
    if known.is_empty() {
        return view! { <span class="muted">{t!("value.hidden")}</span> }.into_any();
    }
    let tags = known.iter().map(|one| view! { <Tag text=text(one, "name") hue=text(one, "colour")/> }).collect_view();
    view! { <span class="tag-list">{tags}</span> }.into_any()
}

/// What an answer embedded of what a field names, as `{id, name}` each: of one record or of several.
pub fn named<'a>(field: &Field, document: &'a Map<String, Value>) -> &'a [Value] {
    let word = expansion(field);
    // A field that already bears the word keeps its id, and the name goes beside it.
    let embedded = if word == field.key { document.get(&format!("{word}_ref")) } else { document.get(&word) };
    match embedded {
        Some(Value::Array(several)) => several,
        Some(one) if one.is_object() => std::slice::from_ref(one),
        _ => &[],
    }
}

fn reference(resource: &'static str, id: &str, field: &Field, document: &Map<String, Value>) -> AnyView {
    let Some(name) = referred_name(field, document) else {
        // Not embedded means not visible to this person; the bare id would help nobody.
        return view! { <span class="muted">{t!("value.hidden")}</span> }.into_any();
    };
    if resource == "users" {
        return view! { <Person name/> }.into_any();
    }
    view! { <a class="cell" href=address::record(resource, id)>{name}</a> }.into_any()
}

/// The record that a link leads to. One that is gone, or not to be seen, has no name.
fn linked(definition: &Definition, document: &Map<String, Value>) -> AnyView {
    let end = definition.link.and_then(|link| document.get(link.member()));
    let text = |key: &str| end.and_then(|end| end.get(key)).and_then(Value::as_str);
    match (text("resource"), text("id"), text("name")) {
        (Some(resource), Some(id), Some(name)) => {
            view! { <a class="cell" href=address::record(resource, id)>{name.to_owned()}</a> }.into_any()
        }
        _ => view! { <span class="muted">{t!("value.gone")}</span> }.into_any(),
    }
}

/// The name of the record a field refers to, or of all of them, when the answer embedded it.
pub fn referred_name(field: &Field, document: &Map<String, Value>) -> Option<String> {
    let names: Vec<&str> = named(field, document).iter().filter_map(|one| one["name"].as_str()).collect();
    (!names.is_empty()).then(|| names.join(t!("list.comma").as_str()))
}

/// Whether a field leads to another record, whose name the server embeds when it is asked to.
pub fn leads(definition: &Definition, field: &Field) -> bool {
    field.kind.referred().is_some() || definition.link.is_some_and(|link| link.id == field.key)
}

/// The word that asks the server to embed what a field refers to.
pub fn expansion(field: &Field) -> String {
    // The other end of a link goes by a word of its own.
    field.embedded().unwrap_or_else(|| field.key.strip_suffix("_id").unwrap_or(field.key).to_owned())
}

/// The colour of a choice. The word says it all; the colour lets the eye find it.
fn tone(word: &str) -> Tone {
    match word {
        "active" | "a" | "won" => Tone::Ok,
        "potential" | "b" | "open" => Tone::Info,
        "dormant" => Tone::Warn,
        "lost" | "disabled" => Tone::Bad,
        _ => Tone::Plain,
    }
}
