//! The statement of a customer: what was owed before a day, what happened until another, and what is owed then.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{Date, Numeric, Text, Uuid as SqlUuid};
use domain::finance::receivables::{Statement, StatementLine};
use domain::finance::{Invoice, Payment};
use domain::money::{self, Currency};
use domain::relations::Customer;
use domain::resource::Resource;
use rust_decimal::Decimal;

use super::receivables::{OF_INVOICES, OF_PAYMENTS, counted};
use crate::db::Db;
use crate::error::Result;
use crate::records;
use crate::sql::{Bind, Sql};
use crate::table::prelude::*;

/// What happened on a day: what it was, of which document, in which currency, and what is owed by it.
type Happened = (NaiveDate, String, Uuid, String, String, Decimal);

/// A statement in each currency in which there is something to tell, of what the caller sees.
pub async fn of(db: &Db, customer: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<Statement>> {
    records::find::<Customer>(db, customer).await?;
    let _turn = db.turn().await?;
    let query = happened(db, customer, to)?;
    let rows: Vec<Happened> =
        query.rows::<(Date, Text, SqlUuid, Text, Text, Numeric)>().load(&mut *db.read().await?).await?;
    let mut by_currency: BTreeMap<String, Vec<Happened>> = BTreeMap::new();
    for row in rows {
        by_currency.entry(row.4.clone()).or_default().push(row);
    }
    Ok(by_currency.into_iter().map(|(currency, rows)| statement(currency, rows, from)).collect())
}

fn statement(word: String, rows: Vec<Happened>, from: NaiveDate) -> Statement {
    let currency = Currency::from_word(&word).unwrap_or(Currency::Renminbi);
    let text = |amount: Decimal| money::rounded(amount, currency).to_string();
    let (before, within): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.0 < from);
    let opening: Decimal = before.iter().map(|row| row.5).sum();
    let (mut balance, mut debit, mut credit) = (opening, Decimal::ZERO, Decimal::ZERO);
    let mut lines = Vec::with_capacity(within.len());
    for (on, kind, id, number, _, amount) in within {
        balance += amount;
        let owes = matches!(kind.as_str(), "invoice" | "reversal");
        if owes {
            debit += amount
        } else {
            credit -= amount
        }
        let resource = if matches!(kind.as_str(), "invoice" | "correction") { Invoice::NAME } else { Payment::NAME };
        lines.push(StatementLine {
            on,
            resource: resource.to_owned(),
            id,
            number,
            debit: owes.then(|| text(amount)),
            credit: (!owes).then(|| text(-amount)),
            balance: text(balance),
            kind,
        });
    }
    let [opening, debit, credit, closing] = [opening, debit, credit, balance].map(text);
    Statement { currency: word, opening, lines, debit, credit, closing }
}

/// All that happened until a day, in its order.
fn happened(db: &Db, customer: Uuid, to: NaiveDate) -> Result<Sql> {
    let mut parts = vec![
        Sql::new(
            "select issued_on as day, case when corrects_id is null then 'invoice' else 'correction' end as kind,
                id, number, currency, amount, created_at from invoices where ",
        )
        .append(counted::<Invoice>(db, OF_INVOICES, Some(customer))?),
    ];
    if db.rows(Payment::READ).is_ok() {
        parts.push(
            Sql::new("select paid_on, 'receipt', id, number, currency, -amount, created_at from payments where ")
                .append(counted::<Payment>(db, OF_PAYMENTS, Some(customer))?),
        );
        parts.push(
            Sql::new("select reversed_on, 'reversal', id, number, currency, amount, updated_at from payments where ")
                .append(counted::<Payment>(db, OF_PAYMENTS, Some(customer))?)
                .push(" and status = 'reversed'"),
        );
    }
    let mut query = Sql::new("select day, kind, id, number, currency, amount from (");
    for (place, part) in parts.into_iter().enumerate() {
        query = query.push(if place == 0 { "" } else { " union all " }).append(part);
    }
    Ok(query.push(") happened where day <= ").bind(Bind::Date(to)).push(" order by day, created_at, id, kind"))
}
