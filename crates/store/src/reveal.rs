//! Masked values in the clear, for somebody who gives a reason. Who looked at what stands in the change log.

use chrono::Duration;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error, Fault};
use domain::permission::Right;
use schema::changes;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::personal;
use crate::records::{self, IfMatch};
use crate::table::Stored;

/// Whoever needs more than this is copying customers, not serving one.
const MOST: i64 = 60;
const WITHIN_MINUTES: i64 = 10;

/// The values of these fields. The reason is the transaction's.
pub async fn reveal<R: Stored>(tx: &mut Tx<'_>, id: Uuid, fields: &[String]) -> Result<Map<String, Value>> {
    let mut record = records::lock::<R>(tx, id, &IfMatch::Any, R::REVEAL).await?;
    refuse_unless_reasonable::<R>(tx, fields)?;
    refuse_too_many(tx).await?;
    personal::open::<R>(&tx.db().keys(), &mut record)?;
    let Ok(Value::Object(mut values)) = serde_json::to_value(&record.data) else { return Err(Code::Internal.into()) };
    values.retain(|key, _| fields.contains(key));
    let seen: Map<String, Value> = values.keys().map(|key| (key.clone(), Value::Null)).collect();
    let db = tx.db();
    let entry = (
        changes::resource.eq(R::NAME),
        changes::record_id.eq(id),
        changes::version.eq(record.stamp.version),
        changes::operation.eq("reveal"),
        changes::changed.eq(Value::Object(seen)),
        changes::actor_id.eq(db.user_id()),
        changes::request_id.eq(&db.trace.request_id),
        changes::reason.eq(&db.trace.reason),
    );
    diesel::insert_into(changes::table).values(entry).execute(&mut **tx).await?;
    Ok(values)
}

fn refuse_unless_reasonable<R: Stored>(tx: &Tx<'_>, fields: &[String]) -> Result<()> {
    let mut faults = Vec::new();
    let length = tx.db().trace.reason.as_deref().unwrap_or_default().chars().count();
    if length < 2 {
        faults.push(Fault::field("reason", "required"));
    } else if length > 200 {
        faults.push(Fault::field("reason", "too_long").with("max", 200));
    }
    if fields.is_empty() {
        faults.push(Fault::field("fields", "required"));
    }
    for (index, key) in fields.iter().enumerate() {
        let Some(field) = R::FIELDS.iter().find(|field| field.key == key && field.personal) else {
            faults.push(Fault::new(format!("/fields/{index}"), "unknown"));
            continue;
        };
        if tx.db().viewer().is_some_and(|viewer| viewer.rights.field(R::NAME, field) == Right::None) {
            return Err(Code::FieldForbidden.into());
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults).into()) }
}

/// Counted in the log itself, so that it holds across all processes.
async fn refuse_too_many(tx: &mut Tx<'_>) -> Result<()> {
    let since = tx.now() - Duration::minutes(WITHIN_MINUTES);
    let count: i64 = changes::table
        .filter(changes::operation.eq("reveal"))
        .filter(changes::actor_id.is_not_distinct_from(tx.db().user_id()))
        .filter(changes::at.gt(since))
        .count()
        .get_result(&mut **tx)
        .await?;
    if count < MOST {
        return Ok(());
    }
    Err(Error::new(Code::QuotaExceeded).retry_after(WITHIN_MINUTES.unsigned_abs() * 60).into())
}
