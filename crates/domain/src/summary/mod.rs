//! A summary: figures over the records of a list, in groups. It is the one way to a figure.
//!
//! Every figure opens the rows behind it: each group tells the filter that finds exactly its records, and the groups add up
//! to the totals. As written a [`Summary`] is words; against a field list and a viewer it becomes [`Asked`]. What may be
//! asked is what filters may ask, by the same check.

mod check;

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::check::{Asked, Grouping, MAX_BY, MAX_LIMIT, MAX_OF};
use crate::choice;
use crate::field::{Field, Kind};
use crate::filter::Filter;

/// Longer texts are told apart by too much to be grouped by.
const SHORT: usize = 100;

/// A request for figures: the body of `POST /{resource}/summary`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Summary {
    #[serde(skip_serializing_if = "Filter::is_everything")]
    pub filter: Filter,
    /// Words to look for, as in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<By>,
    pub of: Vec<Measure>,
    /// Most groups that are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

impl Default for Summary {
    fn default() -> Self {
        Self { filter: Filter::everything(), q: None, by: Vec::new(), of: vec![Measure::Count], limit: None }
    }
}

/// What records are grouped by: the values of a field, or the periods in which its days lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum By {
    Field(String),
    Period(ByPeriod),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByPeriod {
    pub field: String,
    pub period: Period,
}

choice! {
    /// A stretch of the calendar where the caller lives; weeks begin on Monday.
    pub enum Period { Day = "day", Week = "week", Month = "month", Quarter = "quarter", Year = "year" }
}

/// One figure of each group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure<F = String> {
    Count,
    Sum(F),
    Avg(F),
    Min(F),
    Max(F),
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summed {
    pub groups: Vec<Group>,
    /// The figures of all records together, also of those whose groups were cut off.
    pub totals: Totals,
    /// Whether there are more groups than are told.
    pub cut: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// In the order of `by`.
    pub keys: Vec<GroupKey>,
    /// In the order of `of`.
    pub figures: Vec<Figure>,
    /// Finds exactly the records of the group, asked with the same words.
    pub filter: Filter,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    pub figures: Vec<Figure>,
    pub filter: Filter,
}

/// What the records of a group have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupKey {
    /// The value, of a period its first day; null where there is nothing.
    pub value: Value,
    /// What the record referred to is called, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A number of records, an amount in each currency, or an exact number, day or moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Figure {
    Count(i64),
    Amounts(BTreeMap<String, String>),
    Value(Option<String>),
}

impl<F> Measure<F> {
    pub fn field(&self) -> Option<&F> {
        match self {
            Measure::Count => None,
            Measure::Sum(field) | Measure::Avg(field) | Measure::Min(field) | Measure::Max(field) => Some(field),
        }
    }

    /// The same figure of a field that is known otherwise.
    fn of<G>(&self, field: G) -> Measure<G> {
        match self {
            Measure::Count => Measure::Count,
            Measure::Sum(_) => Measure::Sum(field),
            Measure::Avg(_) => Measure::Avg(field),
            Measure::Min(_) => Measure::Min(field),
            Measure::Max(_) => Measure::Max(field),
        }
    }

    pub const fn word(&self) -> &'static str {
        match self {
            Measure::Count => "count",
            Measure::Sum(_) => "sum",
            Measure::Avg(_) => "avg",
            Measure::Min(_) => "min",
            Measure::Max(_) => "max",
        }
    }
}

impl Period {
    /// The last day of the period that begins on this one.
    pub fn last_day(self, first: NaiveDate) -> Option<NaiveDate> {
        let next = match self {
            Period::Day => return Some(first),
            Period::Week => first.checked_add_days(Days::new(7)),
            Period::Month => first.checked_add_months(Months::new(1)),
            Period::Quarter => first.checked_add_months(Months::new(3)),
            Period::Year => first.with_year(first.year() + 1),
        };
        next?.pred_opt()
    }
}

/// Whether records can be grouped by a field. Of what is sealed each value stands alone, and nothing tells of it.
pub fn is_groupable(field: &Field) -> bool {
    let has_groups = match field.kind {
        Kind::Choice(_) | Kind::Bool | Kind::Reference(_) | Kind::Date | Kind::Instant => true,
        Kind::Text => field.max <= SHORT,
        _ => false,
    };
    has_groups && field.filterable && !field.personal
}

/// Whether groups are periods and not single values.
pub const fn needs_period(kind: Kind) -> bool {
    matches!(kind, Kind::Date | Kind::Instant)
}

/// The figures that can be made of a field, by their words.
pub fn measures(field: &Field) -> &'static [&'static str] {
    match field.kind {
        _ if !field.filterable || field.personal => &[],
        kind if kind.is_number() => &["sum", "avg", "min", "max"],
        Kind::Date | Kind::Instant => &["min", "max"],
        _ => &[],
    }
}
