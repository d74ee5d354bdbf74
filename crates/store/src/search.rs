//! Finding records by part of a name, its spelling or its initials, and by the end of a telephone number.
//!
//! Tokens are made here and kept in one side table, written only when what they stand for changes. Personal values are
//! in it as keyed digests only.

mod condition;
pub(crate) mod frequencies;
pub(crate) mod waiting;

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::field::{Field, Kind};
use domain::resource::{Record, Resource};
use domain::text::phone;
use domain::text::tokens::{self, WhyKind};
use schema::search_index;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::keys::KeyRing;
use crate::records::{self, Seen};
use crate::sql::{Bind, Sql};
use crate::table::{Stored, Unexplained};

pub(crate) use condition::condition;
pub use waiting::keep;

/// What a record can be found by: a row of the side table.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub record_id: Uuid,
    pub resource: &'static str,
    /// The text that hits are checked against.
    pub body: String,
    pub tokens: Vec<i32>,
    pub digests: Vec<Uuid>,
}

impl Entry {
    /// Of a record in the clear; none if records of its kind are not searched.
    pub fn of<R: Stored>(keys: &KeyRing, record: &Record<R>) -> Option<Self> {
        let text = record.data.search_text()?;
        Some(Self {
            record_id: record.stamp.id,
            resource: R::NAME,
            body: tokens::body(&text),
            tokens: of_resource(R::NAME, tokens::of_text(&text)),
            digests: digests(keys, &record.data),
        })
    }
}

/// The fields that words are looked for in.
const TEXTS: &[&str] = &["name", "short_name"];

/// Tokens of one resource's names. Each resource has its own, so that many contacts do not stand in the way of customers.
fn of_resource(resource: &str, tokens: Vec<i32>) -> Vec<i32> {
    let salt = resource.bytes().fold(0i32, |salt, byte| salt.wrapping_mul(31).wrapping_add(i32::from(byte)));
    tokens.into_iter().map(|token| token ^ salt).collect()
}

/// Writes what the records can be found by.
pub async fn index<R: Stored>(tx: &mut Tx<'_>, records: &[&Record<R>]) -> Result<()> {
    let rows: Vec<Entry> = records.iter().filter_map(|record| Entry::of(tx.db().keys(), record)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let insert = Sql::new(
        "insert into search_index (record_id, resource, body, tokens, digests) \
         select record_id, resource, body, tokens, digests from json_populate_recordset(null::search_index, ",
    );
    let insert = insert.bind(Bind::Text(json!(rows).to_string())).push(
        "::json) on conflict (record_id) do update \
         set body = excluded.body, tokens = excluded.tokens, digests = excluded.digests",
    );
    insert.recurring().rows::<()>().execute(&mut **tx).await?;
    tx.db().note_waiting();
    Ok(())
}

pub async fn forget(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    diesel::delete(search_index::table.filter(search_index::record_id.eq_any(ids))).execute(&mut **tx).await?;
    Ok(())
}

/// Whether a change touches anything that the record is found by.
pub fn differs<R: Stored>(before: &Record<R>, after: &Record<R>) -> bool {
    let values = |record: &Record<R>| {
        let mut data = record.data.clone();
        let personal: Vec<Vec<String>> =
            data.personal().into_iter().map(|(_, mut p)| p.values_mut().map(|v| v.clone()).collect()).collect();
        (record.data.search_text(), personal)
    };
    values(before) != values(after)
}

/// The digests of every personal value, in full and, for telephone numbers, of their last four digits.
fn digests<R: Resource>(keys: &KeyRing, data: &R) -> Vec<Uuid> {
    let mut data = data.clone();
    let mut digests = BTreeSet::new();
    for (key, mut personal) in data.personal() {
        let Some(field) = R::FIELDS.iter().find(|field| field.key == key) else { continue };
        for value in personal.values_mut() {
            digests.insert(keys.digest(R::NAME, field, value));
            digests.extend(tail(field, value).map(|tail| keys.tail_digest(R::NAME, field, &tail)));
        }
    }
    digests.into_iter().collect()
}

fn tail(field: &Field, value: &str) -> Option<String> {
    matches!(field.kind, Kind::Phone | Kind::Phones).then(|| phone::tail(value)).flatten()
}

/// Why a record was found: the field, how, and the part of a name that the words stand for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    /// Whose field it is, if not the record's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<&'static str>,
    pub field: &'static str,
    /// `text`, `pinyin`, `initials` or `phone`.
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Says for each word of a query why it found each of these records.
pub async fn why<R: Stored>(db: &Db, records: &[Seen<R>], q: &str) -> Result<Vec<Vec<Match>>> {
    let words = words(q);
    let mut unexplained = Unexplained::new();
    let mut told: Vec<Vec<Match>> = Vec::with_capacity(records.len());
    for seen in records {
        let values = seen.visible_json();
        let (found, missing): (Vec<_>, Vec<_>) =
            words.iter().map(|word| why_word::<R>(&values, word).ok_or(*word)).partition(std::result::Result::is_ok);
        if !missing.is_empty() {
            unexplained.insert(seen.stamp().id, missing.into_iter().filter_map(std::result::Result::err).collect());
        }
        told.push(found.into_iter().flatten().collect());
    }
    if R::FOUND_BY.is_some() && !unexplained.is_empty() {
        let mut beside = R::why_beside(db, &unexplained).await?;
        for (seen, told) in records.iter().zip(&mut told) {
            told.extend(beside.remove(&seen.stamp().id).unwrap_or_default());
        }
    }
    Ok(told)
}

/// The same for records that were found by others which name them.
pub(crate) async fn why_by_link<C: Stored>(
    db: &Db,
    link: &str,
    unexplained: &Unexplained<'_>,
) -> Result<HashMap<Uuid, Vec<Match>>> {
    let mut told: HashMap<Uuid, Vec<Match>> = HashMap::new();
    let mut open: HashSet<(Uuid, &str)> =
        unexplained.iter().flat_map(|(id, words)| words.iter().map(|word| (*id, *word))).collect();
    for seen in records::linked::<C>(db, link, unexplained.keys().copied().collect()).await? {
        let values = seen.visible_json();
        let Some(id) = values.get(link).and_then(Value::as_str).and_then(|id| id.parse().ok()) else { continue };
        for word in unexplained.get(&id).into_iter().flatten() {
            if !open.contains(&(id, *word)) {
                continue;
            }
            if let Some(found) = why_word::<C>(&values, word) {
                open.remove(&(id, *word));
                told.entry(id).or_default().push(Match { resource: Some(C::NAME), ..found });
            }
        }
    }
    Ok(told)
}

fn why_word<R: Resource>(values: &Map<String, Value>, word: &str) -> Option<Match> {
    let texts = TEXTS.iter().copied().filter_map(|key| Some((key, values.get(key)?.as_str()?)));
    for (field, text) in texts {
        if let Some(why) = tokens::why(text, word) {
            let kind = match why.kind {
                WhyKind::Text => "text",
                WhyKind::Pinyin => "pinyin",
                WhyKind::Initials => "initials",
            };
            return Some(Match { resource: None, field, kind, text: Some(why.text) });
        }
    }
    let digits = phone::normalise(word);
    let held = |field: &&Field| match values.get(field.key) {
        Some(Value::Array(items)) => items.iter().any(|item| item.as_str().is_some_and(|item| rings(item, &digits))),
        Some(Value::String(item)) => rings(item, &digits),
        _ => false,
    };
    let field = phones(R::FIELDS).find(held)?;
    Some(Match { resource: None, field: field.key, kind: "phone", text: None })
}

fn rings(number: &str, digits: &str) -> bool {
    phone::normalise(number) == digits || phone::tail(number).as_deref() == Some(digits)
}

/// A telephone number may be written with blanks; other words stand apart.
fn words(q: &str) -> Vec<&str> {
    if phone::is_phone(q) { vec![q] } else { q.split_whitespace().collect() }
}

fn phones(fields: &'static [Field]) -> impl Iterator<Item = &'static Field> {
    fields.iter().filter(|field| field.personal && matches!(field.kind, Kind::Phone | Kind::Phones))
}
