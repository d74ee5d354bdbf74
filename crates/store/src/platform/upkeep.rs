//! What the house does for itself every day: it forgets what it need not keep, and makes room for what comes.

use chrono::TimeDelta;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::catalogue::Catalogue;
use domain::field::Kind;
use domain::permission::Governed;
use domain::references::{Link, Reference};
use domain::{CATALOGUE, catalogue};

use crate::db::Db;
use crate::error::Result;
use crate::records::uses::{self, Part};

/// Each statement forgets at most so many rows, so that none holds locks for long.
const AT_ONCE: i64 = 1000;

/// What is forgotten: rows of a table whose column lies so many days back, and which no record names.
struct Forgotten {
    table: &'static str,
    since: &'static str,
    days: i64,
}

/// What is not kept because somebody deleted it.
const FORGOTTEN: [Forgotten; 3] = [
    // Nobody looks for news of half a year ago.
    Forgotten { table: "notifications", since: "created_at", days: 180 },
    Forgotten { table: "idempotency_keys", since: "created_at", days: 7 },
    Forgotten { table: "files", since: "expires_at", days: 0 },
];

/// What is about records that were forgotten, whatever became of it before.
fn bereft() -> Vec<String> {
    let about = CATALOGUE.iter().filter(|of| matches!(of.governed, Governed::BySubject(_)));
    let ends = about.filter_map(|of| Some((of.table, of.link?, of.subjects())));
    let each = ends.flat_map(|(table, link, subjects)| subjects.iter().map(move |subject| (table, link, subject)));
    let statement = |(table, Link { kind, id }, subject): (&str, Link, &&str)| {
        let above = catalogue::find(subject)?.table;
        Some(format!(
            "delete from {table} where ctid = any(array(select ctid from {table} where {kind} = '{subject}' and \
             created_at < $1 and not exists (select 1 from {above} where {above}.id = {table}.{id}) limit $2))"
        ))
    };
    each.filter_map(statement).collect()
}

/// The files of attachments that are gone.
const UNATTACHED: &str = "delete from files where ctid = any(array(select ctid from files where kind = 'attachment' and \
                          created_at < $1 and not exists (select 1 from attachments where attachments.id = files.id) \
                          limit $2))";

/// Who did what is told by their names for as long as there is a history.
const NEVER: [&str; 3] = ["users", "departments", "roles"];

/// Deleted records can be restored for thirty days. Children go before their parents, which stand first in the catalogue.
fn records() -> impl Iterator<Item = Forgotten> {
    let forgotten = CATALOGUE.iter().rev().filter(|definition| !NEVER.contains(&definition.name));
    forgotten.map(|definition| Forgotten { table: definition.table, since: "deleted_at", days: 30 })
}

pub async fn run(db: &Db) -> Result<()> {
    db.write(async |tx| {
        diesel::sql_query("select ensure_change_partitions(current_date)").execute(&mut **tx).await?;
        Ok(())
    })
    .await?;
    for forgotten in FORGOTTEN.into_iter().chain(records()) {
        forget(db, &forgotten.statement(), TimeDelta::days(forgotten.days)).await?;
    }
    for statement in bereft().iter().map(String::as_str).chain([UNATTACHED]) {
        forget(db, statement, TimeDelta::days(1)).await?;
    }
    Ok(())
}

impl Forgotten {
    fn statement(&self) -> String {
        let Self { table, since, .. } = self;
        let of = CATALOGUE.iter().find(|definition| definition.table == *table);
        let named = of.into_iter().flat_map(|definition| Catalogue::built().references_to(definition.name));
        let rests = |named: Reference| {
            let (child, link) = (named.from.table, named.field.key);
            let names = match named.field.kind {
                Kind::References(_) => format!("child.{link} @> array[{table}.id]"),
                _ => format!("child.{link} = {table}.id"),
            };
            format!(" and not exists (select 1 from {child} child where {names})")
        };
        let lines = of.into_iter().flat_map(|definition| uses::lines(definition.name));
        let counted = |Part { table: lines, named, .. }: Part| {
            format!(" and not exists (select 1 from {lines} line where line.{named} = {table}.id)")
        };
        let unless: String = named.map(rests).chain(lines.map(counted)).collect();
        format!(
            "delete from {table} where ctid = any(array(select ctid from {table} where {since} < $1{unless} limit $2))"
        )
    }
}

async fn forget(db: &Db, statement: &str, age: TimeDelta) -> Result<()> {
    loop {
        let gone = db.write(async |tx| {
            let before = tx.now() - age;
            let delete = diesel::sql_query(statement).bind::<Timestamptz, _>(before).bind::<BigInt, _>(AT_ONCE);
            Ok(delete.execute(&mut **tx).await?)
        });
        if gone.await? == 0 {
            return Ok(());
        }
    }
}
