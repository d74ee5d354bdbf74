//! Who holds a session, remembered for a moment.
//!
//! The database is asked again after three seconds, so that a logout, a disabled user or a changed role acts on every
//! process within five, and a page that sends ten requests at once costs one question.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use store::Store;
use store::platform::viewers::{self, Known};
use uuid::Uuid;

use crate::http::error::{Refusal, Result};

const MEMORY: Duration = Duration::from_secs(3);

/// Sessions that are remembered at once; more than a process serves in three seconds.
const MOST: u64 = 20_000;

pub struct Viewers(Cache<Uuid, Option<Arc<Known>>>);

impl Default for Viewers {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(MEMORY).build())
    }
}

impl Viewers {
    /// Nobody if the session has ended.
    pub async fn of(&self, store: &Store, session_id: Uuid) -> Result<Option<Arc<Known>>> {
        let ask = async {
            let known = viewers::of_session(&store.system("who calls"), session_id).await;
            known.map(|known| known.map(Arc::new)).map_err(|error| Refusal::from(error).0)
        };
        self.0.try_get_with(session_id, ask).await.map_err(|error| Refusal((*error).clone()))
    }

    pub async fn forget(&self, session_id: Uuid) {
        self.0.invalidate(&session_id).await;
    }
}
