//! May this caller change this record? What every write asks before it begins, in an order that tells nobody more than
//! they may know.

use domain::error::{Code, Error, Fault};
use domain::field::{Access, Field, Kind};
use domain::permission::{Action, Permission, Scope};
use domain::resource::{Record, Resource, Stamp};
use domain::viewer::{About, Rows};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{IfMatch, etag};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::table::Stored;

/// Locks a record for a change: visible, allowed, and of the version that the caller saw, in this order.
pub(crate) async fn lock<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    permission: Permission,
) -> Result<Record<R>> {
    let locked = R::lock(tx, id).await?.filter(|locked| locked.deleted_at.is_none());
    let record = locked.ok_or(Error::new(Code::NotFound))?.record;
    refuse_unseen(tx, &record).await?;
    refuse_foreign_rows(tx, permission, &record).await?;
    let current = etag(tx.db(), &record.stamp);
    match if_match {
        IfMatch::Tags(tags) if !tags.contains(&current) => {
            Err(Error { current: Some(current), ..Error::new(Code::StaleVersion) }.into())
        }
        IfMatch::Refused(code) => Err((*code).into()),
        _ => Ok(record),
    }
}

pub(crate) async fn refuse_unseen<R: Stored>(tx: &mut Tx<'_>, record: &Record<R>) -> Result<()> {
    let visible = match tx.db().rows(R::READ) {
        Ok(rows) => reaches(tx, &rows, record).await?,
        Err(_) => false,
    };
    if visible { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// A row that may be seen but not changed is forbidden rather than missing.
pub(crate) async fn refuse_foreign_rows<R: Stored>(
    tx: &mut Tx<'_>,
    permission: Permission,
    record: &Record<R>,
) -> Result<()> {
    let rows = tx.db().rows(permission)?;
    if reaches(tx, &rows, record).await? { Ok(()) } else { Err(Code::Forbidden.into()) }
}

/// The same by whose a record is to be, of those that are about no other.
pub(crate) fn refuse_foreign(db: &Db, permission: Permission, stamp: &Stamp) -> Result<()> {
    let reached = db.rows(permission)?.contains(stamp.owner_id, stamp.department_id);
    if reached { Ok(()) } else { Err(Code::Forbidden.into()) }
}

/// Whether a record is among rows. Of one that is about another record only that one tells.
pub(crate) async fn reaches<R: Stored>(tx: &mut Tx<'_>, rows: &Rows, record: &Record<R>) -> Result<bool> {
    let Rows::About { link, subjects } = rows else {
        return Ok(rows.contains(record.stamp.owner_id, record.stamp.department_id));
    };
    let data = serde_json::to_value(&record.data).unwrap_or_default();
    let (kind, id) = (data[link.kind].as_str(), data[link.id].as_str().and_then(|id| id.parse::<Uuid>().ok()));
    let allows = |about: &&About| {
        Some(about.subject.name) == kind && about.maker.is_none_or(|maker| record.stamp.created_by == Some(maker))
    };
    for About { subject, rows, .. } in subjects.iter().filter(allows) {
        let Some(id) = id else { return Ok(false) };
        if super::references::exists(tx, subject.name, id, Some(rows.clone())).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses members that the caller may not write in this record; without one, those that he may write in none.
pub(crate) fn refuse_unwritable<'a, R: Resource>(
    db: &Db,
    permission: Permission,
    stamp: Option<&Stamp>,
    keys: impl Iterator<Item = &'a String>,
) -> Result<()> {
    let faults: Vec<_> = keys
        .filter(|key| !writes::<R>(db, permission, stamp, key))
        .map(|key| Fault::field(key, "not_writable"))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Error { faults, ..Error::new(Code::Forbidden) }.into()) }
}

/// Whether the caller may write a member. Of those that nobody writes other rules tell.
pub(crate) fn writes<R: Resource>(db: &Db, permission: Permission, stamp: Option<&Stamp>, key: &str) -> bool {
    let Some(viewer) = db.viewer() else { return true };
    let distance = stamp.map_or(Scope::Own, |stamp| viewer.distance(stamp.owner_id, stamp.department_id));
    let writable = |field: &Field| match field.access {
        Access::Writable => true,
        Access::CreateOnly => permission.action != Action::Update,
        Access::ReadOnly => field.kind == Kind::ExternalIds,
    };
    let definition = db.definition::<R>();
    let Some(field) = definition.field(key) else { return true };
    if writable(field) {
        return viewer.rights.writes(permission, field, distance);
    }
    // Who says again what is there is not refused, so he must read it: others would learn it by guessing.
    let is_own = definition.own_field(key).is_some();
    !is_own || viewer.rights.reads(R::NAME, field).is_some_and(|reach| distance <= reach)
}

/// Refuses members of a draft that nobody could write, or not this caller; otherwise a draft would ask what he may not.
pub(crate) fn refuse_undraftable<R: Resource>(db: &Db, draft: &Map<String, Value>) -> Result<()> {
    let definition = db.definition::<R>();
    let unknown = draft.keys().filter(|key| definition.own_field(key).is_none());
    let unknown: Vec<_> = unknown.map(|key| Fault::new(format!("/draft/{key}"), "unknown_member")).collect();
    if !unknown.is_empty() {
        return Err(Error::invalid(unknown).into());
    }
    let may = |key: &&String| {
        let by = |permission| db.rows(permission).is_ok() && writes::<R>(db, permission, None, key);
        !by(R::CREATE) && !by(R::UPDATE)
    };
    let faults: Vec<_> =
        draft.keys().filter(may).map(|key| Fault::new(format!("/draft/{key}"), "not_writable")).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error { faults, ..Error::new(Code::Forbidden) }.into()) }
}
