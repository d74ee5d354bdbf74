//! Finding records by part of a name, its spelling or its initials, and by the end of a telephone number.
//!
//! Tokens are made here and kept in one side table, written only when what they stand for changes. Personal values are
//! in it as keyed digests only.

mod condition;
pub(crate) mod frequencies;
pub mod renewal;
mod views;
pub(crate) mod waiting;

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::field::{Field, Kind};
use domain::resource::{Definition, Record, Resource};
use domain::text::phone;
use domain::text::sought::fold;
use domain::text::tokens::{self, WantedWords, WhyKind};
use schema::search_index;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::duplicates;
use crate::error::Result;
use crate::keys::KeyRing;
use crate::personal;
use crate::records::{self, Seen};
use crate::sql::{Bind, Sql};
use crate::table::{Selection, Stored, Unexplained};

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
    /// Tells how and of what it was made; see [`renewal`].
    pub mark: i32,
}

impl Entry {
    /// Of a record in the clear; none if records of its kind are not searched.
    pub fn of<R: Stored>(keys: &KeyRing, definition: &Definition, record: &Record<R>) -> Option<Self> {
        let text = text_of(&record.data)?;
        let (body, digests) = (tokens::body(&text), digests(keys, definition, record));
        Some(Self {
            record_id: record.stamp.id,
            resource: R::NAME,
            mark: renewal::mark(&body, &digests),
            body,
            tokens: of_resource(R::NAME, tokens::of_text(&text)),
            digests,
        })
    }
}

/// Everything that words are looked for in.
fn text_of<R: Stored>(data: &R) -> Option<String> {
    let definition = Definition::of::<R>();
    definition.searched().next()?;
    let document = serde_json::to_value(data).unwrap_or_default();
    Some(definition.searched().filter_map(|field| document[field.key].as_str()).collect::<Vec<_>>().join(" "))
}

/// Tokens of one resource's names. Each resource has its own, so that many contacts do not stand in the way of customers.
fn of_resource(resource: &str, tokens: Vec<i32>) -> Vec<i32> {
    let salt = resource.bytes().fold(0i32, |salt, byte| salt.wrapping_mul(31).wrapping_add(i32::from(byte)));
    tokens.into_iter().map(|token| token ^ salt).collect()
}

/// What records can be found by, as one value for [`write`]; nothing if they are not searched. Of many records this takes
/// as long as the database takes to write it.
pub fn prepare<R: Stored>(keys: &KeyRing, definition: &Definition, records: &[&Record<R>]) -> Option<String> {
    let rows: Vec<Entry> = records.iter().filter_map(|record| Entry::of(keys, definition, record)).collect();
    (!rows.is_empty()).then(|| json!(rows).to_string())
}

/// Writes what the records can be found by.
pub async fn index<R: Stored>(tx: &mut Tx<'_>, records: &[&Record<R>]) -> Result<()> {
    let prepared = prepare(&tx.db().keys(), tx.db().definition::<R>(), records);
    write(tx, prepared).await
}

/// The same for present rows, by their ids.
pub async fn index_again<R: Stored>(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    let table = R::TABLE;
    let condition = Sql::new(format!("{table}.id = any(")).bind(Bind::Ids(ids.to_vec())).push(")").recurring();
    let order = Sql::new(format!("{table}.id")).recurring();
    let mut records: Vec<Record<R>> = R::load(tx, Selection { condition, order, limit: i64::MAX }).await?;
    records.iter_mut().for_each(|record| personal::open::<R>(tx.db(), record));
    index::<R>(tx, &records.iter().collect::<Vec<_>>()).await
}

pub async fn write(tx: &mut Tx<'_>, prepared: Option<String>) -> Result<()> {
    let Some(rows) = prepared else { return Ok(()) };
    let insert = Sql::new(
        "insert into search_index (record_id, resource, body, tokens, digests, mark) \
         select record_id, resource, body, tokens, digests, mark from json_populate_recordset(null::search_index, ",
    );
    let insert = insert.bind(Bind::Text(rows)).push(
        "::json) on conflict (record_id) do update \
         set body = excluded.body, tokens = excluded.tokens, digests = excluded.digests, mark = excluded.mark",
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
pub fn differs<R: Stored>(db: &Db, before: &Record<R>, after: &Record<R>) -> bool {
    let definition = db.definition::<R>();
    let values = |record: &Record<R>| {
        let Record { stamp, mut data } = record.clone();
        let mut custom = stamp.custom;
        let personal = data.personal().into_iter().chain(custom.personal(definition));
        let personal: Vec<(&str, Vec<String>)> =
            personal.map(|(key, mut held)| (key, held.values_mut().map(|value| value.clone()).collect())).collect();
        let code = definition.merged.then(|| serde_json::to_value(&record.data).ok()?.get("credit_code").cloned());
        (text_of(&record.data), personal, code)
    };
    values(before) != values(after)
}

/// The digests of every personal value, and of the last four digits of telephone numbers.
fn digests<R: Resource>(keys: &KeyRing, definition: &Definition, record: &Record<R>) -> Vec<Uuid> {
    let Record { stamp, mut data } = record.clone();
    let mut custom = stamp.custom;
    let mut digests = BTreeSet::new();
    for (key, mut personal) in data.personal().into_iter().chain(custom.personal(definition)) {
        let Some(field) = definition.own_field(key) else { continue };
        for value in personal.values_mut() {
            digests.extend(keys.digests(R::NAME, field, value));
            digests.extend(tails(field, value).iter().map(|tail| keys.tail_digest(R::NAME, field, tail)));
        }
    }
    if let Ok(Value::Object(document)) = serde_json::to_value(&record.data) {
        digests.extend(duplicates::digests(keys, definition, &document));
    }
    digests.into_iter().collect()
}

fn tails(field: &Field, value: &str) -> BTreeSet<String> {
    if matches!(field.kind, Kind::Phone | Kind::Phones) { phone::tails(value) } else { BTreeSet::new() }
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
    let words: Vec<Asked> = words(q).into_iter().map(Asked::of).collect();
    let mut unexplained = Unexplained::new();
    let mut told: Vec<Vec<Match>> = Vec::with_capacity(records.len());
    for seen in records {
        let (found, missing): (Vec<_>, Vec<_>) =
            words.iter().map(|word| word.why(seen).ok_or(word)).partition(std::result::Result::is_ok);
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
    column: &str,
    link: fn(&C) -> Uuid,
    unexplained: &Unexplained<'_>,
) -> Result<HashMap<Uuid, Vec<Match>>> {
    let mut told: HashMap<Uuid, Vec<Match>> = HashMap::new();
    let mut open: HashSet<(Uuid, &str)> =
        unexplained.iter().flat_map(|(id, words)| words.iter().map(|word| (*id, word.text))).collect();
    for seen in records::linked::<C>(db, column, unexplained.keys().copied().collect()).await? {
        if !seen.lens().shows(column) {
            continue;
        }
        let id = link(seen.data());
        for word in unexplained.get(&id).into_iter().flatten() {
            if !open.contains(&(id, word.text)) {
                continue;
            }
            if let Some(found) = word.why(&seen) {
                open.remove(&(id, word.text));
                told.entry(id).or_default().push(Match { resource: Some(C::NAME), ..found });
            }
        }
    }
    Ok(told)
}

/// A word of a query, made ready once to be found in many records.
pub struct Asked<'a> {
    text: &'a str,
    wanted: WantedWords,
    number: Option<Number>,
}

impl<'a> Asked<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, wanted: WantedWords::of(text), number: Number::of(text) }
    }

    /// Why it finds a record, by what may be seen of it.
    fn why<R: Stored>(&self, seen: &Seen<R>) -> Option<Match> {
        let document = serde_json::to_value(seen.data()).unwrap_or_default();
        let definition = Definition::of::<R>();
        let mut texts = definition.searched().filter(|field| seen.lens().shows(field.key));
        texts.find_map(|field| self.in_text(field.key, document[field.key].as_str()?)).or_else(|| self.in_phones(seen))
    }

    fn in_text(&self, field: &'static str, text: &str) -> Option<Match> {
        let why = self.wanted.why(text)?;
        let kind = match why.kind {
            WhyKind::Text => "text",
            WhyKind::Pinyin => "pinyin",
            WhyKind::Initials => "initials",
        };
        Some(Match { resource: None, field, kind, text: Some(why.text) })
    }

    fn in_phones<R: Stored>(&self, seen: &Seen<R>) -> Option<Match> {
        let asked = self.number.as_ref()?;
        let mut data = seen.data().clone();
        let lens = seen.lens();
        let told = |key: &str| lens.shows(key) || (asked.is_looked_up() && lens.reveals(key));
        let mut personal = data.personal().into_iter().filter(|(key, _)| told(key));
        let held = personal.find_map(|(key, mut personal)| {
            let field = phones(R::FIELDS).find(|field| field.key == key)?;
            personal.values_mut().any(|held| asked.rings(held)).then_some(field)
        });
        Some(Match { resource: None, field: held?.key, kind: "phone", text: None })
    }
}

/// A word that may be a telephone number, or the last four digits of one.
enum Number {
    Tail(String),
    Whole(String),
}

impl Number {
    fn of(word: &str) -> Option<Self> {
        let word = fold(word);
        if word.len() == 4 && word.chars().all(|c| c.is_ascii_digit()) {
            return Some(Self::Tail(word));
        }
        phone::is_phone(&word).then_some(Self::Whole(word))
    }

    /// Whether it is a number in full.
    fn is_looked_up(&self) -> bool {
        match self {
            Self::Tail(_) => false,
            Self::Whole(number) => phone::number(number).is_some_and(|digits| digits.len() >= LOOKED_UP),
        }
    }

    fn rings(&self, held: &str) -> bool {
        match self {
            Self::Tail(digits) => phone::tails(held).contains(digits),
            Self::Whole(number) => phone::is_among(held, number),
        }
    }
}

/// Fewest digits of a masked number by which it is looked up: nobody's own has less, and whoever types a longer one asks
/// no questions on the way to it.
const LOOKED_UP: usize = 7;

/// Whether a word names a telephone number in full.
fn is_looked_up(word: &str) -> bool {
    Number::of(word).is_some_and(|asked| asked.is_looked_up())
}

/// A telephone number may be written with blanks; other words stand apart.
fn words(q: &str) -> Vec<&str> {
    if phone::is_phone(fold(q).trim()) { vec![q.trim()] } else { q.split_whitespace().collect() }
}

fn phones(fields: &'static [Field]) -> impl Iterator<Item = &'static Field> {
    fields.iter().filter(|field| field.personal && matches!(field.kind, Kind::Phone | Kind::Phones))
}
