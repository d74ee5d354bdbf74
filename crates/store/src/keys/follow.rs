//! The keys of a running process. It reads them again every few seconds, so that a new key is known everywhere before
//! anybody uses it, and one that was withdrawn ends everywhere soon.

use std::sync::Arc;

use diesel::QueryResult;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use zeroize::Zeroizing;

use super::opened::SealedRow;
use super::root::Wrapping;
use super::{KeyRing, REREAD, USED_FROM, damage};
use crate::db::Store;
use crate::error::Result;
use crate::sql::Sql;

/// The ring of this process, and what reads it again.
pub(crate) struct Held {
    wrapping: Wrapping,
    ring: watch::Sender<Arc<KeyRing>>,
}

impl Held {
    pub(super) async fn open(wrapping: Wrapping, connection: &AsyncPgConnection) -> Result<Self> {
        let ring = KeyRing::of_rows(&wrapping, read(connection).await?, None)?;
        Ok(Self { wrapping, ring: watch::Sender::new(Arc::new(ring)) })
    }

    pub fn ring(&self) -> Arc<KeyRing> {
        self.ring.borrow().clone()
    }

    pub fn changes(&self) -> watch::Receiver<Arc<KeyRing>> {
        self.ring.subscribe()
    }

    /// Wraps a key with the root key of this process.
    pub fn wrap(&self, id: &str, secret: &[u8]) -> Result<String> {
        self.wrapping.wrap(id, secret)
    }

    pub fn unwrap(&self, id: &str, wrapped: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.wrapping.unwrap(id, wrapped)
    }

    fn take(&self, known: Known) -> Result<()> {
        let earlier = self.ring();
        if earlier.known != known {
            let ring = KeyRing::of_rows(&self.wrapping, known, Some(&earlier))?;
            self.ring.send_replace(Arc::new(ring));
        }
        Ok(())
    }
}

/// What a process knows of keys and of what they are good for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// The keys that were not withdrawn, newest first.
    pub rows: Vec<SealedRow>,
    /// The name of this history of the database.
    pub lineage: String,
}

/// How old the keys are is for the database's clock alone to say.
async fn read(connection: &AsyncPgConnection) -> QueryResult<Known> {
    let query = format!(
        "select id, purpose, wrapped, created_at <= now() - interval '{USED_FROM} s', \
         (select value #>> '{{}}' from settings where key = 'lineage') from data_keys \
         where retired_at is null order by created_at desc, id desc"
    );
    let rows = Sql::new(query).recurring().rows::<(Text, Text, Text, Bool, Text)>();
    let rows: Vec<(String, String, String, bool, String)> = rows.load(&mut &*connection).await?;
    let mut known = Known::default();
    for (id, purpose, wrapped, is_known, lineage) in rows {
        known.rows.push(SealedRow { id, purpose, wrapped, is_known });
        known.lineage = lineage;
    }
    Ok(known)
}

/// Follows the keys as long as the process lives.
pub async fn keep(store: Store) {
    let mut timer = tokio::time::interval(REREAD);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        if let Err(error) = reread(&store).await {
            // Without a database nobody is served, so that no key which was withdrawn meanwhile does any harm.
            tracing::debug!(%error, "the keys could not be read again");
        }
        if let Err(error) = damage::write_down(&store).await {
            tracing::warn!(%error, "what cannot be opened cannot be written down");
        }
    }
}

/// Reads the keys again now.
pub(crate) async fn reread(store: &Store) -> Result<()> {
    let rows = store.system("keys").ask(async |connection| read(connection).await).await?;
    store.held_keys().take(rows)
}
