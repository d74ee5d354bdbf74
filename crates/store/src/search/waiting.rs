//! The waiting list of the token index.
//!
//! A name has about a hundred tokens. Brought into a GIN index one row at a time they cost more than all the rest of a
//! write; of thousands of rows at once, token by token, a small part of that. So PostgreSQL puts new entries on a list,
//! which searches read too, and this process has the list brought in every second after it wrote. The list may grow
//! far beyond what a second brings, so that no write ever stops to do it (migration 000300 of 2026-11-22).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use crate::db::Store;
use crate::error::Result;
use crate::sql::Sql;

const PAUSE: Duration = Duration::from_secs(1);

/// Whether this process wrote what may still be waiting.
pub struct Waiting(AtomicBool);

impl Default for Waiting {
    /// A process that came before may have left something.
    fn default() -> Self {
        Self(AtomicBool::new(true))
    }
}

impl Waiting {
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// Brings in what waits, as long as the process lives.
pub async fn keep(store: Store) {
    loop {
        tokio::time::sleep(PAUSE).await;
        if store.waiting().take()
            && let Err(error) = bring_in(&store).await
        {
            // Nothing is lost: the next vacuum of the table does the same.
            tracing::debug!(%error, "the waiting list of the token index stays");
        }
    }
}

async fn bring_in(store: &Store) -> Result<()> {
    let query = Sql::new("select gin_clean_pending_list('search_index_tokens')").recurring();
    let db = store.system("search index");
    db.write(async |tx| {
        let _pages: i64 = query.rows::<BigInt>().get_result(&mut **tx).await?;
        Ok(())
    })
    .await
}
