//! Reminders: whoever has to do something is told when the moment has come that they named, of each moment once; and whoever
//! owns a payment plan, of each instalment that was not there in time.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::finance::PaymentPlan;
use domain::numbering;
use domain::platform::comments::SpokenOf;
use domain::platform::notifications::Reason;
use domain::platform::{Notification, Task};
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
    let mut after = None;
    while let Some(last) = db.write(async |tx| some_overdue(tx, after).await).await? {
        after = Some(last);
    }
    Ok(())
}

/// Reminds of some tasks beyond a place; the place of the last of them, if there were any.
async fn some(tx: &mut Tx<'_>, after: Option<Place>) -> Result<Option<Place>> {
    queue_up(tx).await?;
    let due =
        <Task as Stored>::load(tx, Selection { condition: due(tx, after), order: order(), limit: AT_ONCE }).await?;
    for task in &due {
        remind(tx, task).await?;
    }
    Ok(due.last().and_then(|task| Some((task.data.remind_at?, task.stamp.id))))
}

/// Two processes may ask at once: the second sees then what the first has told.
async fn queue_up(tx: &mut Tx<'_>) -> Result<()> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtext('reminders'))").execute(&mut **tx).await?;
    Ok(())
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
    tell_owner(tx, task, Reason::Reminder, task.data.remind_at).await
}

async fn tell_owner<R: Stored>(
    tx: &mut Tx<'_>,
    of: &Record<R>,
    reason: Reason,
    remind_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let Some(owner) = of.stamp.owner_id else { return Ok(()) };
    let title = users::table.find(owner).select(users::name).first(&mut **tx).await?;
    let data = Notification {
        title,
        reason,
        about_type: SpokenOf::from_word(R::NAME),
        about_id: Some(of.stamp.id),
        remind_at,
        ..Notification::default()
    };
    notifications::tell(tx, owner, of, data).await
}

/// Tells the owners of some plans beyond a place of the instalment that is overdue there; the place of the last of them.
async fn some_overdue(tx: &mut Tx<'_>, after: Option<(NaiveDate, Uuid)>) -> Result<Option<(NaiveDate, Uuid)>> {
    queue_up(tx).await?;
    let selection = Selection {
        condition: overdue(tx, after),
        order: Sql::new("payment_plans.next_due_on, payment_plans.id").recurring(),
        limit: AT_ONCE,
    };
    let plans = <PaymentPlan as Stored>::load(tx, selection).await?;
    for plan in &plans {
        tell_owner(tx, plan, Reason::Overdue, plan.data.next_due_on.map(begin)).await?;
    }
    Ok(plans.last().and_then(|plan| Some((plan.data.next_due_on?, plan.stamp.id))))
}

/// The moment at which a day begins, by which one instalment of a plan is told from the next.
fn begin(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

fn overdue(tx: &Tx<'_>, after: Option<(NaiveDate, Uuid)>) -> Sql {
    let today = numbering::day(tx.now());
    let (day, id) = after.unwrap_or((today - AT_MOST_LATE, Uuid::nil()));
    Sql::new(
        "payment_plans.deleted_at is null and payment_plans.status = 'active' and payment_plans.owner_id is not null
            and not exists (
                select 1 from notifications told where told.about_id = payment_plans.id
                and told.owner_id = payment_plans.owner_id
                and told.remind_at = payment_plans.next_due_on::timestamp at time zone 'UTC'
            ) and payment_plans.next_due_on < ",
    )
    .bind(Bind::Date(today))
    .push(" and (payment_plans.next_due_on, payment_plans.id) > (")
    .bind(Bind::Date(day))
    .push(", ")
    .bind(Bind::Id(id))
    .push(")")
    .recurring()
}
