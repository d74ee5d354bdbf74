//! Tasks. One that is repeated makes the next one when it is done, and takes it back when it is opened again.

use chrono::Utc;
use domain::platform::Task;
use domain::platform::tasks::TaskStatus;
use domain::resource::Definition;
use schema::tasks;

use crate::db::Tx;
use crate::error::Result;
use crate::records::{self, family};
use crate::table::prelude::*;

impl Stored for Task {
    stored_in!(tasks);

    async fn after_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, written: &[Record<Self>]) -> Result<()> {
        let Some(before) = before else { return Ok(()) };
        for record in written.iter().filter(|record| record.data.status != before.data.status) {
            match record.data.status {
                TaskStatus::Done => repeat(tx, record).await?,
                TaskStatus::Open => take_back(tx, record.stamp.id).await?,
            }
        }
        Ok(())
    }
}

/// The task that repeats another, with its version and state.
async fn repetition(tx: &mut Tx<'_>, of: Uuid) -> Result<Option<(Uuid, i64, TaskStatus)>> {
    let present = tasks::table.filter(tasks::repeats_id.eq(of)).filter(tasks::deleted_at.is_null());
    let found = present.select((tasks::id, tasks::version, tasks::status)).first(&mut **tx).await.optional()?;
    Ok(found)
}

async fn repeat(tx: &mut Tx<'_>, done: &Record<Task>) -> Result<()> {
    let today = tx.db().viewer().map_or_else(|| Utc::now().date_naive(), |viewer| viewer.today);
    let before = match done.data.repeats_id {
        Some(id) => tasks::table.find(id.uuid()).select(tasks::due_on).first(&mut **tx).await.optional()?.flatten(),
        None => None,
    };
    let Some(next) = done.data.next(done.stamp.id, today, before) else { return Ok(()) };
    // One that was opened again and had been gone on with is not repeated a second time.
    if repetition(tx, done.stamp.id).await?.is_some() {
        return Ok(());
    }
    let stamp = records::new_stamp(tx, done.stamp.owner_id, done.stamp.department_id);
    records::make(tx, Record { stamp, data: next }).await
}

/// Nobody has touched the next one yet: it would stand beside the one that is open again.
async fn take_back(tx: &mut Tx<'_>, opened: Uuid) -> Result<()> {
    match repetition(tx, opened).await? {
        Some((id, 1, TaskStatus::Open)) => family::mark_deleted(tx, &Definition::of::<Task>(), &[id]).await,
        _ => Ok(()),
    }
}
