//! How the database does, as far as this process knows: whether it answers at all, and whether there is room to write.
//!
//! A database whose processes hang keeps its connections open and says nothing; without somebody who notices, each request
//! would wait out all of its patience. Where the disk is ours, we look how much of it is left: PostgreSQL itself would go
//! down at the last byte and take reading along with writing, so writing ends while there is still room for the rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel_async::AsyncPgConnection;
use tokio::sync::watch;

use crate::db::Store;

/// Seconds after which it makes sense to try again to write.
pub const LOOK_AGAIN: u64 = 30;

/// Who has not answered for so long hangs. Together with the pause before the question this is less than five seconds, and
/// it is less than a new connection is waited for: one that does not come about is silence, too.
const PATIENCE: Duration = Duration::from_millis(2500);

const PAUSE: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct Health {
    silent: watch::Sender<bool>,
    full: AtomicBool,
}

impl Health {
    /// Ends when the database is found not to answer; never while it does.
    pub fn silence(&self) -> impl Future<Output = ()> + use<> {
        let mut silent = self.silent.subscribe();
        async move {
            if silent.wait_for(|silent| *silent).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    pub fn is_silent(&self) -> bool {
        *self.silent.borrow()
    }

    /// Whether nothing may be written because the disk has no room for it.
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Whoever looks after the disk says how it is.
    pub fn set_full(&self, full: bool) {
        if self.full.swap(full, Ordering::Relaxed) == full {
            return;
        }
        match full {
            true => tracing::error!("the disk of the database is nearly full: nothing is written until there is room"),
            false => tracing::info!("there is room on the disk of the database again"),
        }
    }

    fn set_silent(&self, silent: bool) {
        let changed = self.silent.send_if_modified(|known| std::mem::replace(known, silent) != silent);
        match silent {
            true if changed => tracing::error!("the database does not answer: requests are refused until it does"),
            false if changed => tracing::info!("the database answers again"),
            _ => {}
        }
    }
}

/// Asks the database again and again whether it is there. Runs until the process ends.
pub async fn watch(store: Store) {
    let mut failed = None;
    loop {
        let asked = tokio::time::timeout(PATIENCE, ask(&store, &mut failed)).await;
        store.health().set_silent(asked.is_err());
        tokio::time::sleep(PAUSE).await;
    }
}

/// A question that takes no time. A connection that refuses it is noticed where it is used; here only silence counts. The
/// connection that did not answer is not asked again.
async fn ask(store: &Store, failed: &mut Option<Arc<AsyncPgConnection>>) {
    // Its methods for everything would hide those of the flags above.
    use diesel_async::RunQueryDsl;
    let Ok(connection) = store.pools().shared(failed.as_ref()).await else { return };
    *failed = Some(connection.clone());
    if diesel::sql_query("select").execute(&mut &*connection).await.is_ok() {
        *failed = None;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn whoever_waits_for_silence_hears_of_it_however_late_they_came() {
        let health = Health::default();
        let early = health.silence();
        assert!(health.silence().now_or_never().is_none());
        health.set_silent(true);
        assert!(early.now_or_never().is_some() && health.silence().now_or_never().is_some());
        health.set_silent(false);
        assert!(health.silence().now_or_never().is_none());
    }
}
