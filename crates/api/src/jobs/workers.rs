//! The workers of this process. Each has a thread of its own, so that a job that computes keeps nobody waiting.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::TimeDelta;
use domain::error::Code;
use domain::platform::operations::JobState;
use store::platform::jobs::{self, Claimed, LEASE_SECONDS, Listener};
use store::platform::{processes, schedules};
use store::{Db, Store};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::{Context, End, kinds};

/// How often a worker looks for work of its own accord, should a word of new work not reach it.
const POLL: Duration = Duration::from_secs(5);

/// Three of them may be lost before the lease runs out.
const BEAT: Duration = Duration::from_secs(LEASE_SECONDS as u64 / 4);

/// The running workers.
pub struct Workers {
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
    /// Keeps the search index in order.
    keeper: tokio::task::JoinHandle<()>,
    /// Says that this process lives.
    heart: tokio::task::JoinHandle<()>,
    store: Store,
    process: Arc<str>,
}

impl Workers {
    /// Starts workers on the runtime of the caller.
    pub fn start(store: &Store, count: usize) -> Self {
        let (stop, stopping) = watch::channel(false);
        let runtime = Handle::current();
        let process: Arc<str> = Uuid::new_v4().simple().to_string().into();
        let start = |number| {
            let (runtime, store, stopping) = (runtime.clone(), store.clone(), stopping.clone());
            let name = Arc::from(format!("{process}/{number}"));
            std::thread::spawn(move || runtime.block_on(Worker { store, name, stopping, listener: None }.run()))
        };
        let keeper = tokio::spawn(store::search::keep(store.clone()));
        let heart = tokio::spawn(beat(store.clone(), process.clone()));
        let threads = (0..count).map(start).collect();
        Self { threads, stop, keeper, heart, store: store.clone(), process }
    }

    /// Lets each worker come to its next checkpoint, and hands its job back.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.keeper.abort();
        let threads = self.threads;
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join())));
        let _ = joined.await;
        self.heart.abort();
        if let Err(error) = processes::leave(&self.store.system("job queue"), &self.process).await {
            tracing::debug!(%error, "the end of this process is found out by its silence");
        }
    }
}

struct Worker {
    store: Store,
    /// Names the worker in the queue, differently at each start.
    name: Arc<str>,
    stopping: watch::Receiver<bool>,
    listener: Option<Listener>,
}

impl Worker {
    async fn run(mut self) {
        let db = self.store.system("job queue");
        // Before the first claim: a job of somebody who has never been heard of would be taken away at once.
        let process = self.name.split('/').next().unwrap_or_default();
        if let Err(error) = processes::beat(&db, process).await {
            tracing::warn!(%error, "this process cannot say that it lives");
        }
        if let Err(error) = kinds::schedule(&db).await {
            tracing::warn!(%error, "the schedules cannot be written");
        }
        while !*self.stopping.borrow() {
            match self.next(&db).await {
                Ok(Some(job)) => self.work(&db, job).await,
                Ok(None) => self.wait().await,
                Err(error) => {
                    tracing::warn!(%error, "the queue cannot be read");
                    self.pause(POLL).await;
                }
            }
        }
    }

    async fn next(&self, db: &Db) -> store::Result<Option<Claimed>> {
        if self.store.health().is_full() {
            return Ok(None);
        }
        schedules::tick(db).await?;
        jobs::claim(db, &self.name).await
    }

    /// Until somebody says that there is work, or some time has passed.
    async fn wait(&mut self) {
        let mut listener = match self.listener.take() {
            Some(listener) => listener,
            None => match Listener::open(&self.store).await {
                Ok(listener) => {
                    self.listener = Some(listener);
                    // Work that came before we listened would not be heard of.
                    return;
                }
                Err(_) => return self.pause(POLL).await,
            },
        };
        let mut stopping = self.stopping.clone();
        let alive = tokio::select! {
            alive = listener.next() => alive,
            () = tokio::time::sleep(POLL) => true,
            _ = stopping.changed() => true,
        };
        self.listener = alive.then_some(listener);
    }

    async fn pause(&mut self, time: Duration) {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            _ = stopping.changed() => {}
        }
    }

    async fn work(&self, db: &Db, job: Claimed) {
        let (id, kind) = (job.id, job.kind.clone());
        let (attempts, last) = (job.attempts, job.attempts >= job.max_attempts);
        if job.attempts > job.max_attempts {
            // Whoever had it died each time.
            return self.ended(jobs::finish(db, id, &self.name, JobState::Failed, Some("gave_up")).await);
        }
        let context =
            Context { store: self.store.clone(), job, worker: self.name.to_string(), stopping: self.stopping.clone() };
        let outcome = tokio::select! {
            outcome = kinds::run(&context) => outcome,
            // Somebody else has the job: leave it to them, whatever we have not committed.
            () = self.keep_lease(db, id) => return tracing::warn!(%id, kind, "a job was taken over by another worker"),
        };
        let written = match outcome {
            Ok(End::Done) => jobs::finish(db, id, &self.name, JobState::Succeeded, None).await,
            Ok(End::Cancelled) => jobs::finish(db, id, &self.name, JobState::Cancelled, None).await,
            Ok(End::HandedBack) => jobs::hand_back(db, id, &self.name, None, None).await,
            Err(error) if reason(&error).0 == Code::StorageFull.word() => {
                tracing::warn!(%id, kind, "a job waits until there is room on the disk");
                jobs::hand_back(db, id, &self.name, None, Some(Code::StorageFull.word())).await
            }
            Err(error) => {
                tracing::warn!(%id, kind, attempts, "a job failed: {error:#}");
                let (code, hopeless) = reason(&error);
                if hopeless || last {
                    jobs::finish(db, id, &self.name, JobState::Failed, Some(code)).await
                } else {
                    jobs::hand_back(db, id, &self.name, Some(later(attempts)), Some(code)).await
                }
            }
        };
        self.ended(written);
    }

    fn ended(&self, written: store::Result<()>) {
        if let Err(error) = written {
            tracing::warn!(%error, "the end of a job cannot be written; its lease will run out");
        }
    }

    /// Renews the lease until it is lost.
    async fn keep_lease(&self, db: &Db, id: Uuid) {
        loop {
            tokio::time::sleep(BEAT).await;
            if let Ok(None) = jobs::beat(db, id, &self.name).await {
                return;
            }
        }
    }
}

/// Says again and again that this process lives. On a full disk it says nothing, and nobody takes anything either.
async fn beat(store: Store, process: Arc<str>) {
    let db = store.system("job queue");
    let mut timer = tokio::time::interval(Duration::from_secs_f64(processes::BEAT_SECONDS));
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        if store.health().is_full() {
            continue;
        }
        if let Err(error) = processes::beat(&db, &process).await {
            tracing::debug!(%error, "this process cannot say that it lives");
        }
    }
}

/// What is told of a failure, and whether trying again would change nothing.
fn reason(error: &anyhow::Error) -> (&'static str, bool) {
    match error.downcast_ref::<store::Error>() {
        Some(store::Error::Refused(refusal)) => (refusal.code.word(), refusal.code.status() < 500),
        _ => ("internal", false),
    }
}

/// Twice as long after each failure, up to ten minutes, and not all at the same moment.
fn later(attempts: i16) -> TimeDelta {
    let seconds = 5_i64.saturating_mul(1 << attempts.clamp(0, 8)).min(600);
    let jitter = i64::from(Uuid::new_v4().as_bytes()[0]) * seconds / 512;
    TimeDelta::seconds(seconds / 2 + jitter)
}
