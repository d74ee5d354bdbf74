//! How a record goes and comes back: into the bin, out of it, and to an earlier state.

use chrono::{DateTime, Utc};
use domain::error::{Code, Error, Fault};
use domain::resource::Record;
use uuid::Uuid;

use super::{IfMatch, Seen, advance, family, holding, lock, refuse_foreign_rows, refuse_unseen, same, see, successor};
use crate::db::Tx;
use crate::error::Result;
use crate::table::{Locked, Stored};
use crate::{external_ids, personal, search};

/// Deletes a record softly, with what goes with it; it can be restored for thirty days. Others that name it stand in the
/// way, unless they are to name another one from now on.
pub async fn delete<R: Stored>(tx: &mut Tx<'_>, id: Uuid, if_match: &IfMatch, move_to: Option<Uuid>) -> Result<()> {
    let of = tx.db().definition::<R>();
    successor::hold(tx, of, id, move_to).await?;
    lock::<R>(tx, id, if_match, R::DELETE).await?;
    may_go::<R>(tx, id, move_to).await?;
    if let Some(move_to) = move_to {
        successor::hand_on(tx, of, id, move_to).await?;
    }
    family::delete(tx, of, vec![id]).await
}

/// Refuses the deletion of what is out of the house, and what the resource itself refuses.
pub(crate) async fn may_go<R: Stored>(tx: &mut Tx<'_>, id: Uuid, move_to: Option<Uuid>) -> Result<()> {
    if !R::ISSUED.is_empty()
        && let Some(locked) = R::lock(tx, id).await?
    {
        refuse_issued(tx, &locked.record)?;
    }
    R::before_delete(tx, id, move_to).await
}

/// Refuses whatever would take back a document that is out of the house.
pub(crate) fn refuse_issued<R: Stored>(tx: &Tx<'_>, record: &Record<R>) -> Result<()> {
    let document = serde_json::to_value(&record.data).unwrap_or_default();
    let is_issued = document.as_object().is_some_and(|document| tx.db().definition::<R>().is_issued(document));
    let fault = || Fault::field(R::STATE.unwrap_or_default(), "issued");
    if is_issued { Err(Error::at(Code::Conflict, fault()).into()) } else { Ok(()) }
}

/// Brings a deleted record back, with what went with it. Whatever it names must be there.
pub async fn restore<R: Stored>(tx: &mut Tx<'_>, id: Uuid) -> Result<Seen<R>> {
    let locked = R::lock(tx, id).await?;
    let Some(Locked { record, deleted_at: Some(deleted_at) }) = locked else { return Err(Code::NotFound.into()) };
    refuse_unseen(tx, &record).await?;
    refuse_foreign_rows(tx, R::DELETE, &record).await?;
    family::restore(tx, tx.db().definition::<R>(), vec![id], deleted_at).await?;
    let restored = R::lock(tx, id).await?.ok_or(Error::new(Code::NotFound))?;
    see::<R>(tx.db(), vec![restored.record])?.pop().ok_or_else(|| Code::NotFound.into())
}

/// Writes an earlier state over a locked record, by the rules of every write; what it has in common with the present one
/// keeps its seals. Tells whether it differs.
/// In a rehearsal, what the `settled` operations deleted last is as good as back.
pub(crate) async fn put_back<R: Stored>(
    tx: &mut Tx<'_>,
    now: Record<R>,
    mut sealed: Record<R>,
    mut earlier: Record<R>,
    deleted_at: Option<DateTime<Utc>>,
    settled: &[Uuid],
) -> Result<bool> {
    let faults = earlier.data.check(None);
    if !faults.is_empty() {
        return Err(Error::invalid(faults).into());
    }
    earlier.stamp.version = now.stamp.version;
    holding::settle_knowing::<R>(tx, Some(&now), &mut earlier, settled).await?;
    R::before_write(tx, Some(&now), &mut earlier).await?;
    if same(&now, &earlier) {
        return Ok(false);
    }
    let moved = (now.stamp.owner_id, now.stamp.department_id) != (earlier.stamp.owner_id, earlier.stamp.department_id);
    if moved {
        family::hand_over(tx, tx.db().definition::<R>(), &earlier.stamp).await?;
    }
    advance(tx, &mut earlier.stamp);
    let mut next = earlier.clone();
    personal::seal::<R>(tx.db(), &mut next, Some((&now, &mut sealed)))?;
    R::update(tx, &next, deleted_at).await?;
    if deleted_at.is_some() {
        return Ok(true);
    }
    let id = now.stamp.id;
    if search::differs(tx.db(), &now, &earlier) {
        search::index::<R>(tx, &[&earlier]).await?;
    }
    if now.stamp.external_ids != earlier.stamp.external_ids {
        external_ids::forget(tx, &[id]).await?;
        external_ids::remember(tx, R::NAME, &[&earlier.stamp]).await?;
    }
    Ok(true)
}
