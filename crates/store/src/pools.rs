//! Connections kept open: a pool for each thread that serves requests.
//!
//! The reader and the writer of a connection run where it was opened. Asked from another thread, it would wake that one
//! and be woken by it at every question, which costs more than the question.
//!
//! Beside its pool a thread has one connection for short readings. These travel together, one behind the other and many
//! in one packet, which nearly halves what a reading costs PostgreSQL. Nothing slow may go there: all would wait for it.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use diesel_async::pooled_connection::bb8;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, PoolableConnection};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use tokio::runtime::{Handle, Id};
use tokio::sync::Mutex;

use crate::connect::connect;
use crate::error::{Error, Result};

/// A request may keep the database busy this long; see `api-conventions.md`, item 7.
const STATEMENT_TIMEOUT_SECONDS: u32 = 5;

/// A pool of fewer would make its thread wait while another's connections are idle.
const FEWEST: u32 = 4;

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// After this time a connection is replaced, so that a failover or a new configuration reaches all of them.
const LIFE: Duration = Duration::from_secs(600);

/// How many connections a process may hold.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// All of them together.
    pub most: u32,
    /// Runtimes that will ask for some: each web worker is one.
    pub runtimes: u32,
    /// Those that somebody keeps for themselves, such as each worker that listens for jobs.
    pub beside: u32,
}

impl Connections {
    /// With fewer a process does not work well.
    pub const fn least(beside: u32) -> u32 {
        FEWEST + 1 + beside
    }

    /// How many each pool has, and how many pools there are. A thread has one connection beside its pool.
    fn divided(self) -> (u32, usize) {
        let most = self.most.saturating_sub(self.beside).max(2);
        let each = (most / self.runtimes.max(1)).max(FEWEST + 1).min(most);
        (each - 1, (most / each) as usize)
    }
}

pub(crate) type Pooled = bb8::PooledConnection<'static, AsyncPgConnection>;
type Pool = bb8::Pool<AsyncPgConnection>;

pub(crate) struct Pools {
    url: Box<str>,
    /// Connections of each pool.
    each: u32,
    /// Pools that may be opened; threads beyond that share them.
    most: usize,
    opened: RwLock<Vec<(Id, Slot)>>,
}

/// What one thread asks.
#[derive(Clone)]
struct Slot {
    pool: Pool,
    shared: Arc<Mutex<Option<Shared>>>,
}

/// A connection on which many ask at once.
struct Shared {
    connection: Arc<AsyncPgConnection>,
    since: Instant,
}

impl Pools {
    /// Connects for the runtime of the caller.
    pub async fn open(url: &str, connections: Connections) -> Result<Self> {
        let (each, most) = connections.divided();
        let first = builder(each).build(manager(url)).await;
        let first = first.map_err(|error| Error::NoConnection(error.to_string()))?;
        let opened = RwLock::new(vec![(Handle::current().id(), Slot::new(first))]);
        Ok(Self { url: url.into(), each, most, opened })
    }

    /// A connection of this thread's pool.
    pub async fn get(&self) -> Result<Pooled> {
        let pool = self.here().pool;
        loop {
            let connection = pool.get_owned().await;
            let mut connection = connection.map_err(|error| Error::NoConnection(error.to_string()))?;
            // A database that restarts closes all of them, and each would fail one request. A broken one does not go
            // back into the pool, so that this ends with a new one.
            if !connection.is_broken() {
                return Ok(connection);
            }
        }
    }

    /// The connection of this thread for short readings. One that failed is not asked again.
    pub async fn shared(&self, failed: Option<&Arc<AsyncPgConnection>>) -> Result<Arc<AsyncPgConnection>> {
        let place = self.here().shared;
        let mut shared = place.lock().await;
        if let Some(Shared { connection, since }) = &*shared
            && since.elapsed() < LIFE
            && failed.is_none_or(|failed| !Arc::ptr_eq(failed, connection))
        {
            return Ok(connection.clone());
        }
        // Ended first, so that there is never one more than may be.
        *shared = None;
        let opened = tokio::time::timeout(PATIENCE, open(&self.url)).await;
        let opened = opened.map_err(|_| Error::NoConnection("the database does not answer".into()))?;
        let connection = Arc::new(opened.map_err(|error| Error::NoConnection(error.to_string()))?);
        *shared = Some(Shared { connection: connection.clone(), since: Instant::now() });
        Ok(connection)
    }

    fn here(&self) -> Slot {
        let here = Handle::current().id();
        let known = |opened: &[(Id, Slot)]| opened.iter().find(|(id, _)| *id == here).map(|(_, place)| place.clone());
        if let Some(place) = known(&self.opened.read().unwrap_or_else(PoisonError::into_inner)) {
            return place;
        }
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        let place = match opened.len() {
            there if there < self.most => Slot::new(builder(self.each).build_unchecked(manager(&self.url))),
            there => opened[there % self.most].1.clone(),
        };
        opened.push((here, place.clone()));
        place
    }
}

impl Slot {
    fn new(pool: Pool) -> Self {
        Self { pool, shared: Arc::default() }
    }
}

fn builder(connections: u32) -> ::bb8::Builder<AsyncDieselConnectionManager<AsyncPgConnection>> {
    Pool::builder()
        .max_size(connections)
        .min_idle(Some(1))
        .max_lifetime(Some(LIFE))
        .connection_timeout(PATIENCE)
        // Costs as much as a get; see performance.md, section 9. Broken connections are noticed and replaced.
        .test_on_check_out(false)
}

fn manager(url: &str) -> AsyncDieselConnectionManager<AsyncPgConnection> {
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    config.custom_setup = Box::new(|url| open(url).boxed());
    AsyncDieselConnectionManager::new_with_config(url, config)
}

/// Refuses a standby, on which a connection can land after a failover. It need not be asked again: a server becomes one
/// only by starting anew, and then the connection is gone.
const NO_STANDBY: &str =
    "do $$ begin if pg_is_in_recovery() then raise exception 'this server is a standby'; end if; end $$";

async fn open(url: &str) -> diesel::ConnectionResult<AsyncPgConnection> {
    let mut connection = connect(url).await?;
    // Requests share the processors already. Helpers for one of them take longer to start than most take at all.
    let setup = format!(
        "set statement_timeout = '{STATEMENT_TIMEOUT_SECONDS}s'; set time zone 'UTC'; \
         set max_parallel_workers_per_gather = 0; {NO_STANDBY}"
    );
    connection.batch_execute(&setup).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_connections_together_stay_within_the_limit_and_no_pool_is_too_small() {
        for beside in 0..=4 {
            for most in Connections::least(beside)..=200 {
                for runtimes in 1..=130 {
                    let (each, pools) = Connections { most, runtimes, beside }.divided();
                    assert!((each + 1) * pools as u32 + beside <= most, "{most} {runtimes} {beside}");
                    assert!(each >= FEWEST && pools >= 1, "{most} {runtimes} {beside}");
                }
            }
        }
    }

    #[test]
    fn each_thread_has_its_part() {
        assert_eq!(Connections { most: 30, runtimes: 3, beside: 2 }.divided(), (8, 3));
        assert_eq!(Connections { most: 30, runtimes: 9, beside: 2 }.divided(), (4, 5));
    }
}
