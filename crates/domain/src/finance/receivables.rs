//! What customers owed at a day: by how long it was due, and as a statement of one customer.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::filter::Filter;

/// How long what is owed has been due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    NotDue,
    UpTo30,
    UpTo60,
    UpTo90,
    Older,
}

impl Age {
    pub const ALL: [Self; 5] = [Self::NotDue, Self::UpTo30, Self::UpTo60, Self::UpTo90, Self::Older];

    /// Of what has been due for so many days; on its last day nothing is late.
    pub const fn of(days: i64) -> Self {
        match days {
            ..=0 => Self::NotDue,
            1..=30 => Self::UpTo30,
            31..=60 => Self::UpTo60,
            61..=90 => Self::UpTo90,
            _ => Self::Older,
        }
    }
}

/// An amount, and the list of the documents that it is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Opened {
    pub amount: String,
    #[cfg_attr(feature = "store", schema(value_type = Object))]
    pub filter: Filter,
}

/// What a customer owed in one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Receivable {
    pub customer_id: Uuid,
    pub customer_name: Option<String>,
    pub currency: String,
    /// Invoices by the days for which they had been due.
    pub not_due: Opened,
    pub days_1_to_30: Opened,
    pub days_31_to_60: Opened,
    pub days_61_to_90: Opened,
    pub over_90_days: Opened,
    /// Receipts, as far as they were for none of the invoices.
    pub on_account: Opened,
    /// All invoices less what is on account.
    pub balance: String,
}

/// What happened between two days, and what was owed before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Statement {
    pub currency: String,
    pub opening: String,
    pub lines: Vec<StatementLine>,
    /// The sums of the lines.
    pub debit: String,
    pub credit: String,
    pub closing: String,
}

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct StatementLine {
    pub on: NaiveDate,
    /// `invoice`, `correction`, `receipt` or `reversal`.
    pub kind: String,
    pub resource: String,
    pub id: Uuid,
    pub number: String,
    /// What the customer owes by it, or owes less; the other is empty.
    pub debit: Option<String>,
    pub credit: Option<String>,
    pub balance: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_today_is_not_late() {
        let ages = [-1, 0, 1, 30, 31, 60, 61, 90, 91].map(Age::of);
        use Age::{NotDue, Older, UpTo30, UpTo60, UpTo90};
        assert_eq!(ages, [NotDue, NotDue, UpTo30, UpTo30, UpTo60, UpTo60, UpTo90, UpTo90, Older]);
    }
}
