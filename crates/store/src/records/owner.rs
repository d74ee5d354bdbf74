//! Whose a record is: the owner and the department, which decide who sees it.

use uuid::Uuid;

use super::{IfMatch, Written, family, holding, lock, refuse_unwritable, write};
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
    let named = [("owner_id", owner_id), ("department_id", department_id)];
    let named = named.into_iter().filter_map(|(key, id)| Some((key.to_owned(), id?.to_string().into()))).collect();
    holding::hold_first::<R>(tx, &named).await?;
    let mut sealed = lock::<R>(tx, id, if_match, R::ASSIGN).await?;
    refuse_unwritable::<R>(tx.db(), R::ASSIGN, Some(&sealed.stamp), named.keys())?;
    let mut before = sealed.clone();
    personal::open::<R>(tx.db(), &mut before);
    let mut record = before.clone();
    if let Some(owner) = owner_id {
        record.stamp.owner_id = Some(owner);
        record.stamp.department_id = department_of(tx, owner).await?;
    }
    if department_id.is_some() {
        record.stamp.department_id = department_id;
    }
    holding::settle::<R>(tx, Some(&before), &mut record).await?;
    R::before_write(tx, Some(&before), &mut record).await?;
    family::hand_over(tx, tx.db().definition::<R>(), &record.stamp).await?;
    write::<R>(tx, &before, &mut sealed, record).await
}

/// The department of an owner. The caller's own is known without asking.
pub(super) async fn department_of(tx: &mut Tx<'_>, owner: Uuid) -> Result<Option<Uuid>> {
    match tx.db().viewer() {
        Some(viewer) if viewer.user_id == owner => {
            Ok(viewer.department_id.filter(|department| viewer.departments.contains(department)))
        }
        _ => crate::platform::users::department(tx, owner).await,
    }
}
