//! Undo: the changes of an operation, read from the log and made backwards.
//!
//! A record goes back only if nobody has changed it since: the last entry of the log about it must be of the operation,
//! or of this undo. Sealed values in the log are bound to the same row and go back as they are. What let somebody do it
//! lets them take it back; rights that they have lost since are missing here too.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error, Fault};
use domain::permission::Permission;
use domain::resource::Record;
use schema::{changes, operations};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Kind, Operation, Outcome, RowResult, State};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::table::{Deletion, Locked, Stored};
use crate::{external_ids, personal, records, search};

/// Entries of the log that one chunk takes back.
pub const CHUNK: i64 = 500;

/// An entry of the log.
#[derive(Clone, Debug, Queryable)]
pub struct Entry {
    pub sequence: i64,
    resource: String,
    record_id: Uuid,
    operation: String,
    changed: Value,
}

impl Entry {
    pub(crate) fn resource(&self) -> &str {
        &self.resource
    }

    /// Whether it is about a record of the same resource, and of the same kind.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.resource == other.resource && self.operation == other.operation
    }
}

/// The operation, if the caller may take it back now.
pub async fn undoable(db: &Db, id: Uuid) -> Result<Operation> {
    let operation = super::find(db, id).await?;
    let fault = match (operation.state, operation.dry_run) {
        (State::Running, _) => Some("still_running"),
        (State::Undone, _) => Some("already_undone"),
        (_, true) => Some("changed_nothing"),
        _ => None,
    };
    match fault {
        Some(code) => Err(Error::at(Code::Conflict, Fault::field("id", code)).into()),
        None => Ok(operation),
    }
}

/// How many changes an operation made.
pub async fn count(db: &Db, id: Uuid) -> Result<i64> {
    let mut connection = db.read().await?;
    Ok(changes::table.filter(changes::operation_id.eq(id)).count().get_result(&mut *connection).await?)
}

/// The next entries to take back: the newest before one.
pub async fn entries(tx: &mut Tx<'_>, id: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<Entry>> {
    Ok(changes::table
        .filter(changes::operation_id.eq(id))
        .filter(changes::sequence.lt(before.unwrap_or(i64::MAX)))
        .order(changes::sequence.desc())
        .limit(limit)
        .select((changes::sequence, changes::resource, changes::record_id, changes::operation, changes::changed))
        .load(&mut **tx)
        .await?)
}

pub(crate) fn skipped(row: i64, entry: &Entry) -> RowResult {
    let faults = vec![Fault::new("", "changed_since")];
    RowResult { faults, ..RowResult::new(row, Some(entry.record_id), Outcome::Skipped) }
}

/// Takes entries of one resource and kind back. Rows are numbered on from `first`.
pub(crate) async fn take_back<R: Stored>(
    tx: &mut Tx<'_>,
    undone: Uuid,
    first: i64,
    run: &[Entry],
) -> Result<Vec<RowResult>> {
    let untouched = untouched(tx, R::NAME, undone, run).await?;
    if run.first().is_some_and(|entry| entry.operation == "create") {
        return uncreate::<R>(tx, first, run, &untouched).await;
    }
    let mut results = Vec::with_capacity(run.len());
    for (entry, row) in run.iter().zip(first..) {
        if !untouched.contains(&entry.record_id) {
            results.push(skipped(row, entry));
            continue;
        }
        let attempt = tx.savepoint(async |tx| one::<R>(tx, row, entry).await).await;
        results.push(match attempt {
            Ok(result) => result,
            Err(crate::Error::Refused(error)) => RowResult::refused(row, Some(entry.record_id), error),
            Err(error) => return Err(error),
        });
    }
    Ok(results)
}

/// Those of the records whose last change is of the operation or of this undo.
async fn untouched(tx: &mut Tx<'_>, resource: &str, undone: Uuid, run: &[Entry]) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = run.iter().map(|entry| entry.record_id).collect();
    let ours: Vec<Uuid> = [Some(undone), tx.db().trace.operation_id].into_iter().flatten().collect();
    // One look at the end of each record's history.
    let query = Sql::new("select id from unnest(")
        .bind(Bind::Ids(ids))
        .push(") as chosen (id) where (select operation_id from changes where resource = ")
        .bind(Bind::Text(resource.to_owned()))
        .push(" and record_id = chosen.id order by sequence desc limit 1) = any(")
        .bind(Bind::Ids(ours))
        .push(")")
        .recurring();
    let rows: Vec<Uuid> = query.rows::<diesel::sql_types::Uuid>().load(&mut **tx).await?;
    Ok(rows.into_iter().collect())
}

/// Deletes what the operation had made, all of it at once.
async fn uncreate<R: Stored>(
    tx: &mut Tx<'_>,
    first: i64,
    run: &[Entry],
    untouched: &HashSet<Uuid>,
) -> Result<Vec<RowResult>> {
    let ids: Vec<Uuid> = run.iter().map(|entry| entry.record_id).filter(|id| untouched.contains(id)).collect();
    let (allowed, plain) = allowed::<R>(tx, ids, R::CREATE).await?;
    let now = tx.now();
    let update = Sql::new(format!("update {} set version = version + 1, deleted_at = ", R::TABLE))
        .bind(Bind::Instant(now))
        .push(", updated_at = ")
        .bind(Bind::Instant(now))
        .push(", updated_by = nullif(current_setting('zhiyin.actor'), '')::uuid where id = any(")
        .bind(Bind::Ids(allowed.iter().copied().collect()))
        .push(") and deleted_at is null")
        .recurring();
    update.rows::<()>().execute(&mut **tx).await?;
    let gone: Vec<Uuid> = allowed.iter().copied().collect();
    search::forget(tx, &gone).await?;
    external_ids::forget(tx, &gone).await?;
    for record in &plain {
        R::after_delete(tx, record, Deletion::Done).await?;
    }
    let result = |(entry, row): (&Entry, i64)| match (
        untouched.contains(&entry.record_id),
        allowed.contains(&entry.record_id),
    ) {
        (false, _) => skipped(row, entry),
        (true, false) => RowResult::refused(row, Some(entry.record_id), Error::new(Code::Forbidden)),
        (true, true) => RowResult::new(row, Some(entry.record_id), Outcome::Deleted),
    };
    Ok(run.iter().zip(first..).map(result).collect())
}

/// Those of the records that the caller may see and change so, with what they hold.
async fn allowed<R: Stored>(
    tx: &mut Tx<'_>,
    ids: Vec<Uuid>,
    permission: Permission,
) -> Result<(HashSet<Uuid>, Vec<Record<R>>)> {
    let table = R::TABLE;
    let condition = Sql::new(format!("{table}.id = any(")).bind(Bind::Ids(ids)).push(")").recurring();
    let order = Sql::new(format!("{table}.id")).recurring();
    let loaded = R::load(tx, crate::table::Selection { condition, order, limit: i64::MAX }).await?;
    let db = tx.db();
    let mut kept: Vec<Record<R>> = loaded
        .into_iter()
        .filter(|record| records::refuse_unseen(db, R::READ, &record.stamp).is_ok())
        .filter(|record| records::refuse_foreign_rows(db, permission, &record.stamp).is_ok())
        .collect();
    let keys = db.keys();
    kept.iter_mut().try_for_each(|record| personal::open::<R>(&keys, record))?;
    Ok((kept.iter().map(|record| record.stamp.id).collect(), kept))
}

async fn one<R: Stored>(tx: &mut Tx<'_>, row: i64, entry: &Entry) -> Result<RowResult> {
    let id = entry.record_id;
    let Some(Locked { record, deleted_at }) = R::lock(tx, id).await? else { return Ok(skipped(row, entry)) };
    records::refuse_unseen(tx.db(), R::READ, &record.stamp)?;
    let (permission, deleted, outcome) = match entry.operation.as_str() {
        "delete" => (R::DELETE, false, Outcome::Restored),
        "restore" => (R::DELETE, true, Outcome::Deleted),
        "update" => (R::UPDATE, deleted_at.is_some(), Outcome::Updated),
        _ => return Ok(skipped(row, entry)),
    };
    records::refuse_foreign_rows(tx.db(), permission, &record.stamp)?;
    if entry.operation != "update" {
        // What went with it has entries of its own, so nothing may follow from this one.
        records::write_deleted::<R>(tx, record, deleted).await?;
        return Ok(RowResult::new(row, Some(id), outcome));
    }
    let sealed = before::<R>(&record, &entry.changed)?;
    records::refuse_unwritable::<R>(tx.db(), changed_keys(&entry.changed).iter())?;
    records::put_back::<R>(tx, record, sealed).await?;
    Ok(RowResult::new(row, Some(id), outcome))
}

fn changed_keys(changed: &Value) -> Vec<String> {
    changed.as_object().into_iter().flat_map(Map::keys).cloned().collect()
}

/// The row as it was before an entry.
fn before<R: Stored>(record: &Record<R>, changed: &Value) -> Result<Record<R>> {
    let mut row = match serde_json::to_value(record) {
        Ok(Value::Object(row)) => row,
        _ => return Err(Code::Internal.into()),
    };
    let pairs: HashMap<String, (Value, Value)> =
        serde_json::from_value(changed.clone()).map_err(|_| Error::new(Code::Internal))?;
    for (key, (old, _)) in pairs {
        if row.contains_key(&key) {
            row.insert(key, old);
        }
    }
    serde_json::from_value(Value::Object(row)).map_err(|_| Error::new(Code::Internal).into())
}

/// Whether an operation was taken back already, or is being taken back; the constraint decides between two at once.
pub async fn refuse_second(db: &Db, id: Uuid) -> Result<()> {
    let mut connection = db.read().await?;
    let undone = operations::table.filter(operations::undo_of.eq(id)).filter(operations::kind.eq(Kind::Undo));
    let undone: bool =
        diesel::select(diesel::dsl::exists(undone.select(operations::id))).get_result(&mut *connection).await?;
    if undone { Err(Error::at(Code::Conflict, Fault::field("id", "already_undone")).into()) } else { Ok(()) }
}
