//! How a record goes and comes back: into the bin, out of it, and to an earlier state.

use chrono::{DateTime, Utc};
use domain::error::{Code, Error};
use domain::resource::Record;
use uuid::Uuid;

use super::{Seen, advance, refuse_foreign_rows, refuse_unseen, see};
use crate::db::Tx;
use crate::error::Result;
use crate::table::{Deletion, Locked, Stored};
use crate::{external_ids, personal, search};

/// Brings a deleted record back.
pub async fn restore<R: Stored>(tx: &mut Tx<'_>, id: Uuid) -> Result<Seen<R>> {
    let locked = R::lock(tx, id).await?.filter(|locked| locked.deleted_at.is_some());
    let locked = locked.ok_or(Error::new(Code::NotFound))?;
    refuse_unseen(tx.db(), R::READ, &locked.record.stamp)?;
    refuse_foreign_rows(tx.db(), R::DELETE, &locked.record.stamp)?;
    set_deleted::<R>(tx, id, false).await?;
    let restored = R::lock(tx, id).await?.ok_or(Error::new(Code::NotFound))?;
    see::<R>(tx.db(), vec![restored.record])?.pop().ok_or_else(|| Code::NotFound.into())
}

pub(crate) async fn set_deleted<R: Stored>(tx: &mut Tx<'_>, id: Uuid, deleted: bool) -> Result<()> {
    let Some(Locked { record, deleted_at }) = R::lock(tx, id).await? else { return Ok(()) };
    let plain = write_deleted::<R>(tx, record, deleted).await?;
    match (deleted, deleted_at) {
        (true, _) => R::after_delete(tx, &plain, Deletion::Done).await,
        (false, Some(at)) => R::after_delete(tx, &plain, Deletion::Undone(at)).await,
        (false, None) => Ok(()),
    }
}

/// Deletes or restores a locked record and nothing else; returns it in the clear.
pub(crate) async fn write_deleted<R: Stored>(
    tx: &mut Tx<'_>,
    mut record: Record<R>,
    deleted: bool,
) -> Result<Record<R>> {
    let id = record.stamp.id;
    advance(tx, &mut record.stamp);
    let now: DateTime<Utc> = tx.now();
    R::update(tx, &record, deleted.then_some(now)).await?;
    personal::open::<R>(&tx.db().keys(), &mut record)?;
    if deleted {
        search::forget(tx, &[id]).await?;
        external_ids::forget(tx, &[id]).await?;
    } else {
        search::index::<R>(tx, &[&record]).await?;
        external_ids::remember(tx, R::NAME, &[&record.stamp]).await?;
    }
    Ok(record)
}

/// Writes an earlier state over a locked record; both are sealed.
pub(crate) async fn put_back<R: Stored>(tx: &mut Tx<'_>, now: Record<R>, mut earlier: Record<R>) -> Result<()> {
    earlier.stamp.version = now.stamp.version;
    advance(tx, &mut earlier.stamp);
    R::update(tx, &earlier, None).await?;
    let id = now.stamp.id;
    let [now, earlier] = [now, earlier].map(|mut record| {
        personal::open::<R>(&tx.db().keys(), &mut record)?;
        Ok::<_, crate::Error>(record)
    });
    let (now, earlier) = (now?, earlier?);
    if search::differs(&now, &earlier) {
        search::index::<R>(tx, &[&earlier]).await?;
    }
    if now.stamp.external_ids != earlier.stamp.external_ids {
        external_ids::forget(tx, &[id]).await?;
        external_ids::remember(tx, R::NAME, &[&earlier.stamp]).await?;
    }
    Ok(())
}
