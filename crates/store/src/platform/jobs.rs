//! The queue: work that is not answered at once, as rows that any process may claim.
//!
//! A claim is a lease that a living worker renews. When its process dies, or a worker hangs until the lease runs out, another
//! goes on at the last checkpoint, which was written in the transaction of the work itself: nothing is lost and nothing done twice.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::error::{Code, Error, Fault};
use domain::instant;
use domain::platform::operations::{JobState, OperationState};
use schema::{jobs, operations};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::processes::SILENT_SECONDS;
use crate::db::{Db, Store, Tx};
use crate::error::Result;
use crate::keys::{KeyRing, Place};
use crate::operations::{refuse_foreign, sees, sees_all};
use crate::sql::in_seconds;

/// How long a worker may be silent before its job is given to another.
pub const LEASE_SECONDS: i64 = 30;

const CHANNEL: &str = "zhiyin_jobs";

/// Work to be done, in the name of whoever enqueues it.
pub struct Draft<'a> {
    pub kind: &'a str,
    pub payload: Value,
    pub total: Option<i64>,
    /// At most one waiting or running job of the kind has this key.
    pub unique_key: Option<&'a str>,
}

#[derive(QueryableByName)]
struct Enqueued {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
}

/// Puts work into the queue, in the transaction that causes it. Nothing happens if its key is there already.
pub async fn enqueue(tx: &mut Tx<'_>, draft: Draft<'_>) -> Result<Option<Uuid>> {
    let id = Uuid::now_v7();
    let payload = match &draft.payload {
        Value::Object(payload) if !payload.is_empty() => tx.db().keys().seal_document(&place(id), &draft.payload)?,
        nothing => nothing.clone(),
    };
    let row: Option<Enqueued> = diesel::sql_query(
        "with added as (insert into jobs (id, kind, payload, total, unique_key, user_id) values ($1, $2, $3, $4, $5, $6) \
         on conflict (kind, unique_key) where unique_key is not null and state in ('queued', 'running') do nothing \
         returning id) select id from added, pg_notify('zhiyin_jobs', '')",
    )
    .bind::<diesel::sql_types::Uuid, _>(id)
    .bind::<Text, _>(draft.kind)
    .bind::<Jsonb, _>(payload)
    .bind::<Nullable<BigInt>, _>(draft.total)
    .bind::<Nullable<Text>, _>(draft.unique_key)
    .bind::<Nullable<diesel::sql_types::Uuid>, _>(tx.db().user_id())
    .get_result(&mut **tx)
    .await
    .optional()?;
    Ok(row.map(|row| row.id))
}

fn place(id: Uuid) -> Place<'static> {
    Place::new("jobs", "payload", id)
}

/// Work in the hands of a worker.
#[derive(Clone, Debug, QueryableByName)]
pub struct Claimed {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Jsonb)]
    payload: Value,
    #[diesel(sql_type = Jsonb)]
    pub checkpoint: Value,
    #[diesel(sql_type = SmallInt)]
    pub attempts: i16,
    #[diesel(sql_type = SmallInt)]
    pub max_attempts: i16,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    pub cancel_requested: bool,
}

/// What a job is about, as it is kept.
pub(crate) fn open_payload(keys: &KeyRing, id: Uuid, kept: &Value) -> Result<Value> {
    keys.open_document(&place(id), kept)
}

impl Claimed {
    /// What is to be done. Only its worker opens it: one that is damaged fails alone and holds up no other.
    pub fn payload(&self, keys: &KeyRing) -> Result<Value> {
        open_payload(keys, self.id, &self.payload)
    }
}

/// The next job for a worker: one whose worker fell silent, or else the most urgent one.
pub async fn claim(db: &Db, worker: &str) -> Result<Option<Claimed>> {
    db.write(async |tx| {
        let claimed: Option<Claimed> = diesel::sql_query(include_str!("claim_job.sql"))
            .bind::<Text, _>(worker)
            .bind::<BigInt, _>(LEASE_SECONDS)
            .bind::<BigInt, _>(SILENT_SECONDS)
            .get_result(&mut **tx)
            .await
            .optional()?;
        Ok(claimed)
    })
    .await
}

/// Renews the lease. `None` means that somebody else has the job now; otherwise whether it shall be cancelled.
pub async fn beat(db: &Db, id: Uuid, worker: &str) -> Result<Option<bool>> {
    let mut connection = db.read().await?;
    let beat = diesel::update(held(id, worker))
        .set(jobs::lease_until.eq(in_seconds::<Nullable<Timestamptz>>(LEASE_SECONDS)))
        .returning(jobs::cancel_requested);
    Ok(beat.get_result(&mut *connection).await.optional()?)
}

/// How far a job has come.
#[derive(Clone, Debug)]
pub struct Progress {
    pub checkpoint: Value,
    pub done: i64,
    pub failed: i64,
    pub total: Option<i64>,
}

/// Writes down how far the job has come, in the transaction of the work. Answers whether it shall be cancelled; when
/// the job is no longer ours, the work is refused with its transaction.
pub async fn checkpoint(tx: &mut Tx<'_>, id: Uuid, worker: &str, progress: &Progress) -> Result<bool> {
    let cancel: Option<bool> = diesel::update(held(id, worker))
        .set((
            jobs::checkpoint.eq(&progress.checkpoint),
            jobs::done.eq(progress.done),
            jobs::failed.eq(progress.failed),
            jobs::total.eq(diesel::dsl::sql::<Nullable<BigInt>>("coalesce(")
                .bind::<Nullable<BigInt>, _>(progress.total)
                .sql(", total)")),
            jobs::lease_until.eq(in_seconds::<Nullable<Timestamptz>>(LEASE_SECONDS)),
            // What gets ahead has not failed.
            jobs::attempts.eq(1),
        ))
        .returning(jobs::cancel_requested)
        .get_result(&mut **tx)
        .await
        .optional()?;
    cancel.ok_or_else(|| Error::new(Code::Conflict).into())
}

type Held = diesel::dsl::Filter<
    diesel::dsl::Filter<diesel::dsl::Find<jobs::table, Uuid>, diesel::dsl::Eq<jobs::leased_by, String>>,
    diesel::dsl::Eq<jobs::state, JobState>,
>;

fn held(id: Uuid, worker: &str) -> Held {
    jobs::table.find(id).filter(jobs::leased_by.eq(worker.to_owned())).filter(jobs::state.eq(JobState::Running))
}

/// Ends a job. Its operation, if it has not ended by itself, ends as failed: what it did can be taken back.
pub async fn finish(db: &Db, id: Uuid, worker: &str, state: JobState, error: Option<&str>) -> Result<()> {
    db.write(async |tx| {
        let now = tx.now();
        let ended = (
            jobs::state.eq(state),
            jobs::finished_at.eq(now),
            jobs::error.eq(error),
            jobs::lease_until.eq(None::<DateTime<Utc>>),
        );
        if diesel::update(held(id, worker)).set(ended).execute(&mut **tx).await? > 0 {
            fail_operation(tx, id).await?;
            forget_earlier(tx, id).await?;
        }
        Ok(())
    })
    .await
}

/// Of what comes again by itself only the last time is kept, or every minute would leave a row for ever.
async fn forget_earlier(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    let forget = "delete from jobs earlier using jobs last where last.id = $1 and earlier.kind = last.kind \
                  and earlier.id < last.id and last.user_id is null and earlier.user_id is null \
                  and last.unique_key = last.kind and earlier.unique_key = last.kind \
                  and last.state = 'succeeded' and earlier.state = 'succeeded'";
    diesel::sql_query(forget).bind::<diesel::sql_types::Uuid, _>(id).execute(&mut **tx).await?;
    Ok(())
}

async fn fail_operation(tx: &mut Tx<'_>, job: Uuid) -> Result<()> {
    let now = tx.now();
    diesel::update(
        operations::table.filter(operations::job_id.eq(job)).filter(operations::state.eq(OperationState::Running)),
    )
    .set((operations::state.eq(OperationState::Failed), operations::finished_at.eq(now)))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives a job back to the queue: later, after a failure; or now, when the worker's process ends in order.
pub async fn hand_back(db: &Db, id: Uuid, worker: &str, after: Option<TimeDelta>, error: Option<&str>) -> Result<()> {
    let mut connection = db.read().await?;
    diesel::update(held(id, worker))
        .set((
            jobs::state.eq(JobState::Queued),
            jobs::run_at.eq(in_seconds::<Timestamptz>(after.unwrap_or_default().num_seconds())),
            jobs::attempts.eq(jobs::attempts - i16::from(after.is_none())),
            jobs::error.eq(error),
            jobs::leased_by.eq(None::<String>),
            jobs::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// A job as it is told.
#[derive(Clone, Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct Job {
    pub id: Uuid,
    pub kind: String,
    pub state: JobState,
    pub total: Option<i64>,
    pub done: i64,
    pub failed: i64,
    pub resumed_count: i32,
    pub cancel_requested: bool,
    /// Why it failed: a code of ours.
    pub error: Option<String>,
    pub user_id: Option<Uuid>,
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    #[serde(with = "instant::option")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(with = "instant::option")]
    pub finished_at: Option<DateTime<Utc>>,
    #[serde(skip)]
    pub payload: Value,
}

impl Job {
    fn opened(mut self, keys: &KeyRing) -> Self {
        let id = self.id;
        let opened = open_payload(keys, id, &self.payload);
        let opened = opened.inspect_err(|error| tracing::error!(%id, %error, "what a job is about is damaged"));
        self.payload = opened.unwrap_or_default();
        self
    }
}

/// A job of the caller's own; some see everybody's.
pub async fn find(db: &Db, id: Uuid) -> Result<Job> {
    let mut connection = db.read().await?;
    let job: Option<Job> = jobs::table.find(id).select(Job::as_select()).first(&mut *connection).await.optional()?;
    let job = job.filter(|job| sees(db, job.user_id)).map(|job| job.opened(&db.keys()));
    job.ok_or_else(|| Code::NotFound.into())
}

/// The same inside the transaction that enqueues it.
pub async fn find_in(tx: &mut Tx<'_>, id: Uuid) -> Result<Job> {
    let job: Job = jobs::table.find(id).select(Job::as_select()).first(&mut **tx).await?;
    Ok(job.opened(&tx.db().keys()))
}

/// The newest job of a kind, whosever it is; for those who look after what such jobs do.
pub async fn latest_of(connection: &mut AsyncPgConnection, kind: &str) -> Result<Option<Job>> {
    let query = jobs::table.filter(jobs::kind.eq(kind)).order(jobs::id.desc()).select(Job::as_select());
    Ok(query.first(connection).await.optional()?)
}

/// The newest jobs first, from before one of them.
pub async fn list(db: &Db, before: Option<Uuid>, limit: i64) -> Result<Vec<Job>> {
    let mut query = jobs::table.select(Job::as_select()).order(jobs::id.desc()).limit(limit).into_boxed();
    if !sees_all(db) {
        query = query.filter(jobs::user_id.eq(db.user_id()));
    }
    if let Some(before) = before {
        query = query.filter(jobs::id.lt(before));
    }
    let mut connection = db.read().await?;
    let (jobs, keys): (Vec<Job>, _) = (query.load(&mut *connection).await?, db.keys());
    Ok(jobs.into_iter().map(|job| job.opened(&keys)).collect())
}

/// Asks a job to stop. One that waits ends here; one that runs stops at its next checkpoint.
pub async fn cancel(tx: &mut Tx<'_>, id: Uuid) -> Result<Job> {
    let job: Option<Job> =
        jobs::table.find(id).for_update().select(Job::as_select()).first(&mut **tx).await.optional()?;
    let job = job.filter(|job| sees(tx.db(), job.user_id)).ok_or(Error::new(Code::NotFound))?;
    refuse_foreign(tx.db(), job.user_id)?;
    match job.state {
        JobState::Queued | JobState::Paused => {
            let now = tx.now();
            diesel::update(jobs::table.find(id))
                .set((jobs::state.eq(JobState::Cancelled), jobs::finished_at.eq(now), jobs::cancel_requested.eq(true)))
                .execute(&mut **tx)
                .await?;
            fail_operation(tx, id).await?;
        }
        JobState::Running => {
            diesel::update(jobs::table.find(id)).set(jobs::cancel_requested.eq(true)).execute(&mut **tx).await?;
        }
        _ => return Err(Error::at(Code::Conflict, Fault::field("id", "already_ended")).into()),
    }
    find_in(tx, id).await
}

/// Hears when work is enqueued, in whichever process.
pub struct Listener(AsyncPgConnection);

impl Listener {
    pub async fn open(store: &Store) -> Result<Self> {
        let mut connection = store.own_connection().await?;
        diesel::sql_query(format!("listen {CHANNEL}")).execute(&mut connection).await?;
        Ok(Self(connection))
    }

    /// Waits for the next word; `false` when the line is dead.
    pub async fn next(&mut self) -> bool {
        use futures_util::StreamExt;
        let mut words = std::pin::pin!(self.0.notifications_stream());
        matches!(words.next().await, Some(Ok(_)))
    }
}
