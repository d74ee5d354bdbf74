//! What an operator does with the keys: look at them, put a new one in the place of an old one, withdraw the old one,
//! wrap all of them with another root key.
//!
//! Keys that sign tokens and keys that seal values are replaced; see [`Purpose::is_replaced`] for the others.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::error::{Code, Error as Refused, Fault};
use domain::platform::keys::{Key, KeyState, Purpose};
use schema::{changes, data_keys};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{IN_USE_AFTER, KeyRing, RootKey, USED_FROM, reseal};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::reason;
use crate::sql::{Bind, Sql};

/// Seconds for which the end of other transactions is waited for. Somebody is waiting for the answer.
const PATIENCE: u32 = 10;

/// Why a key is not withdrawn: the code of a fault, about a key.
fn refusal(code: &str, key: &str) -> Fault {
    Fault::new("", code).with("key", key)
}

fn refuse(fault: Fault) -> Result<()> {
    Err(Refused::at(Code::Conflict, fault).into())
}

type Columns = (Text, Text, Timestamptz, Nullable<Timestamptz>, Bool, Bool);
type Row = (String, String, DateTime<Utc>, Option<DateTime<Utc>>, bool, bool);

/// A key and its age, by the database's clock.
struct Aged {
    key: Key,
    is_known: bool,
    is_used_everywhere: bool,
}

async fn load(connection: &mut AsyncPgConnection) -> Result<Vec<Aged>> {
    let query = Sql::new(format!(
        "select id, purpose, created_at, retired_at, created_at <= clock_timestamp() - interval '{USED_FROM} s', \
         created_at <= clock_timestamp() - interval '{IN_USE_AFTER} s' \
         from data_keys order by purpose, created_at desc, id desc"
    ));
    let rows: Vec<Row> = query.rows::<Columns>().load(connection).await?;
    // A purpose that a newer version knows is none of ours.
    let aged = |(id, purpose, created_at, withdrawn_at, is_known, is_used_everywhere): Row| {
        let key = Key {
            purpose: Purpose::from_word(&purpose)?,
            id,
            state: KeyState::Kept,
            created_at,
            created_by: None,
            created_for: None,
            withdrawn_at,
            withdrawn_by: None,
            withdrawn_for: None,
        };
        Some(Aged { key, is_known, is_used_everywhere })
    };
    Ok(rows.into_iter().filter_map(aged).collect())
}

/// All keys there ever were, by purpose, newest first.
pub async fn list(db: &Db) -> Result<Vec<Key>> {
    told(&mut *db.read().await?, &db.keys()).await
}

/// A key as it is now, inside the transaction that made or withdrew it.
pub async fn find_in(tx: &mut Tx<'_>, id: &str) -> Result<Key> {
    let keys = tx.db().keys();
    let key = told(tx, &keys).await?.into_iter().find(|key| key.id == id);
    key.ok_or_else(|| Code::NotFound.into())
}

async fn told(connection: &mut AsyncPgConnection, ring: &KeyRing) -> Result<Vec<Key>> {
    let keys = load(connection).await?;
    let notes = notes(connection, ring).await?;
    let is_live = |key: &&Aged| key.key.withdrawn_at.is_none();
    let in_use = |purpose: Purpose| {
        let mut live = keys.iter().filter(is_live).filter(|key| key.key.purpose == purpose);
        live.clone().find(|key| key.is_known).or(live.next_back()).map(|key| key.key.created_at)
    };
    let state = |key: &Key| match in_use(key.purpose) {
        _ if key.withdrawn_at.is_some() => KeyState::Withdrawn,
        Some(at) if key.created_at > at => KeyState::Announced,
        Some(at) if key.created_at == at => KeyState::InUse,
        _ => KeyState::Kept,
    };
    let note = |key: &Key, operation: &str| {
        notes.get(&(record_id(&key.id), operation.to_owned())).cloned().unwrap_or_default()
    };
    let told = keys.iter().map(|Aged { key, .. }| {
        let (created_by, created_for) = note(key, "create");
        let (withdrawn_by, withdrawn_for) = note(key, "withdraw");
        Key { state: state(key), created_by, created_for, withdrawn_by, withdrawn_for, ..key.clone() }
    });
    Ok(told.collect())
}

/// Who, and why.
type Note = (Option<Uuid>, Option<String>);

/// Who made and who withdrew keys, by the id that the change log knows a key by.
async fn notes(connection: &mut AsyncPgConnection, ring: &KeyRing) -> Result<HashMap<(Uuid, String), Note>> {
    let query = Sql::new(
        "select record_id, case when operation = 'create' then 'create' else 'withdraw' end, actor_id, reason from changes \
         where resource = 'data_keys' and (operation = 'create' or changed ? 'withdrawn')",
    );
    let rows = query.rows::<(diesel::sql_types::Uuid, Text, Nullable<diesel::sql_types::Uuid>, Nullable<Text>)>();
    let rows: Vec<(Uuid, String, Option<Uuid>, Option<String>)> = rows.load(connection).await?;
    let note = |(id, operation, actor, kept)| ((id, operation), (actor, reason::open(ring, actor, kept)));
    Ok(rows.into_iter().map(note).collect())
}

/// Adds a key, which takes the place of the one in use as soon as every process knows it; its id. Another one is made
/// after that only.
pub async fn rotate(tx: &mut Tx<'_>, purpose: Purpose, secret: &[u8]) -> Result<String> {
    lock(tx).await?;
    let number = |key: &Key| key.id.rsplit('-').next().and_then(|number| number.parse::<u32>().ok());
    let keys = load(tx).await?;
    let of_purpose = keys.iter().filter(|key| key.key.purpose == purpose);
    let mut live = of_purpose.clone().filter(|key| key.key.withdrawn_at.is_none());
    if let (Some(Aged { key, is_known: false, .. }), Some(_)) = (live.next(), live.next()) {
        return Err(Refused::at(Code::Conflict, refusal("key_announced", &key.id)).into());
    }
    let last = of_purpose.filter_map(|key| number(&key.key)).max().unwrap_or_default();
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
pub async fn withdraw(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    lock(tx).await?;
    let keys = load(tx).await?;
    let aged = keys.iter().find(|key| key.key.id == id).ok_or(Refused::new(Code::NotFound))?;
    let key = &aged.key;
    if key.withdrawn_at.is_some() {
        return refuse(refusal("key_withdrawn", id));
    }
    if !key.purpose.is_replaced() {
        return refuse(refusal("key_fixed", id));
    }
    refuse_needed(&keys, key)?;
    if key.purpose == Purpose::Seal {
        refuse_sealing(tx, id).await?;
    }
    let now = tx.now();
    diesel::update(data_keys::table.find(id)).set(data_keys::retired_at.eq(now)).execute(&mut **tx).await?;
    note(tx, id, "update", json!({"withdrawn": [false, true]})).await
}

/// Something must sign and seal in place of a key, everywhere. An older key can sign again; it would seal again a moment
/// too late for what is just being sealed.
fn refuse_needed(keys: &[Aged], key: &Key) -> Result<()> {
    let is_newer = |other: &&Aged| other.key.created_at > key.created_at;
    let others = || {
        let live = keys.iter().filter(|other| other.key.withdrawn_at.is_none() && other.key.id != key.id);
        live.filter(|other| other.key.purpose == key.purpose)
    };
    let replaces = |other: &Aged| other.is_used_everywhere && (key.purpose == Purpose::Sign || is_newer(&other));
    if others().any(replaces) {
        return Ok(());
    }
    refuse(match others().find(is_newer) {
        Some(next) => refusal("key_early", &key.id).with("next", &next.key.id).with("seconds", IN_USE_AFTER),
        None => refusal("key_needed", &key.id),
    })
}

/// The newest key that seals and those before it; nothing while the newest is not in use everywhere.
pub(super) async fn older(db: &Db) -> Result<Option<(String, Vec<String>)>> {
    let keys = load(&mut *db.read().await?).await?;
    let live = |key: &Aged| key.key.withdrawn_at.is_none() && key.key.purpose == Purpose::Seal;
    let mut live = keys.into_iter().filter(live);
    let newest = live.next().filter(|key| key.is_used_everywhere);
    Ok(newest.map(|newest| (newest.key.id, live.map(|key| key.key.id).collect())))
}

/// Whether anything is sealed with a key that seals no more, or may yet come to be: a transaction that read a value
/// before it was sealed anew, such as the undoing of a change, may write it back. Those that began before a first look
/// are waited for, and what they left is seen by a second.
async fn refuse_sealing(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    let key = [id.to_owned()];
    for is_last in [false, true] {
        let tables = reseal::sealed_with(tx, &key).await?;
        if !tables.is_empty() {
            return refuse(refusal("key_sealing", id).with("tables", tables.join(", ")));
        }
        if !is_last && !others_end(tx).await? {
            return refuse(refusal("key_busy", id));
        }
    }
    Ok(())
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
        changes::reason.eq(diesel::dsl::sql::<Nullable<Text>>("change_reason()")),
    );
    diesel::insert_into(changes::table).values(entry).execute(&mut **tx).await?;
    tracing::info!(key = id, operation, "a key was changed");
    Ok(())
}

/// The change log knows records by ids of another form.
fn record_id(id: &str) -> Uuid {
    let digest = Sha256::digest(id.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}
