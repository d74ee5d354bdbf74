//! Requests that may be repeated: the answer is kept in the transaction that had the effect.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error};
use domain::lens::Lenses;
use domain::permission::{Action, Permission};
use schema::idempotency_keys;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::keys::Place;
use crate::records;
use crate::sql::{Bind, Sql};

/// A key as a caller sent it: what it is bound to, and what the request said.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    pub caller_id: Uuid,
    pub method: String,
    pub path: String,
    pub key: String,
    pub fingerprint: [u8; 32],
}

/// The answer that is kept and given again.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub status: u16,
    pub location: Option<String>,
    pub etag: Option<String>,
    pub body: Option<String>,
    /// The record the answer speaks of.
    pub record: Option<(&'static str, Uuid)>,
}

type Row = (Vec<u8>, i16, Option<String>, Option<String>, Option<String>, Option<String>, Option<Uuid>);

/// Holds the key for this transaction. An answer that is there already is returned.
pub async fn claim(tx: &mut Tx<'_>, key: &IdempotencyKey) -> Result<Option<Stored>> {
    let name = format!("{}/{}/{}/{}", key.caller_id, key.method, key.path, key.key);
    let lock = Sql::new("select pg_try_advisory_xact_lock(hashtextextended(").bind(Bind::Text(name)).push(", 0))");
    let held: bool = lock.recurring().rows::<sql_types::Bool>().get_result(&mut **tx).await?;
    if !held {
        return Err(Error::new(Code::KeyInFlight).retry_after(1).into());
    }
    let row: Option<Row> = idempotency_keys::table
        .find((key.caller_id, &key.key, &key.method, &key.path))
        .select((
            idempotency_keys::fingerprint,
            idempotency_keys::status,
            idempotency_keys::location,
            idempotency_keys::etag,
            idempotency_keys::body,
            idempotency_keys::resource,
            idempotency_keys::record_id,
        ))
        .first(&mut **tx)
        .await
        .optional()?;
    let Some((fingerprint, status, location, etag, body, resource, record_id)) = row else { return Ok(None) };
    // Before fingerprints were keyed, they were kept as they are.
    if fingerprint != kept_fingerprint(tx, key) && fingerprint != key.fingerprint {
        return Err(Code::KeyReused.into());
    }
    let body = body.map(|body| tx.db().keys().open_sealed(&place(key.caller_id), &body)).transpose()?;
    let body = match (resource, record_id) {
        (Some(resource), Some(id)) => seen_today(tx, key, &resource, id, body).await?,
        _ => body,
    };
    Ok(Some(Stored { status: u16::try_from(status).unwrap_or(500), location, etag, body, record: None }))
}

/// An answer as the caller may see it now: not at all, if the record has gone out of his reach, and without the values
/// of fields that were closed to him meanwhile.
async fn seen_today(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
    resource: &str,
    id: Uuid,
    body: Option<String>,
) -> Result<Option<String>> {
    let Some(definition) = tx.db().catalogue().find(resource) else { return Ok(body) };
    let db = tx.db();
    let whose = records::whose(tx, db, definition, vec![id]).await?;
    let (owner, department) = *whose.get(&id).ok_or(Error::new(Code::NotFound))?;
    let Some(mut told) = body.as_deref().and_then(|body| serde_json::from_str::<Map<String, Value>>(body).ok()) else {
        return Ok(body);
    };
    let lens = Lenses::of(db.viewer(), definition).of_row(owner, department);
    if key.path.ends_with("/mask-reveal") {
        // Shown in the clear before; what may no longer be shown so is not shown again.
        let reveal = Permission::new(definition.name, Action::Reveal);
        let reaches = db.rows(reveal).is_ok_and(|rows| rows.contains(owner, department));
        if !reaches || told.keys().any(|key| !lens.shows(key) && !lens.reveals(key)) {
            return Err(Code::FieldForbidden.into());
        }
    } else if !lens.is_clear() {
        lens.apply(&mut told);
        return Ok(serde_json::to_string(&told).ok());
    }
    Ok(body)
}

/// Keeps the answer of a request that was carried out.
pub async fn keep(tx: &mut Tx<'_>, key: &IdempotencyKey, answer: &Stored) -> Result<()> {
    let sealed = answer.body.as_ref().map(|body| tx.db().keys().seal(&place(key.caller_id), body)).transpose()?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::caller_id.eq(key.caller_id),
            idempotency_keys::method.eq(&key.method),
            idempotency_keys::path.eq(&key.path),
            idempotency_keys::key.eq(&key.key),
            idempotency_keys::fingerprint.eq(kept_fingerprint(tx, key).as_slice()),
            idempotency_keys::status.eq(i16::try_from(answer.status).unwrap_or(500)),
            idempotency_keys::location.eq(&answer.location),
            idempotency_keys::etag.eq(&answer.etag),
            idempotency_keys::body.eq(sealed),
            idempotency_keys::resource.eq(answer.record.map(|(resource, _)| resource)),
            idempotency_keys::record_id.eq(answer.record.map(|(_, id)| id)),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Forgets keys from before a moment.
pub async fn forget(db: &Db, before: DateTime<Utc>) -> Result<usize> {
    let mut connection = db.read().await?;
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(before));
    Ok(diesel::delete(old).execute(&mut *connection).await?)
}

/// A bare digest would tell what a request said to whoever tries all telephone numbers.
fn kept_fingerprint(tx: &Tx<'_>, key: &IdempotencyKey) -> [u8; 32] {
    tx.db().keys().tag(&[b"fingerprint", key.caller_id.as_bytes(), &key.fingerprint])
}

fn place(caller_id: Uuid) -> Place<'static> {
    Place::new("idempotency_keys", "body", caller_id)
}
