//! What is wrong with the value of one field.

use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::text::{codes, days, phone, spreadsheet};
use crate::{lines, masking, money};

/// Faults of one field's value.
pub fn field_faults(field: &Field, value: &Value) -> Vec<Fault> {
    if is_empty(value) {
        return if field.required { vec![Fault::field(field.key, "required")] } else { Vec::new() };
    }
    if let Kind::Lines(columns) = field.kind {
        return lines::faults(field, columns, value);
    }
    if !field.kind.is_many() {
        return value_fault(field, value).map(|fault| at(fault, format!("/{}", field.key))).into_iter().collect();
    }
    let Some(items) = value.as_array() else {
        return vec![Fault::field(field.key, "wrong_type")];
    };
    if items.len() > field.kind.most() {
        return vec![Fault::field(field.key, "too_many").with("max", field.kind.most())];
    }
    let numbered = items.iter().enumerate();
    numbered
        .filter_map(|(index, item)| Some(at(value_fault(field, item)?, format!("/{}/{index}", field.key))))
        .collect()
}

fn at(mut fault: Fault, pointer: String) -> Fault {
    fault.pointer = pointer;
    fault
}

pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || text.parse() == Ok(Uuid::nil()),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The rule a single value breaks, if any; the pointer is filled in by the caller.
fn value_fault(field: &Field, value: &Value) -> Option<Fault> {
    let fault = |code: &str| Some(Fault::new("", code));
    let text = match (field.kind, value) {
        (Kind::Integer, value) => {
            return value.as_i64().map_or_else(|| fault("wrong_type"), |number| range_fault(field, number.into()));
        }
        (Kind::Bool, value) => return if value.is_boolean() { None } else { fault("wrong_type") },
        (Kind::ExternalIds | Kind::Lines(_), _) => return None,
        (_, Value::String(text)) => text,
        _ => return fault("wrong_type"),
    };
    if let Some(code) = damage(field.kind, text) {
        return fault(code);
    }
    if text.chars().count() > field.max {
        return Some(Fault::new("", "too_long").with("max", field.max));
    }
    if field.personal && text.contains(masking::MARK) {
        return fault("masked_value");
    }
    let (holds, code) = match field.kind {
        Kind::Id | Kind::Reference(_) | Kind::References(_) => (text.parse::<Uuid>().is_ok(), "not_an_id"),
        Kind::Url => (is_url(text), "not_a_url"),
        Kind::CreditCode => (codes::is_credit_code(text), "not_a_credit_code"),
        Kind::IdNumber => (codes::is_id_number(text), "not_an_id_number"),
        Kind::Phone | Kind::Phones => (phone::is_phone(text), "not_a_phone"),
        Kind::Email | Kind::Emails => (is_email(text), "not_an_email"),
        Kind::Decimal | Kind::Amount | Kind::Percent => {
            return text.parse().map_or_else(|_| fault("not_a_number"), |number| range_fault(field, number));
        }
        Kind::Date => return days::fault_of_day(text).map(year_fault),
        Kind::Instant => return days::fault_of_instant(text).map(year_fault),
        Kind::Choice(words) | Kind::Choices(words) => (words.contains(&text.as_str()), "not_a_choice"),
        _ => (true, ""),
    };
    if holds { None } else { fault(code) }
}

/// What is wrong with a number that is one.
fn range_fault(field: &Field, number: Decimal) -> Option<Fault> {
    let unreasonable = 10_i64.pow(money::DIGITS) - 1;
    let (least, greatest) = field.range.unwrap_or((-unreasonable, unreasonable));
    let within = number >= Decimal::from(least) && number <= Decimal::from(greatest);
    (!within).then(|| Fault::new("", "not_between").with("min", least).with("max", greatest))
}

/// The years that are meant, for a fault that speaks of them.
fn year_fault(code: &str) -> Fault {
    let fault = Fault::new("", code);
    if code == "year_out_of_range" {
        fault.with("min", days::YEARS.start()).with("max", days::YEARS.end())
    } else {
        fault
    }
}

/// Signs that a text was damaged on its way here, as the code of a fault.
fn damage(kind: Kind, text: &str) -> Option<&'static str> {
    match kind {
        _ if text.contains('\0') => Some("nul_character"),
        // What a decoder writes where it understood nothing.
        _ if text.contains(char::REPLACEMENT_CHARACTER) => Some("unreadable_character"),
        Kind::Phone | Kind::Phones | Kind::CreditCode | Kind::IdNumber => spreadsheet::damage_of_number(text),
        Kind::LongText => None,
        _ => spreadsheet::damage(text),
    }
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace))
}

/// The shape of an address; on the server `validator` has the last word.
fn is_email(text: &str) -> bool {
    #[cfg(feature = "store")]
    if !validator::ValidateEmail::validate_email(&text) {
        return false;
    }
    match text.split_once('@') {
        Some((name, domain)) => {
            !name.is_empty() && domain.contains('.') && !domain.contains('@') && !text.contains(char::is_whitespace)
        }
        None => false,
    }
}
