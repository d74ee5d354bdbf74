//! Masked values in the clear, for somebody who gives a reason. Who looked at what stands in the change log.

use chrono::Duration;
use diesel::prelude::*;
use diesel::sql_types::{self, Nullable, Text};
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error, Fault};
use domain::resource::{Record, Stamp};
use schema::changes;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::personal;
use crate::records::{self, IfMatch};
use crate::sql::{Bind, Sql};
use crate::table::{Selection, Stored};

/// Whoever needs more than this is copying customers, not serving one.
const MOST: i64 = 60;
const WITHIN_MINUTES: i64 = 10;

/// The values of these fields. The reason is the transaction's.
pub async fn reveal<R: Stored>(tx: &mut Tx<'_>, id: Uuid, fields: &[String]) -> Result<Map<String, Value>> {
    let mut record = records::lock::<R>(tx, id, &IfMatch::Any, R::REVEAL).await?;
    refuse_unless_reasonable::<R>(tx, &record.stamp, fields)?;
    refuse_too_many(tx).await?;
    personal::open::<R>(tx.db(), &mut record);
    let Ok(Value::Object(mut values)) = serde_json::to_value(&record) else { return Err(Code::Internal.into()) };
    values.retain(|key, _| fields.contains(key));
    let keys: Vec<String> = values.keys().cloned().collect();
    keep(tx, R::NAME, id, record.stamp.version, &keys).await?;
    Ok(values)
}

/// Finds records by masked values that the caller gives in full, as a service desk finds who is calling. A hit tells as
/// much as a value that is shown, and so counts like one and stands in the log at its record; a miss, too, has told
/// something, and stands there at no record.
pub(crate) async fn look_up<R: Stored>(
    tx: &mut Tx<'_>,
    keys: &[String],
    selection: Selection,
) -> Result<Vec<Record<R>>> {
    refuse_too_many(tx).await?;
    let found = R::load(tx, selection).await?;
    let lenses = records::lenses::<R>(tx.db());
    let beside = keys.iter().any(|key| key.contains('.'));
    let told = |record: &&Record<R>| {
        let lens = lenses.at(&record.stamp);
        beside || keys.iter().any(|key| lens.masks(key))
    };
    let told: Vec<(Uuid, i64)> =
        found.iter().filter(told).map(|record| (record.stamp.id, record.stamp.version)).collect();
    if told.is_empty() {
        keep(tx, R::NAME, Uuid::nil(), 0, keys).await?;
    }
    for (id, version) in told {
        keep(tx, R::NAME, id, version, keys).await?;
    }
    Ok(found)
}

/// Writes down who looked at what.
pub(crate) async fn keep(
    tx: &mut Tx<'_>,
    resource: &'static str,
    id: Uuid,
    version: i64,
    keys: &[String],
) -> Result<()> {
    let seen: Map<String, Value> = keys.iter().map(|key| (key.clone(), Value::Null)).collect();
    let db = tx.db();
    let entry = (
        changes::resource.eq(resource),
        changes::record_id.eq(id),
        changes::version.eq(version),
        changes::operation.eq("reveal"),
        changes::changed.eq(Value::Object(seen)),
        changes::actor_id.eq(db.user_id()),
        changes::request_id.eq(&db.trace.request_id),
        // Sealed, as the transaction has it.
        changes::reason.eq(diesel::dsl::sql::<Nullable<Text>>("change_reason()")),
    );
    diesel::insert_into(changes::table).values(entry).execute(&mut **tx).await?;
    Ok(())
}

fn refuse_unless_reasonable<R: Stored>(tx: &Tx<'_>, stamp: &Stamp, fields: &[String]) -> Result<()> {
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
        let Some(field) = tx.db().definition::<R>().own_field(key).filter(|field| field.personal) else {
            faults.push(Fault::new(format!("/fields/{index}"), "unknown"));
            continue;
        };
        let may = tx.db().viewer().is_none_or(|viewer| {
            let distance = viewer.distance(stamp.owner_id, stamp.department_id);
            viewer.rights.reveals(R::NAME, field).is_some_and(|scope| scope >= distance)
        });
        if !may {
            return Err(Code::FieldForbidden.into());
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults).into()) }
}

/// Counted in the log itself, so that it holds across all processes.
pub(crate) async fn refuse_too_many(tx: &mut Tx<'_>) -> Result<()> {
    // Of many questions at once each would see the count from before the others.
    let lock = Sql::new("select pg_advisory_xact_lock(hashtextextended(")
        .bind(Bind::Text(format!("reveal/{}", tx.db().user_id().unwrap_or_default())))
        .push(", 0))::text is not null");
    let _: bool = lock.recurring().rows::<sql_types::Bool>().get_result(&mut **tx).await?;
    let since = tx.now() - Duration::minutes(WITHIN_MINUTES);
    let count: i64 = changes::table
        .filter(changes::operation.eq("reveal"))
        .filter(changes::actor_id.is_not_distinct_from(tx.db().user_id()))
        .filter(changes::at.gt(since))
        .count()
        .get_result(&mut **tx)
        .await?;
    if count + tx.unseen() < MOST {
        return Ok(());
    }
    Err(Error::new(Code::QuotaExceeded).retry_after(WITHIN_MINUTES.unsigned_abs() * 60).into())
}
