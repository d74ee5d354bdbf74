//! May this caller change this record? What every write asks before it begins, in an order that tells nobody more than
//! they may know.

use domain::error::{Code, Error, Fault};
use domain::field::{Access, Field, Kind};
use domain::permission::{Action, Permission, Scope};
use domain::resource::{Definition, Record, Resource, Stamp};
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
    refuse_unseen(tx.db(), R::READ, &record.stamp)?;
    refuse_foreign_rows(tx.db(), permission, &record.stamp)?;
    let current = etag(tx.db(), &record.stamp);
    match if_match {
        IfMatch::Tags(tags) if !tags.contains(&current) => {
            Err(Error { current: Some(current), ..Error::new(Code::StaleVersion) }.into())
        }
        IfMatch::Refused(code) => Err((*code).into()),
        _ => Ok(record),
    }
}

pub(crate) fn refuse_unseen(db: &Db, read: Permission, stamp: &Stamp) -> Result<()> {
    let visible = db.rows(read).is_ok_and(|rows| rows.contains(stamp.owner_id, stamp.department_id));
    if visible { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// A row that may be seen but not changed is forbidden rather than missing.
pub(crate) fn refuse_foreign_rows(db: &Db, permission: Permission, stamp: &Stamp) -> Result<()> {
    if db.rows(permission)?.contains(stamp.owner_id, stamp.department_id) {
        return Ok(());
    }
    Err(Code::Forbidden.into())
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
    let Some(field) = Definition::of::<R>().field(key) else { return true };
    if writable(field) {
        return viewer.rights.writes(permission, field, distance);
    }
    // Who says again what is there is not refused, so he must read it: others would learn it by guessing.
    let is_own = R::FIELDS.iter().any(|own| own.key == field.key);
    !is_own || viewer.rights.reads(R::NAME, field).is_some_and(|reach| distance <= reach)
}
