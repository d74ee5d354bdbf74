//! Undo: the changes of an operation, read from the log and made backwards.
//!
//! A record goes back only if nobody has changed it since: the last entry of the log about it must be of the operation,
//! or of this undo. It goes back by the rules of every write: what it named then must still be there, and what hangs on it
//! since stays. Sealed values in the log are bound to the same row and go back as they are. What let somebody do it lets
//! them take it back; rights that they have lost since are missing here too. What is left alone is told with the reason.

mod creations;
mod deletions;
mod people;
mod states;

use std::collections::HashSet;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::CATALOGUE;
use domain::error::{Code, Error, Fault};
use domain::permission::Permission;
use schema::{changes, operations};
use serde_json::Value;
use uuid::Uuid;

pub use self::people::dismiss;
pub use self::states::before;
use super::{Kind, Operation, Outcome, RowResult, State};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records::holding::{self, Lock};
use crate::sql::{Bind, Sql};
use crate::table::Stored;
use crate::{filter, history};

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
    super::refuse_foreign(db, operation.user_id)?;
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

/// What is taken back, and how.
#[derive(Clone, Copy, Debug)]
pub struct Undoing {
    /// The operation.
    pub operation: Uuid,
    /// Whether it is only tried, a chunk at a time: what an earlier chunk did is not there any more.
    pub dry_run: bool,
    /// Whether records that the operation made go even if somebody changed them since.
    pub changed_too: bool,
}

impl Undoing {
    /// Whose changes may be taken back: the operation's, and what this undo itself did.
    fn ours(&self, tx: &Tx<'_>) -> Vec<Uuid> {
        [Some(self.operation), tx.db().trace.operation_id].into_iter().flatten().collect()
    }

    /// Whose changes are as good as taken back, though they are still seen.
    fn settled(&self, tx: &Tx<'_>) -> Vec<Uuid> {
        if self.dry_run { self.ours(tx) } else { Vec::new() }
    }
}

/// Whether it takes documents back that are out of the house: those of the demo company never were.
async fn takes_issued<R: Stored>(tx: &mut Tx<'_>, undoing: &Undoing) -> Result<bool> {
    if R::ISSUED.is_empty() {
        return Ok(true);
    }
    let kind: Option<Kind> =
        operations::table.find(undoing.operation).select(operations::kind).first(&mut **tx).await.optional()?;
    Ok(kind == Some(Kind::Seed))
}

/// Takes the records of entries for this undo, parents before children, before it begins with any of them.
pub(crate) async fn hold(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    for definition in CATALOGUE {
        let of = entries.iter().filter(|entry| entry.resource == definition.name).map(|entry| entry.record_id);
        let ids: HashSet<Uuid> = of.collect();
        holding::rows(tx, definition.table, &ids.into_iter().collect::<Vec<_>>(), Lock::Delete).await?;
    }
    Ok(())
}

/// A row left as it is, with the reason.
fn kept(row: i64, entry: &Entry, faults: Vec<Fault>) -> RowResult {
    RowResult { faults, ..RowResult::new(row, Some(entry.record_id), Outcome::Skipped) }
}

pub(crate) fn changed_since(row: i64, entry: &Entry) -> RowResult {
    kept(row, entry, vec![Fault::new("", "changed_since")])
}

/// Why a row stays as it is: the caller may not change it, or it would break a rule.
fn refused(row: i64, entry: &Entry, error: Error) -> RowResult {
    let result = RowResult::refused(row, Some(entry.record_id), error.clone());
    match error.code {
        Code::Forbidden | Code::NotFound => result,
        _ => kept(row, entry, result.faults),
    }
}

/// Takes entries of one resource and kind back. Rows are numbered on from `first`.
pub(crate) async fn take_back<R: Stored>(
    tx: &mut Tx<'_>,
    undoing: &Undoing,
    first: i64,
    run: &[Entry],
) -> Result<Vec<RowResult>> {
    let ids: Vec<Uuid> = run.iter().map(|entry| entry.record_id).collect();
    let untouched = history::last_changed_by(tx, R::NAME, &ids, &undoing.ours(tx)).await?;
    match run.first().map(|entry| entry.operation.as_str()) {
        Some("create") => return creations::take_back::<R>(tx, undoing, first, run, &untouched).await,
        Some("delete") => return deletions::take_back::<R>(tx, undoing, first, run, &untouched).await,
        _ => {}
    }
    let moved = states::moved::<R>(tx, undoing, run, &untouched).await?;
    let followers = states::followers::<R>(tx, undoing, run).await?;
    let mut results = Vec::with_capacity(run.len());
    for (entry, row) in run.iter().zip(first..) {
        if !untouched.contains(&entry.record_id) {
            results.push(changed_since(row, entry));
            continue;
        }
        if let Some(back) = moved.get(&entry.sequence) {
            let gone = || kept(row, entry, vec![Fault::new("", "deleted")]);
            let result = RowResult::new(row, Some(entry.record_id), Outcome::Updated);
            results.push(if *back { result } else { gone() });
            continue;
        }
        if let Some(follows) = followers.get(&entry.sequence) {
            let stays = || kept(row, entry, vec![Fault::new("", "follows_parent")]);
            let result = RowResult::new(row, Some(entry.record_id), Outcome::Updated);
            results.push(if *follows { result } else { stays() });
            continue;
        }
        let attempt = tx.savepoint(async |tx| states::take_back::<R>(tx, undoing, row, entry).await).await;
        results.push(match attempt {
            Ok(result) => result,
            Err(crate::Error::Refused(error)) => refused(row, entry, error),
            Err(error) => return Err(error),
        });
    }
    Ok(results)
}

/// Those of the records that the caller may see and change so.
async fn allowed<R: Stored>(tx: &mut Tx<'_>, ids: &[Uuid], permission: Permission) -> Result<HashSet<Uuid>> {
    let table = R::TABLE;
    let (Ok(seen), Ok(changed)) = (tx.db().rows(R::READ), tx.db().rows(permission)) else { return Ok(HashSet::new()) };
    let query = Sql::new(format!("select id from {table} where id = any("))
        .bind(Bind::Ids(ids.to_vec()))
        .push(") and ")
        .append(Sql::and(vec![filter::rows(&seen, table), filter::rows(&changed, table)]))
        .recurring();
    let ids: Vec<Uuid> = query.rows::<diesel::sql_types::Uuid>().load(&mut **tx).await?;
    Ok(ids.into_iter().collect())
}

/// Whether an operation was taken back already, or is being taken back; the constraint decides between two at once.
pub async fn refuse_second(db: &Db, id: Uuid) -> Result<()> {
    let mut connection = db.read().await?;
    let undone = operations::table.filter(operations::undo_of.eq(id)).filter(operations::kind.eq(Kind::Undo));
    let undone: bool =
        diesel::select(diesel::dsl::exists(undone.select(operations::id))).get_result(&mut *connection).await?;
    if undone { Err(Error::at(Code::Conflict, Fault::field("id", "already_undone")).into()) } else { Ok(()) }
}
