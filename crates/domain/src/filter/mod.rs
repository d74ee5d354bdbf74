//! The filter: one value that is the API's `filter[...]`, the body of a search, the address bar and a saved view.
//!
//! As written it is a [`Filter`]: words and JSON values, nothing checked. Against a field list and a viewer it becomes
//! a [`Condition`], in which relative dates and "me" are resolved. A condition has two readings, `matches` here and the
//! compiler to SQL in `store`, held equal by a property test.

mod condition;
mod dates;
mod matches;
pub mod paths;
pub mod words;

pub use condition::{Checked, Condition, Context, Literal, Test};
pub use dates::RELATIVE_DATES;
pub use paths::{Beyond, Hop, Link};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::choice;
use crate::field::Kind;

choice! {
    pub enum Op {
        Eq = "eq",
        Ne = "ne",
        In = "in",
        AllOf = "all_of",
        NoneOf = "none_of",
        Gt = "gt",
        Gte = "gte",
        Lt = "lt",
        Lte = "lte",
        Between = "between",
        Prefix = "prefix",
        Contains = "contains",
        IsNull = "is_null",
    }
}

/// A filter as a caller writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Filter {
    And(And),
    Or(Or),
    Not(Not),
    Some(HasSome),
    None(HasNone),
    Test(Comparison),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct And {
    pub and: Vec<Filter>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Or {
    pub or: Vec<Filter>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Not {
    pub not: Box<Filter>,
}

/// One of the records that name this one passes a filter: `{"some": "opportunities", "filter": ...}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HasSome {
    /// Their resource, and their field where several name records like this one: `customers.parent_id`.
    pub some: String,
    #[serde(default)]
    pub filter: Box<Filter>,
}

/// None of them does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HasNone {
    pub none: String,
    #[serde(default)]
    pub filter: Box<Filter>,
}

/// `field op value`. The field may be one of a record that this one names: `customer.level`. Dates may be relative (`@this_week`), references to people may be `@me`. `between` has both ends as
/// its value, which belong to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    pub field: String,
    pub op: Op,
    #[serde(default)]
    pub value: Value,
}

impl Filter {
    /// The filter that lets everything pass.
    pub const fn everything() -> Self {
        Filter::And(And { and: Vec::new() })
    }

    pub fn all(parts: Vec<Filter>) -> Self {
        Filter::And(And { and: parts })
    }

    pub fn any(parts: Vec<Filter>) -> Self {
        Filter::Or(Or { or: parts })
    }

    pub fn negate(part: Filter) -> Self {
        Filter::Not(Not { not: Box::new(part) })
    }

    /// This and more that must hold, no deeper than it has to be.
    pub fn narrowed(&self, more: Vec<Filter>) -> Self {
        match self {
            _ if more.is_empty() => self.clone(),
            Filter::And(parts) => Filter::all(parts.and.iter().cloned().chain(more).collect()),
            one => Filter::all([one.clone()].into_iter().chain(more).collect()),
        }
    }

    pub fn test(field: &str, op: Op, value: impl Into<Value>) -> Self {
        Filter::Test(Comparison { field: field.to_owned(), op, value: value.into() })
    }

    pub fn is_everything(&self) -> bool {
        matches!(self, Filter::And(And { and }) if and.iter().all(Filter::is_everything))
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self::everything()
    }
}

/// The operators that make sense for a kind; personal fields know equality only, through their blind index.
pub fn operators(kind: Kind, personal: bool) -> &'static [Op] {
    use Op::*;
    if personal {
        return &[Eq, In, IsNull];
    }
    match kind {
        Kind::Text | Kind::LongText | Kind::Url => &[Contains, Eq, Ne, In, Prefix, IsNull],
        Kind::CreditCode => &[Eq, Ne, In, Prefix, IsNull],
        Kind::Integer | Kind::Decimal | Kind::Amount | Kind::Percent | Kind::Date | Kind::Instant => {
            &[Eq, Ne, In, Between, Gt, Gte, Lt, Lte, IsNull]
        }
        Kind::Bool => &[Eq, Ne, IsNull],
        Kind::Id | Kind::Reference(_) | Kind::Choice(_) => &[Eq, Ne, In, IsNull],
        Kind::References(_) | Kind::Choices(_) => &[Eq, In, AllOf, NoneOf, IsNull],
        Kind::IdNumber | Kind::Phone | Kind::Phones | Kind::Email | Kind::Emails => &[Eq, In, IsNull],
        Kind::ExternalIds | Kind::Lines(_) => &[],
    }
}
