//! What an operator does with the keys: look at them, put a new one in the place of an old one, withdraw the old one,
//! wrap all of them with another root key.
//!
//! Keys that sign tokens and keys that seal values are replaced. The others stay: every digest in the search index was
//! made with the one for blind indexes, and what the one for cursors signs is worth nothing beyond its session.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use schema::{changes, data_keys};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{IN_USE_AFTER, RootKey, USED_FROM, reseal};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::sql::{Bind, Sql};

/// Seconds for which the end of other transactions is waited for.
const PATIENCE: u32 = 30;

/// What a key is for, if it is one that can be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Sign,
    Seal,
}

impl Purpose {
    pub const fn word(self) -> &'static str {
        match self {
            Purpose::Sign => "sign",
            Purpose::Seal => "seal",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        [Purpose::Sign, Purpose::Seal].into_iter().find(|purpose| purpose.word() == word)
    }
}

/// A key, without its secret.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: String,
    /// `sign`, `seal`, `blind` or `cursor`.
    pub purpose: String,
    pub state: State,
    pub created_at: DateTime<Utc>,
    pub withdrawn_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Every process is about to learn of it.
    Announced,
    /// What is new is made with it.
    InUse,
    /// What was made with it is still good.
    Kept,
    Withdrawn,
}

/// Why a key is not withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Unknown(String),
    Already(String),
    Fixed(String),
    /// No other key of its purpose is in use everywhere.
    Needed(String, Purpose),
    /// The key that takes its place is not in use everywhere yet.
    Early(String, String),
    /// Work goes on that began before the last value was sealed anew.
    Busy(String),
    /// Values in these tables are sealed with it.
    Sealing(String, Vec<String>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Unknown(id) => write!(f, "there is no key {id}; `zhiyin keys list` names them"),
            Refusal::Already(id) => write!(f, "{id} was withdrawn before"),
            Refusal::Fixed(id) => write!(f, "{id} is of a kind that is not replaced, see `zhiyin keys list`"),
            Refusal::Needed(id, purpose) => write!(
                f,
                "no other key is in use in place of {id}: run `zhiyin keys rotate {}` first, and withdraw it {} seconds later",
                purpose.word(),
                IN_USE_AFTER
            ),
            Refusal::Early(id, next) => {
                write!(f, "{next} takes the place of {id}, but not everywhere yet: try again in {IN_USE_AFTER} seconds")
            }
            Refusal::Busy(id) => {
                write!(f, "work that may still write values sealed with {id} goes on; try again later")
            }
            Refusal::Sealing(id, tables) => write!(
                f,
                "values in {} are sealed with {id} and would be lost without it; they are being sealed anew after a \
                 `zhiyin keys rotate seal`, or by `zhiyin keys reseal`",
                tables.join(", ")
            ),
        }
    }
}

type Columns = (Text, Text, Timestamptz, Nullable<Timestamptz>, Bool, Bool);
type Row = (String, String, DateTime<Utc>, Option<DateTime<Utc>>, bool, bool);

/// A key and its age, by the database's clock.
struct Aged {
    entry: Entry,
    is_known: bool,
    is_used_everywhere: bool,
}

async fn load(connection: &mut diesel_async::AsyncPgConnection) -> Result<Vec<Aged>> {
    let query = Sql::new(format!(
        "select id, purpose, created_at, retired_at, created_at <= clock_timestamp() - interval '{USED_FROM} s', \
         created_at <= clock_timestamp() - interval '{IN_USE_AFTER} s' \
         from data_keys order by purpose, created_at desc, id desc"
    ));
    let rows: Vec<Row> = query.rows::<Columns>().load(connection).await?;
    let aged = rows.into_iter().map(|(id, purpose, created_at, withdrawn_at, is_known, is_used_everywhere)| Aged {
        entry: Entry { id, purpose, state: State::Kept, created_at, withdrawn_at },
        is_known,
        is_used_everywhere,
    });
    Ok(aged.collect())
}

/// All keys there ever were, by purpose, newest first.
pub async fn list(db: &Db) -> Result<Vec<Entry>> {
    let keys = load(&mut *db.read().await?).await?;
    let is_live = |key: &&Aged| key.entry.withdrawn_at.is_none();
    let in_use = |purpose: &str| {
        let mut live = keys.iter().filter(is_live).filter(|key| key.entry.purpose == purpose);
        live.clone().find(|key| key.is_known).or(live.next_back()).map(|key| key.entry.created_at)
    };
    let state = |key: &Aged| match in_use(&key.entry.purpose) {
        _ if key.entry.withdrawn_at.is_some() => State::Withdrawn,
        Some(at) if key.entry.created_at > at => State::Announced,
        Some(at) if key.entry.created_at == at => State::InUse,
        _ => State::Kept,
    };
    Ok(keys.iter().map(|key| Entry { state: state(key), ..key.entry.clone() }).collect())
}

/// Adds a key, which takes the place of the one in use as soon as every process knows it; its id.
pub async fn rotate(tx: &mut Tx<'_>, purpose: Purpose, secret: &[u8]) -> Result<String> {
    lock(tx).await?;
    let number = |entry: &Entry| entry.id.rsplit('-').next().and_then(|number| number.parse::<u32>().ok());
    let keys = load(tx).await?;
    let of_purpose = keys.iter().filter(|key| key.entry.purpose == purpose.word());
    let last = of_purpose.filter_map(|key| number(&key.entry)).max().unwrap_or_default();
    let id = format!("{}-{}", purpose.word(), last + 1);
    let wrapped = tx.db().held_keys().wrap(&id, secret)?;
    let now = diesel::dsl::sql::<Timestamptz>("clock_timestamp()");
    let row = (
        data_keys::id.eq(&id),
        data_keys::purpose.eq(purpose.word()),
        data_keys::wrapped.eq(wrapped),
        data_keys::created_at.eq(now),
    );
    diesel::insert_into(data_keys::table).values(row).execute(&mut **tx).await?;
    note(tx, &id, "create", json!({"id": id, "purpose": purpose.word()})).await?;
    Ok(id)
}

/// Ends a key: what it signed is refused by every process a moment later.
pub async fn withdraw(tx: &mut Tx<'_>, id: &str) -> Result<Option<Refusal>> {
    lock(tx).await?;
    let keys = load(tx).await?;
    let Some(key) = keys.iter().find(|key| key.entry.id == id) else { return Ok(Some(Refusal::Unknown(id.into()))) };
    if key.entry.withdrawn_at.is_some() {
        return Ok(Some(Refusal::Already(id.into())));
    }
    let Some(purpose) = Purpose::of_word(&key.entry.purpose) else { return Ok(Some(Refusal::Fixed(id.into()))) };
    if let Some(refusal) = refuse_needed(&keys, key, purpose) {
        return Ok(Some(refusal));
    }
    if purpose == Purpose::Seal
        && let Some(refusal) = refuse_sealing(tx, id).await?
    {
        return Ok(Some(refusal));
    }
    let now = tx.now();
    diesel::update(data_keys::table.find(id)).set(data_keys::retired_at.eq(now)).execute(&mut **tx).await?;
    note(tx, id, "update", json!({"withdrawn": [false, true]})).await?;
    Ok(None)
}

/// Something must sign and seal in place of a key, everywhere. An older key can sign again; it would seal again a moment
/// too late for what is just being sealed.
fn refuse_needed(keys: &[Aged], key: &Aged, purpose: Purpose) -> Option<Refusal> {
    let id = || key.entry.id.clone();
    let is_newer = |other: &&Aged| other.entry.created_at > key.entry.created_at;
    let others = || {
        let live = keys.iter().filter(|other| other.entry.withdrawn_at.is_none() && other.entry.id != key.entry.id);
        live.filter(|other| other.entry.purpose == key.entry.purpose)
    };
    if others().any(|other| other.is_used_everywhere && (purpose == Purpose::Sign || is_newer(&other))) {
        return None;
    }
    Some(match others().find(is_newer) {
        Some(next) => Refusal::Early(id(), next.entry.id.clone()),
        None => Refusal::Needed(id(), purpose),
    })
}

/// The newest key that seals and those before it; nothing while the newest is not in use everywhere.
pub(super) async fn older(db: &Db) -> Result<Option<(String, Vec<String>)>> {
    let keys = load(&mut *db.read().await?).await?;
    let live = |key: &Aged| key.entry.withdrawn_at.is_none() && key.entry.purpose == Purpose::Seal.word();
    let mut live = keys.into_iter().filter(live);
    let newest = live.next().filter(|key| key.is_used_everywhere);
    Ok(newest.map(|newest| (newest.entry.id, live.map(|key| key.entry.id).collect())))
}

/// Whether anything is sealed with a key that seals no more, or may yet come to be: a transaction that read a value
/// before it was sealed anew, such as the undoing of a change, may write it back. Those that began before a first look
/// are waited for, and what they left is seen by a second.
async fn refuse_sealing(tx: &mut Tx<'_>, id: &str) -> Result<Option<Refusal>> {
    let key = [id.to_owned()];
    for is_last in [false, true] {
        let tables = reseal::sealed_with(tx, &key).await?;
        if !tables.is_empty() {
            return Ok(Some(Refusal::Sealing(id.into(), tables.into_iter().map(str::to_owned).collect())));
        }
        if !is_last && !others_end(tx).await? {
            return Ok(Some(Refusal::Busy(id.into())));
        }
    }
    Ok(None)
}

/// Waits for the transactions of this moment; not for ever.
async fn others_end(tx: &mut Tx<'_>) -> Result<bool> {
    let now = Sql::new("select clock_timestamp()").rows::<Timestamptz>();
    let now: DateTime<Utc> = now.get_result(&mut **tx).await?;
    let running = Sql::new(
        "select exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() \
         and backend_type = 'client backend' and xact_start < ",
    );
    let running = running.bind(Bind::Instant(now)).push(")");
    for _ in 0..PATIENCE * 10 {
        tx.batch_execute("select pg_stat_clear_snapshot()").await?;
        if !running.clone().rows::<Bool>().get_result::<bool>(&mut **tx).await? {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

/// Wraps every key with another root key; how many there were. Processes that run go on with the keys they opened.
pub async fn rewrap(tx: &mut Tx<'_>, new: &RootKey) -> Result<usize> {
    lock(tx).await?;
    let rows: Vec<(String, String)> =
        data_keys::table.select((data_keys::id, data_keys::wrapped)).load(&mut **tx).await?;
    let wrapping = new.wrapping()?;
    for (id, wrapped) in &rows {
        let secret = tx.db().held_keys().unwrap(id, wrapped).ok_or(Error::Secret("a key cannot be unwrapped"))?;
        let wrapped = wrapping.wrap(id, &secret)?;
        diesel::update(data_keys::table.find(id)).set(data_keys::wrapped.eq(wrapped)).execute(&mut **tx).await?;
        note(tx, id, "update", json!({"rewrapped": [false, true]})).await?;
    }
    Ok(rows.len())
}

/// Operators act one after the other; processes go on reading.
async fn lock(tx: &mut Tx<'_>) -> Result<()> {
    Ok(tx.batch_execute("lock table data_keys in share row exclusive mode").await?)
}

/// Leaves an entry in the change log. A trigger would write the wrapped key there too.
async fn note(tx: &mut Tx<'_>, id: &str, operation: &str, changed: Value) -> Result<()> {
    let db = tx.db();
    let entry = (
        changes::resource.eq("data_keys"),
        changes::record_id.eq(record_id(id)),
        changes::version.eq(0),
        changes::operation.eq(operation),
        changes::changed.eq(changed),
        changes::actor_id.eq(db.user_id()),
        changes::reason.eq(&db.trace.reason),
    );
    diesel::insert_into(changes::table).values(entry).execute(&mut **tx).await?;
    tracing::info!(key = id, operation, reason = db.trace.reason, "a key was changed");
    Ok(())
}

/// The change log knows records by ids of another form.
fn record_id(id: &str) -> Uuid {
    let digest = Sha256::digest(id.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}
