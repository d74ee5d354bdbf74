//! Edits taken back: a record takes its earlier state, by the rules of every write.

use std::collections::{HashMap, HashSet};

use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use domain::custom;
use domain::error::{Code, Error, Fault};
use domain::permission::{Action, Permission};
use domain::resource::{Definition, Record, Resource};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Entry, Undoing, changed_since, takes_issued};
use crate::db::Tx;
use crate::error::Result;
use crate::history;
use crate::keys::KeyRing;
use crate::operations::{self, Kind, Outcome, RowResult};
use crate::personal;
use crate::records::uses::{self, Children};
use crate::records::{self, family};
use crate::sql::{Bind, Sql};
use crate::table::{Locked, Stored};

pub(super) async fn take_back<R: Stored>(
    tx: &mut Tx<'_>,
    undoing: &Undoing,
    row: i64,
    entry: &Entry,
) -> Result<RowResult> {
    let id = entry.record_id;
    let Some(Locked { record, deleted_at }) = R::lock(tx, id).await? else { return Ok(changed_since(row, entry)) };
    records::refuse_unseen(tx, &record).await?;
    if entry.operation == "restore" {
        records::refuse_foreign_rows(tx, R::DELETE, &record).await?;
        let of = tx.db().definition::<R>();
        let settled = undoing.settled(tx);
        if let Some(faults) = uses::of(tx, of, &[id], Children::Stay, &settled).await?.remove(&id) {
            return Err(Error { faults, ..Error::new(Code::InUse) }.into());
        }
        records::may_go::<R>(tx, id, None).await?;
        family::mark_deleted(tx, of, &[id]).await?;
        return Ok(RowResult::new(row, Some(id), Outcome::Deleted));
    }
    if entry.operation != "update" {
        return Ok(changed_since(row, entry));
    }
    records::refuse_foreign_rows(tx, R::UPDATE, &record).await?;
    let changed = changed_keys(&entry.changed);
    records::refuse_unwritable::<R>(tx.db(), R::UPDATE, Some(&record.stamp), changed.iter())?;
    if !takes_issued::<R>(tx, undoing).await? {
        records::refuse_issued(tx, &record)?;
    }
    let keys = tx.db().keys();
    let mut now = record.clone();
    personal::open::<R>(tx.db(), &mut now);
    let mut earlier = before::<R>(&now, &opened(&keys, tx.db().definition::<R>(), id, &entry.changed)?)?;
    earlier.stamp.seals = now.stamp.seals.clone();
    records::put_back::<R>(tx, now, record, earlier, deleted_at, &undoing.settled(tx)).await?;
    Ok(RowResult::new(row, Some(id), Outcome::Updated))
}

/// The entries by which records followed their parents to another owner, and whether the parent has gone back, and they
/// with it.
pub(super) async fn followers<R: Stored>(
    tx: &mut Tx<'_>,
    undoing: &Undoing,
    run: &[Entry],
) -> Result<HashMap<i64, bool>> {
    let definition = tx.db().definition::<R>();
    let parent = definition.parent.filter(|_| definition.follows_parent());
    let named = parent.and_then(|parent| definition.references().find(|(field, _)| field.key == parent.field));
    let Some((link, to)) = named else { return Ok(HashMap::new()) };
    let placed = |key: &String| matches!(key.as_str(), "owner_id" | "department_id");
    let followed = |entry: &&Entry| entry.operation == "update" && changed_keys(&entry.changed).iter().all(placed);
    let entries: Vec<&Entry> = run.iter().filter(followed).collect();
    let query = Sql::new(format!("select id, {} from {} where id = any(", link.key, R::TABLE))
        .bind(Bind::Ids(entries.iter().map(|entry| entry.record_id).collect()))
        .push(")")
        .recurring();
    let parents: Vec<(Uuid, Uuid)> = query.rows::<(SqlUuid, SqlUuid)>().load(&mut **tx).await?;
    let parents: HashMap<Uuid, Uuid> = parents.into_iter().collect();
    let ids: HashSet<Uuid> = parents.values().copied().collect();
    let back = if undoing.dry_run { Some(undoing.operation) } else { tx.db().trace.operation_id };
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let back = history::last_changed_by(tx, to, &ids, back.as_slice()).await?;
    let follows = |entry: &Entry| parents.get(&entry.record_id).is_some_and(|parent| back.contains(parent));
    Ok(entries.into_iter().map(|entry| (entry.sequence, follows(entry))).collect())
}

/// The entries by which what was said of a record that was put together with another went to that one, and whether it
/// went back: it goes with the record, whoever wrote it, and so asks for no right of its own.
pub(super) async fn moved<R: Stored>(
    tx: &mut Tx<'_>,
    undoing: &Undoing,
    run: &[Entry],
    untouched: &HashSet<Uuid>,
) -> Result<HashMap<i64, bool>> {
    let Some(link) = tx.db().definition::<R>().link else { return Ok(HashMap::new()) };
    if operations::find_in(tx, undoing.operation).await?.kind != Kind::Merge {
        return Ok(HashMap::new());
    }
    let mut moved = HashMap::new();
    for entry in run.iter().filter(|entry| entry.operation == "update" && changed_keys(&entry.changed) == [link.id]) {
        let earlier = entry.changed[link.id][0].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let (Some(earlier), true) = (earlier, untouched.contains(&entry.record_id)) else { continue };
        // In a rehearsal the record that it spoke of is as good as back.
        let back = match undoing.settled(tx).is_empty() {
            true => is_present(tx, undoing.operation, earlier).await?,
            false => true,
        };
        if back {
            let update = family::stamped(tx, R::TABLE).push(format!(", {} = ", link.id)).bind(Bind::Id(earlier));
            let update = update.push(" where id = ").bind(Bind::Id(entry.record_id)).recurring();
            update.rows::<()>().execute(&mut **tx).await?;
        }
        moved.insert(entry.sequence, back);
    }
    Ok(moved)
}

/// Whether a record that an operation deleted is back.
async fn is_present(tx: &mut Tx<'_>, operation: Uuid, id: Uuid) -> Result<bool> {
    let resource = operations::find_in(tx, operation).await?.resource;
    let rows =
        domain::catalogue::find(&resource).and_then(|of| tx.db().rows(Permission::new(of.name, Action::Read)).ok());
    records::exists(tx, &resource, id, rows).await
}

fn changed_keys(changed: &Value) -> Vec<String> {
    changed.as_object().into_iter().flat_map(Map::keys).cloned().collect()
}

/// What an entry changed, the earlier values in the clear. One that cannot be opened any more cannot be put back.
fn opened(keys: &KeyRing, of: &Definition, row: Uuid, changed: &Value) -> Result<Value> {
    let pairs: HashMap<String, (Value, Value)> =
        serde_json::from_value(changed.clone()).map_err(|_| Error::new(Code::Internal))?;
    let mut old: Map<String, Value> = pairs.into_iter().map(|(key, (old, _))| (key, old)).collect();
    let unreadable = history::open(keys, of, row, &mut old);
    if !unreadable.is_empty() {
        let faults = unreadable.iter().map(|field| Fault::new(format!("/{field}"), "unreadable")).collect();
        return Err(Error { faults, ..Error::new(Code::Conflict) }.into());
    }
    Ok(old.into_iter().map(|(key, old)| (key, Value::Array(vec![old, Value::Null]))).collect::<Map<_, _>>().into())
}

/// The row as it was before an entry of the log.
pub fn before<R: Resource>(record: &Record<R>, changed: &Value) -> Result<Record<R>> {
    let mut row = match serde_json::to_value(record) {
        Ok(Value::Object(row)) => row,
        _ => return Err(Code::Internal.into()),
    };
    let pairs: HashMap<String, (Value, Value)> =
        serde_json::from_value(changed.clone()).map_err(|_| Error::new(Code::Internal))?;
    for (key, (old, _)) in pairs {
        if row.contains_key(&key) || custom::is_key(&key) {
            row.insert(key, old);
        }
    }
    serde_json::from_value(Value::Object(row)).map_err(|_| Error::new(Code::Internal).into())
}
