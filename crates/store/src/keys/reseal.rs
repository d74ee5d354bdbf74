//! Sealing anew, with the key in use, what older keys sealed; after that they can be withdrawn.
//!
//! Tables are walked as they lie on the disk, some pages at a time: no index tells which key sealed what, and a walk that
//! was cut off goes on where it was. A value keeps its meaning, so records keep their versions and the change log tells
//! of nothing; its own entries hold sealed values too and are sealed anew with the rest. What an earlier version wrote in
//! the clear is sealed on the way.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use diesel::sql_types::{Bool, Jsonb, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cipher::age;
use super::holders::{self, Form, Holder};
use super::{KeyRing, Place, follow, is_seal, rotation};
use crate::db::{Db, Store, Tx};
use crate::error::{Error, Result};
use crate::sql::{Bind, Sql};

/// Pages that are looked through at a time.
const PAGES: i64 = 64;

/// Rows that are sealed anew at a time; parts of files are a megabyte each.
const ROWS: i64 = 500;
const PARTS: i64 = 8;

/// How far a walk has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Position {
    holder: usize,
    page: i64,
    /// Pages looked through in this round, and rows sealed anew and left alone.
    pub seen: i64,
    pub sealed: i64,
    pub damaged: i64,
}

impl Position {
    /// The beginning of another round.
    pub fn again(&self) -> Self {
        Self { sealed: self.sealed, ..Self::default() }
    }
}

/// What is to be done.
pub struct Walk {
    older: Vec<String>,
    holders: Vec<Holder>,
    /// Pages of each holder.
    pages: Vec<i64>,
}

impl Walk {
    /// Nothing when no older key is left and nothing in the clear; an error while the newest is not in use everywhere yet.
    pub async fn plan(store: &Store) -> Result<Option<Self>> {
        follow::reread(store).await?;
        let db = store.system("sealing anew");
        let older = match rotation::older(&db).await? {
            Some((newest, older)) if newest == db.keys().seals_with() => older,
            _ => return Err(Error::Secret("the new key is not in use everywhere yet")),
        };
        let mut connection = db.read().await?;
        let holders = holders::all(&mut connection).await?;
        if older.is_empty() && amiss(&mut connection, &older).await?.is_empty() {
            return Ok(None);
        }
        let mut pages = Vec::with_capacity(holders.len());
        for holder in &holders {
            pages.push(holder.pages(&mut connection).await?);
        }
        Ok(Some(Self { older, holders, pages }))
    }

    /// Whether another walk is about the same keys.
    pub fn is_like(&self, other: &Self) -> bool {
        self.older == other.older
    }

    /// Pages of all tables together.
    pub fn total(&self) -> i64 {
        self.pages.iter().sum()
    }

    /// Goes some pages on; nothing at the end.
    pub async fn step(&self, tx: &mut Tx<'_>, at: &Position) -> Result<Option<Position>> {
        let (Some(holder), Some(pages)) = (self.holders.get(at.holder), self.pages.get(at.holder)) else {
            return Ok(None);
        };
        if at.page >= *pages {
            return Ok(Some(Position { holder: at.holder + 1, page: 0, ..at.clone() }));
        }
        let end = at.page + PAGES;
        let found = holder.find(tx, &self.older, at.page..end).await?;
        let keys = tx.db().keys();
        let (mut sealed, mut damaged) = (Vec::new(), 0);
        for (tid, row, mut held) in found {
            match holder.seal_anew(&keys, &self.older, row, &mut held) {
                Ok(()) => sealed.push(json!({"tid": tid, "held": held})),
                Err(error) => {
                    tracing::error!(table = holder.relation, %row, %error, "a value cannot be sealed anew and stays");
                    damaged += 1;
                }
            }
        }
        let count = sealed.len() as i64;
        let mut next = Position { sealed: at.sealed + count, ..at.clone() };
        if count > 0 {
            holder.put(tx, sealed, at.page..end).await?;
        }
        // As many as fit into one step: there may be more on these pages.
        if count + damaged < holder.most() || count == 0 {
            next.page = end;
            next.seen += PAGES.min(pages - at.page);
            next.damaged += damaged;
        }
        Ok(Some(next))
    }

    /// The tables in which something is left to do.
    pub async fn left(&self, db: &Db) -> Result<Vec<&'static str>> {
        let mut connection = db.read().await?;
        amiss(&mut connection, &self.older).await
    }
}

/// The tables in which one of these keys sealed something, or in which something stands in the clear.
async fn amiss(connection: &mut AsyncPgConnection, older: &[String]) -> Result<Vec<&'static str>> {
    tables(connection, |holder| holder.is_amiss(older)).await
}

/// The tables in which one of these keys sealed something.
pub(super) async fn sealed_with(connection: &mut AsyncPgConnection, keys: &[String]) -> Result<Vec<&'static str>> {
    tables(connection, |holder| holder.is_sealed_with(keys)).await
}

/// The tables with a row of which this is true.
async fn tables(connection: &mut AsyncPgConnection, condition: impl Fn(&Holder) -> Sql) -> Result<Vec<&'static str>> {
    let mut tables = Vec::new();
    for holder in holders::all(connection).await? {
        let query = Sql::new(format!("select exists (select from {} where ", holder.relation));
        let query = query.append(condition(&holder)).push(")");
        if !tables.contains(&holder.told()) && query.rows::<Bool>().get_result(connection).await? {
            tables.push(holder.told());
        }
    }
    Ok(tables)
}

type Found = (String, Uuid, Value);

impl Holder {
    fn most(&self) -> i64 {
        if self.form == Form::Bytes { PARTS } else { ROWS }
    }

    /// Rows on these pages that older keys sealed something of, locked. One that somebody is writing is left for the
    /// next round, so that nobody waits for us and we wait for nobody.
    async fn find(&self, tx: &mut Tx<'_>, older: &[String], pages: std::ops::Range<i64>) -> Result<Vec<Found>> {
        let (relation, row, held) = (&self.relation, self.row, self.held());
        let query = Sql::new(format!("select ctid::text, {row}, {held} from {relation} t where {} and ", on(pages)));
        let query = query.append(self.is_amiss(older)).push(" limit ").bind(Bind::Int(self.most()));
        let query = query.push(" for no key update skip locked");
        Ok(query.rows::<(Text, diesel::sql_types::Uuid, Jsonb)>().load(&mut **tx).await?)
    }

    fn seal_anew(&self, keys: &KeyRing, older: &[String], row: Uuid, held: &mut Value) -> Result<()> {
        let held = held.as_object_mut().ok_or(Error::Secret("a row holds nothing"))?;
        if self.form == Form::Bytes {
            return self.seal_bytes_anew(keys, row, held);
        }
        for column in &self.columns {
            if let Some(value) = held.get_mut(&**column) {
                if self.clear.is_some() && seal_clear(keys, &Place::new(self.table, column, row), value)? {
                    continue;
                }
                let place = Place::new(self.table, column, row);
                seal_value_anew(keys, older, place, value, self.holds_lists(column))?;
            }
        }
        Ok(())
    }

    fn seal_bytes_anew(&self, keys: &KeyRing, row: Uuid, held: &mut Map<String, Value>) -> Result<()> {
        let unreadable = Error::Secret("a part of a file cannot be read");
        let (Some(Value::Number(part)), Some(Value::String(content))) = (held.get("part"), held.get("content")) else {
            return Err(unreadable);
        };
        let column = format!("content.{part}");
        let place = Place::new(self.table, &column, row);
        let content = BASE64.decode(content.replace('\n', "")).map_err(|_| unreadable)?;
        let sealed = keys.seal_bytes(&place, &keys.open_bytes(&place, &content)?)?;
        held.insert("content".into(), BASE64.encode(sealed).into());
        Ok(())
    }

    async fn put(&self, tx: &mut Tx<'_>, sealed: Vec<Value>, pages: std::ops::Range<i64>) -> Result<()> {
        tx.batch_execute("select set_config('zhiyin.resealing', 'on', true)").await?;
        let (relation, set) = (&self.relation, self.set());
        // The pages are named again so that PostgreSQL looks at no others, however it goes about it.
        let update = Sql::new(format!("update {relation} t set {set} from jsonb_to_recordset("))
            .bind(Bind::Text(Value::Array(sealed).to_string()))
            .push(format!(
                "::jsonb) as sealed (tid text, held jsonb) where t.ctid = sealed.tid::tid and {}",
                on(pages)
            ));
        update.rows::<()>().execute(&mut **tx).await?;
        Ok(())
    }
}

/// Seals what stands in the clear; whether it did.
fn seal_clear(keys: &KeyRing, place: &Place<'_>, value: &mut Value) -> Result<bool> {
    *value = match &*value {
        Value::Object(document) if !document.is_empty() => keys.seal_document(place, value)?,
        Value::String(text) if !is_seal(text) => keys.seal(place, text)?.into(),
        _ => return Ok(false),
    };
    Ok(true)
}

fn on(pages: std::ops::Range<i64>) -> String {
    format!("t.ctid >= '({},0)' and t.ctid < '({},0)'", pages.start, pages.end)
}

/// A value, a list of them, or such a thing before and after a change. Only those of a list have a place of their own.
fn seal_value_anew(keys: &KeyRing, older: &[String], place: Place<'_>, value: &mut Value, of_list: bool) -> Result<()> {
    match value {
        Value::Array(items) => {
            let place = |index| if of_list { place.at(index) } else { place };
            let mut items = items.iter_mut().enumerate();
            items.try_for_each(|(index, item)| seal_value_anew(keys, older, place(index), item, of_list))
        }
        Value::String(sealed) if sealed.split('.').nth(1).is_some_and(|id| older.iter().any(|key| key == id)) => {
            let place = place.of_age(age(sealed));
            *sealed = keys.seal(&place, &keys.open_sealed(&place, sealed)?)?;
            Ok(())
        }
        _ => Ok(()),
    }
}
