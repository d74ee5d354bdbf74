//! What a job in hand knows: who asked for it, how far it had come, and whether it shall stop.

use std::sync::Arc;

use anyhow::Context as _;
use domain::error::Code;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::platform::jobs::{self, Claimed, Progress};
use store::platform::on_behalf;
use store::{Db, Store, Trace, Tx};
use tokio::sync::watch;
use uuid::Uuid;

/// How a job ended, unless it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Done,
    /// Somebody asked for it to stop.
    Cancelled,
    /// This process is about to end; another goes on at the checkpoint.
    HandedBack,
}

/// A job in the hands of a worker.
pub struct Context {
    pub store: Store,
    pub job: Claimed,
    pub(super) worker: String,
    pub(super) stopping: watch::Receiver<bool>,
}

impl Context {
    pub fn payload<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        serde_json::from_value(self.job.payload(&self.store.keys())?).context("the job's payload cannot be read")
    }

    /// Where a run that was cut off came to; the beginning for the first run.
    pub fn checkpoint<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_value(self.job.checkpoint.clone()).unwrap_or_default()
    }

    /// The database with the rights that the person who asked has now.
    pub async fn db(&self, operation_id: Option<Uuid>) -> store::Result<Db> {
        let Some(user) = self.job.user_id else {
            let mut db = self.store.system("background work");
            db.trace.operation_id = operation_id;
            return Ok(db);
        };
        let viewer = on_behalf::of_user(&self.system(), user).await?;
        let viewer = viewer.ok_or(domain::Error::new(Code::Forbidden))?;
        let trace = Trace { request_id: self.job.id.to_string(), operation_id, ..Trace::default() };
        Ok(self.store.background(Arc::new(viewer), trace))
    }

    pub fn system(&self) -> Db {
        self.store.system("background work")
    }

    /// Writes down how far the job has come, in the transaction of its work, and says whether it shall stop here.
    pub async fn advance(
        &self,
        tx: &mut Tx<'_>,
        checkpoint: &impl Serialize,
        done: i64,
        failed: i64,
        total: Option<i64>,
    ) -> store::Result<Option<End>> {
        let checkpoint = serde_json::to_value(checkpoint).unwrap_or_default();
        let progress = Progress { checkpoint, done, failed, total };
        tx.need_not_last().await?;
        let cancelled = jobs::checkpoint(tx, self.job.id, &self.worker, &progress).await?;
        Ok(match (cancelled, *self.stopping.borrow()) {
            (true, _) => Some(End::Cancelled),
            (false, true) => Some(End::HandedBack),
            (false, false) => None,
        })
    }
}
