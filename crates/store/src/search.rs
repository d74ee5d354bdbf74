//! Finding records by part of a name, its spelling or its initials, and by the end of a telephone number.
//!
//! Tokens are made here and kept in one side table, written only when what they stand for changes. Personal values are
//! in it as keyed digests only.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use domain::field::{Field, Kind};
use domain::resource::{Record, Resource};
use domain::text::phone;
use domain::text::tokens::{self, Check, Needle, WhyKind};
use schema::search_index;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::{Connection, Tx};
use crate::error::Result;
use crate::filter::escaped;
use crate::keys::KeyRing;
use crate::sql::{Bind, Sql};
use crate::table::Stored;

/// Writes what the records can be found by.
pub async fn index<R: Stored>(tx: &mut Tx<'_>, records: &[&Record<R>]) -> Result<()> {
    let rows: Vec<_> = records
        .iter()
        .filter_map(|record| {
            let text = record.data.search_text()?;
            let digests = digests(tx.db().keys(), &record.data);
            Some((
                search_index::record_id.eq(record.stamp.id),
                search_index::resource.eq(R::NAME),
                search_index::body.eq(tokens::body(&text)),
                search_index::tokens.eq(tokens::of_text(&text)),
                search_index::digests.eq(digests),
            ))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    diesel::insert_into(search_index::table)
        .values(rows)
        .on_conflict(search_index::record_id)
        .do_update()
        .set((
            search_index::body.eq(excluded(search_index::body)),
            search_index::tokens.eq(excluded(search_index::tokens)),
            search_index::digests.eq(excluded(search_index::digests)),
        ))
        .execute(&mut **tx)
        .await?;
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
            digests.extend(tail(field, value).map(|tail| keys.tail_digest(&tail)));
        }
    }
    digests.into_iter().collect()
}

fn tail(field: &Field, value: &str) -> Option<String> {
    matches!(field.kind, Kind::Phone | Kind::Phones).then(|| phone::tail(value)).flatten()
}

/// The rows that a search finds: every word of the query must fit.
pub async fn condition<R: Stored>(connection: &mut Connection<'_>, q: &str) -> Result<Sql> {
    let keys = connection.db().keys();
    let parts = words(q).into_iter().map(|word| {
        let mut alternatives: Vec<Sql> = tokens::needles(word).into_iter().map(needle).collect();
        let digests = phone_digests::<R>(keys, word);
        if !digests.is_empty() {
            alternatives.push(Sql::new("search_index.digests && ").bind(Bind::Ids(digests)));
        }
        Sql::or(alternatives)
    });
    Ok(Sql::new(format!("{}.id in (select record_id from search_index where resource = ", R::TABLE))
        .bind(Bind::Text(R::NAME.to_owned()))
        .push(" and (")
        .append(Sql::and(parts.collect()))
        .push("))"))
}

fn needle(needle: Needle) -> Sql {
    let mut parts = Vec::new();
    if !needle.all.is_empty() {
        parts.push(Sql::new("search_index.tokens @> ").bind(Bind::Tokens(needle.all)));
    }
    if !needle.any.is_empty() {
        parts.push(Sql::new("search_index.tokens && ").bind(Bind::Tokens(needle.any)));
    }
    parts.push(match needle.check {
        Check::Contains(text) => Sql::new("search_index.body like ").bind(Bind::Text(format!("%{}%", escaped(&text)))),
        Check::Matches(pattern) => Sql::new("search_index.body ~ ").bind(Bind::Text(pattern)),
    });
    Sql::and(parts)
}

/// The digests under which a telephone number is kept: in full, and of its end when four digits are asked for.
fn phone_digests<R: Resource>(keys: &KeyRing, word: &str) -> Vec<Uuid> {
    let digits = phone::normalise(word);
    if digits.len() == 4 && digits.len() == word.trim().len() {
        return vec![keys.tail_digest(&digits)];
    }
    if !phone::is_phone(word) {
        return Vec::new();
    }
    phones::<R>().map(|field| keys.digest(R::NAME, field, word)).collect()
}

/// Why a record was found: the field, how, and the part of a name that the words stand for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    pub field: &'static str,
    /// `text`, `pinyin`, `initials` or `phone`.
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Says for each word of a query why it found this record.
pub(crate) fn why<R: Resource>(record: &Record<R>, q: &str) -> Vec<Match> {
    let Ok(Value::Object(values)) = serde_json::to_value(&record.data) else { return Vec::new() };
    words(q).into_iter().filter_map(|word| why_word::<R>(&values, word)).collect()
}

fn why_word<R: Resource>(values: &Map<String, Value>, word: &str) -> Option<Match> {
    let texts = ["name", "short_name"].into_iter().filter_map(|key| Some((key, values.get(key)?.as_str()?)));
    for (field, text) in texts {
        if let Some(why) = tokens::why(text, word) {
            let kind = match why.kind {
                WhyKind::Text => "text",
                WhyKind::Pinyin => "pinyin",
                WhyKind::Initials => "initials",
            };
            return Some(Match { field, kind, text: Some(why.text) });
        }
    }
    let digits = phone::normalise(word);
    let held = |field: &&Field| match values.get(field.key) {
        Some(Value::Array(items)) => items.iter().any(|item| item.as_str().is_some_and(|item| rings(item, &digits))),
        Some(Value::String(item)) => rings(item, &digits),
        _ => false,
    };
    let field = phones::<R>().find(held)?;
    Some(Match { field: field.key, kind: "phone", text: None })
}

fn rings(number: &str, digits: &str) -> bool {
    phone::normalise(number) == digits || phone::tail(number).as_deref() == Some(digits)
}

/// A telephone number may be written with blanks; other words stand apart.
fn words(q: &str) -> Vec<&str> {
    if phone::is_phone(q) { vec![q] } else { q.split_whitespace().collect() }
}

fn phones<R: Resource>() -> impl Iterator<Item = &'static Field> {
    R::FIELDS.iter().filter(|field| field.personal && matches!(field.kind, Kind::Phone | Kind::Phones))
}
