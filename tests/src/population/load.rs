//! Bringing a population into an empty database, the way a bulk load should go: COPY by several connections at once into
//! tables that have no index but their key, no foreign key and no trigger; these come back afterwards, built in one go.
//!
//! The values are what the application would have written: sealed, indexed for search, sorted by pinyin. Only the
//! change log does not hear of them.

use std::fmt::Write;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::web::Bytes;
use anyhow::{Context, Result};
use domain::custom;
use domain::resource::{Definition, Record, Resource};
use domain::text::pinyin::sort_key;
use futures_util::SinkExt;
use futures_util::future::try_join_all;
use serde_json::{Map, Value};
use store::keys::Place;
use store::search::Entry;
use store::{KeyRing, Store, Stored};
use tokio_postgres::{Client, NoTls};

use super::{OWNERS, Population};

/// Rows a connection takes at a time.
const CHUNK: u64 = 5_000;

const TABLES: &str = "('customers'::regclass, 'contacts'::regclass, 'search_index'::regclass)";

/// Loads the whole population with so many connections. Returns when all indexes stand and statistics are known.
pub async fn load(population: Population, store: &Store, url: &str, connections: usize) -> Result<()> {
    let client = connect(url).await?;
    // The dozens of rows that the others refer to.
    let departments = (0..population.departments()).map(|row| population.department(row));
    copy(&client, &store.keys(), departments).await?;
    copy(&client, &store.keys(), (0..OWNERS).map(|row| population.user(row))).await?;
    let bare = strip(&client).await?;
    let next = Arc::new(AtomicU64::new(0));
    let workers = (0..connections).map(|_| {
        let (store, url, next) = (store.clone(), url.to_owned(), next.clone());
        tokio::spawn(async move { work(population, &store, &url, &next).await })
    });
    for outcome in try_join_all(workers).await? {
        outcome?;
    }
    restore(&bare, url, connections).await?;
    client.batch_execute("vacuum (analyze) customers, contacts, search_index, users, departments").await?;
    Ok(())
}

/// Takes chunks of customers and their contacts until none is left.
async fn work(population: Population, store: &Store, url: &str, next: &AtomicU64) -> Result<()> {
    let client = connect(url).await?;
    client.batch_execute("set synchronous_commit = off").await?;
    loop {
        let from = next.fetch_add(CHUNK, Ordering::Relaxed);
        if from >= population.customers + population.contacts() {
            return Ok(());
        }
        match from.checked_sub(population.customers) {
            None => {
                let to = (from + CHUNK).min(population.customers);
                copy(&client, &store.keys(), (from..to).map(|row| population.customer(row))).await?;
                // A chunk that crosses the border brings the first contacts with it.
                let rest = from + CHUNK - to;
                copy(&client, &store.keys(), (0..rest).map(|row| population.contact(row))).await?;
            }
            Some(from) => {
                let to = (from + CHUNK).min(population.contacts());
                copy(&client, &store.keys(), (from..to).map(|row| population.contact(row))).await?;
            }
        }
    }
}

/// Writes records and what they are found by.
async fn copy<R: Stored>(client: &Client, keys: &KeyRing, records: impl Iterator<Item = Record<R>>) -> Result<()> {
    let (mut rows, mut entries, mut columns) = (String::new(), String::new(), None);
    for mut record in records {
        if let Some(entry) = Entry::of(keys, &Definition::of::<R>(), &record) {
            write_entry(&mut entries, entry)?;
        }
        seal(keys, &mut record)?;
        let values = values(&record)?;
        columns.get_or_insert_with(|| values.iter().map(|(column, _)| column.clone()).collect::<Vec<_>>().join(","));
        write_row(&mut rows, values.iter().map(|(_, value)| value));
    }
    let Some(columns) = columns else { return Ok(()) };
    send(client, &format!("copy {} ({columns}) from stdin", R::TABLE), rows).await?;
    if entries.is_empty() {
        return Ok(());
    }
    send(client, "copy search_index (record_id, resource, body, tokens, digests, mark) from stdin", entries).await
}

async fn send(client: &Client, statement: &str, rows: String) -> Result<()> {
    let mut sink = pin!(client.copy_in(statement).await.with_context(|| statement.to_owned())?);
    sink.send(Bytes::from(rows)).await?;
    sink.as_mut().finish().await.with_context(|| statement.to_owned())?;
    Ok(())
}

fn seal<R: Stored>(keys: &KeyRing, record: &mut Record<R>) -> Result<()> {
    let row = record.stamp.id;
    for (column, mut personal) in record.data.personal() {
        for (index, value) in personal.values_mut().enumerate() {
            *value = keys.seal(&Place::new(R::TABLE, column, row).at(index), value)?;
        }
    }
    Ok(())
}

/// A row by its columns: all fields, and the key by which names are ordered.
fn values<R: Resource>(record: &Record<R>) -> Result<Vec<(String, Value)>> {
    let Value::Object(object) = serde_json::to_value(record)? else { anyhow::bail!("a record is an object") };
    let name = object[R::TITLE].as_str().map(sort_key).unwrap_or_default();
    // On the wire the fields of administrators stand among the others, in the table in a column of theirs.
    let (custom, own): (Map<String, Value>, Map<String, Value>) =
        object.into_iter().partition(|(key, _)| custom::is_key(key));
    let beside = [("custom".to_owned(), Value::Object(custom)), ("title_sort".to_owned(), Value::String(name))];
    Ok(own.into_iter().chain(beside).collect())
}

fn write_entry(text: &mut String, entry: Entry) -> Result<()> {
    let digests: Vec<Value> = entry.digests.iter().map(|digest| digest.to_string().into()).collect();
    let tokens: Vec<Value> = entry.tokens.into_iter().map(Value::from).collect();
    let row = [
        entry.record_id.to_string().into(),
        entry.resource.into(),
        entry.body.into(),
        Value::Array(tokens),
        Value::Array(digests),
        entry.mark.into(),
    ];
    write_row(text, row.iter());
    Ok(())
}

fn write_row<'a>(text: &mut String, values: impl Iterator<Item = &'a Value>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push('\t');
        }
        match value {
            Value::Null => text.push_str("\\N"),
            value => escape(text, &literal(value)),
        }
    }
    text.push('\n');
}

/// A value as PostgreSQL reads it.
fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let mut list = String::from("{");
            for (index, item) in items.iter().enumerate() {
                let between = if index > 0 { "," } else { "" };
                let item = match item {
                    Value::String(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
                    item => item.to_string(),
                };
                let _ = write!(list, "{between}{item}");
            }
            list + "}"
        }
        value => value.to_string(),
    }
}

fn escape(text: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            c => text.push(c),
        }
    }
}

/// The statements that bring back what a load goes without: indexes first, then the keys that need them.
struct Bare {
    indexes: Vec<String>,
    constraints: Vec<String>,
}

async fn strip(client: &Client) -> Result<Bare> {
    let indexes = pairs(
        client,
        &format!(
            "select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
             from pg_index where not indisprimary and indrelid in {TABLES}"
        ),
    )
    .await?;
    let constraints = pairs(
        client,
        &format!(
            "select format('alter table %s drop constraint %I', conrelid::regclass, conname),
                    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
             from pg_constraint where contype = 'f' and conrelid in {TABLES}"
        ),
    )
    .await?;
    for (drop, _) in constraints.iter().chain(&indexes) {
        client.batch_execute(drop).await?;
    }
    for table in ["customers", "contacts"] {
        client.batch_execute(&format!("alter table {table} disable trigger user")).await?;
    }
    // What a load needs of it comes at the end, in one go.
    client.batch_execute(&autovacuum("set (autovacuum_enabled = off)")).await?;
    let makers = |pairs: Vec<(String, String)>| pairs.into_iter().map(|(_, make)| make).collect();
    Ok(Bare { indexes: makers(indexes), constraints: makers(constraints) })
}

async fn restore(bare: &Bare, url: &str, connections: usize) -> Result<()> {
    let next = AtomicU64::new(0);
    let builders = (0..connections).map(async |_| {
        let client = connect(url).await?;
        client.batch_execute("set maintenance_work_mem = '512MB'").await?;
        while let Some(index) = bare.indexes.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            client.batch_execute(index).await.with_context(|| index.clone())?;
        }
        anyhow::Ok(())
    });
    try_join_all(builders).await?;
    let client = connect(url).await?;
    for constraint in &bare.constraints {
        client.batch_execute(constraint).await.with_context(|| constraint.clone())?;
    }
    for table in ["customers", "contacts"] {
        client.batch_execute(&format!("alter table {table} enable trigger user")).await?;
    }
    client.batch_execute(&autovacuum("reset (autovacuum_enabled)")).await?;
    Ok(())
}

fn autovacuum(change: &str) -> String {
    ["customers", "contacts", "search_index"].map(|table| format!("alter table {table} {change};")).concat()
}

async fn pairs(client: &Client, query: &str) -> Result<Vec<(String, String)>> {
    let rows = client.query(query, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
