//! What customers owe at a day, by how long it has been due.
//!
//! An invoice counts from the day on which it was issued, a receipt from the day on which the money was there until the day
//! on which it was reversed, and a red-letter invoice from its own day on. Nothing of these ever changes, so that a past day
//! is told the same for ever.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{Array, BigInt, Numeric, Text, Uuid as SqlUuid};
use domain::error::{Code, Error};
use domain::filter::{Filter, Op};
use domain::finance::receivables::{Age, Opened, Receivable};
use domain::finance::{Invoice, Payment};
use domain::money::{self, Currency};
use domain::relations::Customer;
use domain::resource::Resource;
use rust_decimal::Decimal;

use crate::db::Db;
use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::table::{Stored, prelude::*};
use crate::{filter, records};

/// What one has to read of documents to be told what they come to.
pub(super) const OF_INVOICES: &[&str] = &[
    "customer_id",
    "status",
    "number",
    "issued_on",
    "due_on",
    "currency",
    "amount",
    "received",
    "open",
    "corrects_id",
];
pub(super) const OF_PAYMENTS: &[&str] =
    &["customer_id", "status", "number", "paid_on", "reversed_on", "currency", "amount", "lines", "unallocated"];

/// Amount and documents of each part of a customer's row: the ages, and what is on account.
#[derive(Default)]
struct AgedRow {
    invoices: [(Decimal, Vec<Uuid>); 5],
    on_account: (Decimal, Vec<Uuid>),
}

/// What customers owed at a day, as far as the caller sees the documents; of all customers or of one.
pub async fn at(db: &Db, day: NaiveDate, customer: Option<Uuid>) -> Result<Vec<Receivable>> {
    let _turn = db.turn().await?;
    let mut rows: BTreeMap<(Uuid, String), AgedRow> = BTreeMap::new();
    type Told = (SqlUuid, Text, BigInt, Numeric, Array<SqlUuid>);
    let query = owed(db, day, customer)?;
    let told: Vec<(Uuid, String, i64, Decimal, Vec<Uuid>)> = query.rows::<Told>().load(&mut *db.read().await?).await?;
    for (customer, currency, days, amount, ids) in told {
        let row = rows.entry((customer, currency)).or_default();
        let part = &mut row.invoices[Age::of(days) as usize];
        part.0 += amount;
        part.1.extend(ids);
    }
    if let Some(query) = on_account(db, day, customer)? {
        type Told = (SqlUuid, Text, Numeric, Array<SqlUuid>);
        let told: Vec<(Uuid, String, Decimal, Vec<Uuid>)> = query.rows::<Told>().load(&mut *db.read().await?).await?;
        for (customer, currency, amount, ids) in told {
            rows.entry((customer, currency)).or_default().on_account = (amount, ids);
        }
    }
    let names = records::titles(db, Customer::NAME, rows.keys().map(|(customer, _)| *customer).collect()).await?;
    let mut told: Vec<Receivable> = rows
        .into_iter()
        .map(|((customer, currency), row)| row.told(customer, names.get(&customer).cloned(), currency))
        .collect();
    told.sort_by(|one, other| (&one.customer_name, &one.currency).cmp(&(&other.customer_name, &other.currency)));
    Ok(told)
}

impl AgedRow {
    fn told(self, customer_id: Uuid, customer_name: Option<String>, currency: String) -> Receivable {
        let of = Currency::from_word(&currency).unwrap_or(Currency::Renminbi);
        let text = |amount: Decimal| money::rounded(amount, of).to_string();
        let opened = |(amount, ids): (Decimal, Vec<Uuid>)| {
            let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
            Opened { amount: text(amount), filter: Filter::test("id", Op::In, ids) }
        };
        let owed: Decimal = self.invoices.iter().map(|(amount, _)| *amount).sum();
        let balance = text(owed - self.on_account.0);
        let [not_due, up_to_30, up_to_60, up_to_90, older] = self.invoices.map(opened);
        Receivable {
            customer_id,
            customer_name,
            currency,
            not_due,
            days_1_to_30: up_to_30,
            days_31_to_60: up_to_60,
            days_61_to_90: up_to_90,
            over_90_days: older,
            on_account: opened(self.on_account),
            balance,
        }
    }
}

/// Rows of documents that count, of those that the caller sees and reads in full; none where he reads no such.
pub(super) fn counted<R: Stored>(db: &Db, keys: &[&str], customer: Option<Uuid>) -> Result<Sql> {
    let table = R::TABLE;
    let readable = filter::readable(db, db.definition::<R>(), keys, table);
    let readable = readable.ok_or(Error::new(Code::FieldForbidden))?;
    let mut parts = vec![
        Sql::new(format!("{table}.deleted_at is null and {table}.status <> 'draft' and {table}.status <> 'cancelled'")),
        filter::rows(&db.rows(R::READ)?, table),
        readable,
    ];
    parts.extend(customer.map(|id| Sql::new(format!("{table}.customer_id = ")).bind(Bind::Id(id))));
    Ok(Sql::and(parts))
}

/// Payments that were there at a day, by an alias.
fn there_at(alias: &str, day: NaiveDate) -> Sql {
    Sql::new(format!("{alias}.deleted_at is null and {alias}.status <> 'draft' and {alias}.paid_on <= "))
        .bind(Bind::Date(day))
        .push(format!(" and ({alias}.reversed_on is null or {alias}.reversed_on > "))
        .bind(Bind::Date(day))
        .push(")")
}

/// Invoices of which something was open at a day, by the days for which they had been due. Whoever sees an invoice sees
/// what was received for it, and so is told of it, whoever took the money.
fn owed(db: &Db, day: NaiveDate, customer: Option<Uuid>) -> Result<Sql> {
    Ok(Sql::new(
        "select customer_id, currency, days, sum(open), array_agg(id order by id) from (
            select id, customer_id, currency, (",
    )
    .bind(Bind::Date(day))
    .push(
        " - due_on)::bigint as days, amount
            - coalesce((select sum(l.amount) from payment_lines l join payments p on p.id = l.payment_id
                where l.invoice_id = invoices.id and ",
    )
    .append(there_at("p", day))
    .push(
        "), 0)
            + coalesce((select sum(r.amount) from invoices r
                where r.corrects_id = invoices.id and r.deleted_at is null and r.status = 'issued' and r.issued_on <= ",
    )
    .bind(Bind::Date(day))
    .push("), 0) as open from invoices where corrects_id is null and issued_on <= ")
    .bind(Bind::Date(day))
    .push(" and ")
    .append(counted::<Invoice>(db, OF_INVOICES, customer)?)
    .push(") documents where open <> 0 group by customer_id, currency, days"))
}

/// Receipts as far as they were for no invoice that was out at that day; nothing where the caller sees no receipts.
fn on_account(db: &Db, day: NaiveDate, customer: Option<Uuid>) -> Result<Option<Sql>> {
    if db.rows(Payment::READ).is_err() {
        return Ok(None);
    }
    let query = Sql::new(
        "select customer_id, currency, sum(rest), array_agg(id order by id) from (
            select id, customer_id, currency, amount
            - coalesce((select sum(l.amount) from payment_lines l join invoices i on i.id = l.invoice_id
                where l.payment_id = payments.id and i.issued_on <= ",
    )
    .bind(Bind::Date(day))
    .push("), 0) as rest from payments where ")
    .append(there_at("payments", day))
    .push(" and ")
    .append(counted::<Payment>(db, OF_PAYMENTS, customer)?)
    .push(") receipts where rest <> 0 group by customer_id, currency");
    Ok(Some(query))
}
