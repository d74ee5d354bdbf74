//! All kinds of fields, for tables that have a row for each.

use domain::{Field, Kind};
use serde_json::{Value, json};

pub const WORDS: &[&str] = &["a", "b"];

/// One of each kind.
pub const KINDS: [Kind; 22] = [
    Kind::Id,
    Kind::Text,
    Kind::LongText,
    Kind::Url,
    Kind::CreditCode,
    Kind::IdNumber,
    Kind::Phone,
    Kind::Phones,
    Kind::Email,
    Kind::Emails,
    Kind::Integer,
    Kind::Decimal,
    Kind::Amount,
    Kind::Bool,
    Kind::Date,
    Kind::Instant,
    Kind::Choice(WORDS),
    Kind::Reference("users"),
    Kind::References("tags"),
    Kind::ExternalIds,
    Kind::Percent,
    Kind::Choices(WORDS),
];

/// A field's value: one of its kind alone, or in the list that its kind holds.
pub fn held(kind: Kind, item: impl Into<Value>) -> Value {
    if kind.is_many() { json!([item.into()]) } else { item.into() }
}

fn place(kind: Kind) -> usize {
    match kind {
        Kind::Id => 0,
        Kind::Text => 1,
        Kind::LongText => 2,
        Kind::Url => 3,
        Kind::CreditCode => 4,
        Kind::IdNumber => 5,
        Kind::Phone => 6,
        Kind::Phones => 7,
        Kind::Email => 8,
        Kind::Emails => 9,
        Kind::Integer => 10,
        Kind::Decimal => 11,
        Kind::Amount => 12,
        Kind::Bool => 13,
        Kind::Date => 14,
        Kind::Instant => 15,
        Kind::Choice(_) => 16,
        Kind::Reference(_) => 17,
        Kind::References(_) => 18,
        Kind::ExternalIds => 19,
        // Lines are no values but documents of their own, with a table of tests beside their code.
        Kind::Lines(_) => 22,
        Kind::Percent => 20,
        Kind::Choices(_) => 21,
    }
}

#[test]
fn each_kind_stands_here_once() {
    assert_eq!(KINDS.map(place), std::array::from_fn(|at| at));
}

#[test]
fn lists_are_the_kinds_with_a_plural() {
    let many = KINDS.into_iter().filter(|kind| kind.is_many());
    assert_eq!(many.collect::<Vec<_>>(), [Kind::Phones, Kind::Emails, Kind::References("tags"), Kind::Choices(WORDS)]);
}

#[test]
fn the_longest_text_of_a_field_is_that_of_its_kind_unless_it_says_otherwise() {
    for kind in KINDS {
        let longest = match kind {
            Kind::LongText => 10_000,
            Kind::Url => 2_000,
            Kind::Email | Kind::Emails => 254,
            Kind::Phone | Kind::Phones => 40,
            Kind::CreditCode | Kind::IdNumber => 18,
            _ => 200,
        };
        assert_eq!(Field::new("x", kind).max, longest, "{kind:?}");
        assert_eq!(Field::new("x", kind).max(7).max, 7, "{kind:?}");
    }
}
