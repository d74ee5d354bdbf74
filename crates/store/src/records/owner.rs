//! Whose a record is: the owner and the department, which decide who sees it.

use domain::resource::Stamp;
use uuid::Uuid;

use super::{IfMatch, Written, lock, touch, write};
use crate::db::Tx;
use crate::error::Result;
use crate::personal;
use crate::table::Stored;

/// Gives a record to another owner, or to another department.
pub async fn assign<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    owner_id: Option<Uuid>,
    department_id: Option<Uuid>,
) -> Result<Written<R>> {
    let mut sealed = lock::<R>(tx, id, if_match, R::ASSIGN).await?;
    let mut before = sealed.clone();
    personal::open::<R>(&tx.db().keys(), &mut before)?;
    let mut record = before.clone();
    if let Some(owner) = owner_id {
        record.stamp.owner_id = Some(owner);
        record.stamp.department_id = department_of(tx, owner).await?;
    }
    if department_id.is_some() {
        record.stamp.department_id = department_id;
    }
    R::before_write(tx, &mut record).await?;
    let written = write::<R>(tx, &before, &mut sealed, record).await?;
    R::after_assign(tx, &written.record.record.stamp).await?;
    Ok(written)
}

/// Gives a record to the owner of the one it belongs to.
pub(crate) async fn follow_owner<R: Stored>(tx: &mut Tx<'_>, id: Uuid, leader: &Stamp) -> Result<()> {
    touch::<R>(tx, id, |record| {
        record.stamp.owner_id = leader.owner_id;
        record.stamp.department_id = leader.department_id;
    })
    .await
}

/// The department of an owner. The caller's own is known without asking.
pub(super) async fn department_of(tx: &mut Tx<'_>, owner: Uuid) -> Result<Option<Uuid>> {
    match tx.db().viewer() {
        Some(viewer) if viewer.user_id == owner => Ok(viewer.department_id),
        _ => crate::platform::users::department(tx, owner).await,
    }
}
