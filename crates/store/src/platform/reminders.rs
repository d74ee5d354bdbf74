//! Reminders: whoever has to do something is told when the moment has come that they named, of each moment once.

use chrono::{DateTime, TimeDelta, Utc};
use domain::platform::comments::SpokenOf;
use domain::platform::notifications::Reason;
use domain::platform::{Notification, Task};
use domain::resource::Resource;
use schema::users;

use super::notifications;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::table::prelude::*;

/// Of what lies longer ago nobody needs to be reminded, such as after a server stood still.
const AT_MOST_LATE: TimeDelta = TimeDelta::days(7);

/// Tasks whose owners are told in one transaction.
const AT_ONCE: i64 = 200;

/// A place among the moments that have come.
type Place = (DateTime<Utc>, Uuid);

/// Tells everybody whose moment has come.
pub async fn run(db: &Db) -> Result<()> {
    let mut after = None;
    while let Some(last) = db.write(async |tx| some(tx, after).await).await? {
        after = Some(last);
    }
    Ok(())
}

/// Reminds of some tasks beyond a place; the place of the last of them, if there were any.
async fn some(tx: &mut Tx<'_>, after: Option<Place>) -> Result<Option<Place>> {
    // Two processes may ask at once: the second sees then what the first has told.
    diesel::sql_query("select pg_advisory_xact_lock(hashtext('reminders'))").execute(&mut **tx).await?;
    let due =
        <Task as Stored>::load(tx, Selection { condition: due(tx, after), order: order(), limit: AT_ONCE }).await?;
    for task in &due {
        remind(tx, task).await?;
    }
    Ok(due.last().and_then(|task| Some((task.data.remind_at?, task.stamp.id))))
}

fn due(tx: &Tx<'_>, after: Option<Place>) -> Sql {
    let (at, id) = after.unwrap_or((tx.now() - AT_MOST_LATE, Uuid::nil()));
    Sql::new(
        "tasks.deleted_at is null and tasks.status = 'open' and tasks.owner_id is not null and not exists (
            select 1 from notifications told where told.about_id = tasks.id and told.owner_id = tasks.owner_id
            and told.remind_at = tasks.remind_at) and tasks.remind_at <= ",
    )
    .bind(Bind::Instant(tx.now()))
    .push(" and (tasks.remind_at, tasks.id) > (")
    .bind(Bind::Instant(at))
    .push(", ")
    .bind(Bind::Id(id))
    .push(")")
    .recurring()
}

fn order() -> Sql {
    Sql::new("tasks.remind_at, tasks.id").recurring()
}

/// The reminder names its task and its owner, and says nothing that he would not find there.
async fn remind(tx: &mut Tx<'_>, task: &Record<Task>) -> Result<()> {
    let Some(owner) = task.stamp.owner_id else { return Ok(()) };
    let title = users::table.find(owner).select(users::name).first(&mut **tx).await?;
    let data = Notification {
        title,
        reason: Reason::Reminder,
        about_type: SpokenOf::from_word(Task::NAME),
        about_id: Some(task.stamp.id),
        remind_at: task.data.remind_at,
        ..Notification::default()
    };
    notifications::tell(tx, owner, task, data).await
}
