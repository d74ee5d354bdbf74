//! The form in which values are kept.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::field::{Field, Kind};
use crate::money::Currency;
use crate::text::{codes, fold};
use crate::{instant, lines};

/// Brings values into the form in which they are kept: folded, codes in upper case, empty texts absent.
pub fn normalise<'a>(fields: impl IntoIterator<Item = &'a Field>, document: &mut Map<String, Value>) {
    for field in fields {
        match (document.get_mut(field.key), field.kind) {
            (Some(value), Kind::Lines(columns)) => lines::normalise_all(columns, value),
            (Some(value), kind) => {
                normalise_value(kind, value);
                if let (Kind::References(_), Value::Array(items)) = (kind, value) {
                    count_once(items);
                }
            }
            (None, _) => {}
        }
    }
}

/// Ids in their order, each once: a set said in another order is the same. What is none stays where it was said.
fn count_once(items: &mut Vec<Value>) {
    let ids: Option<BTreeSet<Uuid>> = items.iter().map(|item| item.as_str()?.parse().ok()).collect();
    if let Some(ids) = ids {
        *items = ids.into_iter().map(|id| id.to_string().into()).collect();
    }
}

fn normalise_value(kind: Kind, value: &mut Value) {
    match value {
        Value::String(text) => match normalise_text(kind, text) {
            text if text.is_empty() => *value = Value::Null,
            text => *value = Value::String(text),
        },
        Value::Array(items) => {
            items.iter_mut().for_each(|item| normalise_value(kind, item));
            items.retain(|item| !item.is_null());
        }
        _ => {}
    }
}

/// One text in the form in which it is kept.
pub fn normalise_text(kind: Kind, text: &str) -> String {
    match kind {
        Kind::LongText => fold::lines(text).into_owned(),
        Kind::Text => fold::line(text).into_owned(),
        Kind::CreditCode | Kind::IdNumber => codes::normalise(&fold::narrow(text)),
        Kind::Email | Kind::Emails => fold::narrow(text).to_lowercase(),
        Kind::Instant => {
            let text = fold::narrow(text);
            text.parse().map_or_else(|_| text.into_owned(), instant::format)
        }
        _ => fold::narrow(text).into_owned(),
    }
}

/// Writes amounts with all the places of their currency.
pub(super) fn count_in_places<'a>(fields: impl Iterator<Item = &'a Field>, document: &mut Map<String, Value>) {
    let currency = document.get("currency").and_then(Value::as_str).and_then(Currency::from_word);
    for field in fields.filter(|field| field.kind == Kind::Amount) {
        let amount = document.get(field.key).and_then(Value::as_str).and_then(|text| text.parse::<Decimal>().ok());
        if let (Some(currency), Some(mut amount)) = (currency, amount) {
            amount.rescale(currency.places());
            document.insert(field.key.to_owned(), amount.to_string().into());
        }
    }
}

/// The number of a document that nobody has numbered yet is not there: who writes it gives it one.
pub(super) fn leave_out_numbers(fields: &[Field], document: &mut Map<String, Value>) {
    for field in fields.iter().filter(|field| field.numbered.is_some()) {
        if document.get(field.key).is_some_and(Value::is_null) {
            document.remove(field.key);
        }
    }
}

/// A list that a patch cleared with `null` is an empty list.
pub(super) fn fill_empty_lists(fields: &[Field], document: &mut Map<String, Value>) {
    for field in fields.iter().filter(|field| field.kind.is_many() || matches!(field.kind, Kind::Lines(_))) {
        let value = document.entry(field.key).or_insert(Value::Null);
        if value.is_null() {
            *value = Value::Array(Vec::new());
        }
    }
}
