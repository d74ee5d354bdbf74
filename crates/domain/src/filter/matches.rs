//! The first reading of a condition: asked of a record in memory.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::paths::Nothing;
use super::{Beyond, Condition, Literal, Op, Test};
use crate::field::Kind;
use crate::text::phone;

impl Condition {
    /// Whether a record, given as its unmasked JSON, passes, where there is nothing else.
    pub fn matches(&self, record: &Map<String, Value>) -> bool {
        self.matches_among(record, &Nothing)
    }

    /// The same where the condition may ask other records.
    pub fn matches_among(&self, record: &Map<String, Value>, beyond: &dyn Beyond) -> bool {
        match self {
            Condition::All(parts) => parts.iter().all(|part| part.matches_among(record, beyond)),
            Condition::Any(parts) => parts.iter().any(|part| part.matches_among(record, beyond)),
            Condition::Not(part) => !part.matches_among(record, beyond),
            Condition::Over(hop) => hop.matches(record, beyond),
            Condition::Within(rows) => {
                let id = |key: &str| record.get(key).and_then(Value::as_str).and_then(|id| id.parse().ok());
                rows.contains(id("owner_id"), id("department_id"))
            }
            Condition::Test(test) => test.matches(record.get(test.field.key).unwrap_or(&Value::Null)),
        }
    }
}

impl Test {
    fn matches(&self, value: &Value) -> bool {
        let held: Vec<Literal> = match value {
            Value::Array(items) => items.iter().filter_map(|item| literal(self.field.kind, item)).collect(),
            value => literal(self.field.kind, value).into_iter().collect(),
        };
        match (self.op, &self.value) {
            (Op::IsNull, Literal::Bool(wanted)) => held.is_empty() == *wanted,
            (Op::Ne, wanted) => !held.iter().any(|held| same(self.field.kind, held, wanted)),
            (Op::In, Literal::List(wanted)) => {
                held.iter().any(|held| wanted.iter().any(|wanted| same(self.field.kind, held, wanted)))
            }
            (Op::AllOf, Literal::List(wanted)) => {
                wanted.iter().all(|wanted| held.iter().any(|held| same(self.field.kind, held, wanted)))
            }
            (Op::NoneOf, Literal::List(wanted)) => {
                !held.iter().any(|held| wanted.iter().any(|wanted| same(self.field.kind, held, wanted)))
            }
            (op, wanted) => held.iter().any(|held| compare(self.field.kind, op, held, wanted)),
        }
    }
}

fn compare(kind: Kind, op: Op, held: &Literal, wanted: &Literal) -> bool {
    use std::cmp::Ordering::{Greater, Less};
    if let (Literal::Text(held), Literal::Text(wanted)) = (held, wanted) {
        // Only ASCII letters lose their case, so that PostgreSQL and Rust agree on every text.
        let (held, wanted) = (held.to_ascii_lowercase(), wanted.to_ascii_lowercase());
        match op {
            Op::Prefix => return held.starts_with(&wanted),
            Op::Contains => return held.contains(&wanted),
            _ => {}
        }
    }
    let order = || match (held, wanted) {
        (Literal::Number(held), Literal::Number(wanted)) => Some(held.cmp(wanted)),
        (Literal::Date(held), Literal::Date(wanted)) => Some(held.cmp(wanted)),
        (Literal::Instant(held), Literal::Instant(wanted)) => Some(held.cmp(wanted)),
        _ => None,
    };
    match op {
        Op::Eq => same(kind, held, wanted),
        Op::Gt => order() == Some(Greater),
        Op::Gte => order().is_some_and(|order| order != Less),
        Op::Lt => order() == Some(Less),
        Op::Lte => order().is_some_and(|order| order != Greater),
        _ => false,
    }
}

fn same(kind: Kind, held: &Literal, wanted: &Literal) -> bool {
    match (kind, held, wanted) {
        (Kind::Phone | Kind::Phones, Literal::Text(held), Literal::Text(wanted)) => phone::is_among(held, wanted),
        (Kind::Text | Kind::LongText | Kind::Url, Literal::Text(held), Literal::Text(wanted)) => {
            held.eq_ignore_ascii_case(wanted)
        }
        _ => held == wanted,
    }
}

fn literal(kind: Kind, value: &Value) -> Option<Literal> {
    match kind {
        Kind::Bool => value.as_bool().map(Literal::Bool),
        kind if kind.is_number() => {
            let number = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            number.parse::<Decimal>().ok().map(Literal::Number)
        }
        Kind::Date => value.as_str()?.parse::<NaiveDate>().ok().map(Literal::Date),
        Kind::Instant => value.as_str()?.parse::<DateTime<Utc>>().ok().map(Literal::Instant),
        Kind::Id | Kind::Reference(_) | Kind::References(_) => value.as_str()?.parse::<Uuid>().ok().map(Literal::Id),
        _ => value.as_str().map(|text| Literal::Text(text.to_owned())),
    }
}
