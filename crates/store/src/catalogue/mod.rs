//! The edition of the catalogue that is current in this process. It looks every moment whether administrators made another.

pub mod indexes;

use std::sync::RwLock;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::catalogue::Catalogue;
use domain::platform::CustomField;
use domain::platform::fields::CustomFieldStatus;
use schema::fields;
use tokio::sync::Mutex;
use tokio::time::MissedTickBehavior;

use crate::db::Store;
use crate::error::Result;

/// How long a field that was made through one process is unknown to another.
const LOOK: Duration = Duration::from_secs(1);

/// The current edition, and the declarations that it was made of.
pub(crate) struct Held {
    current: RwLock<(&'static Catalogue, Vec<CustomField>)>,
    /// Who reads takes a turn: of two at once the one that saw less might otherwise have the last word.
    reading: Mutex<()>,
}

impl Held {
    pub async fn open(connection: &AsyncPgConnection) -> Result<Self> {
        let held = Self { current: RwLock::new((Catalogue::built(), Vec::new())), reading: Mutex::default() };
        held.take(read(connection).await?);
        Ok(held)
    }

    pub fn current(&self) -> &'static Catalogue {
        // A thread that panicked while it held the lock left a whole edition behind.
        self.current.read().unwrap_or_else(|poisoned| poisoned.into_inner()).0
    }

    pub fn declared(&self) -> Vec<CustomField> {
        self.current.read().unwrap_or_else(|poisoned| poisoned.into_inner()).1.clone()
    }

    fn take(&self, declared: Vec<CustomField>) {
        let mut held = self.current.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if held.1 != declared {
            let made: Vec<_> = declared.iter().map(|field| (field.resource.as_str(), field.declared())).collect();
            *held = (Catalogue::with(&made), declared);
        }
    }
}

/// The fields in use, in the order in which forms show them.
async fn read(connection: &AsyncPgConnection) -> QueryResult<Vec<CustomField>> {
    fields::table
        .filter(fields::status.eq(CustomFieldStatus::Active).and(fields::deleted_at.is_null()))
        .order((fields::resource, fields::position, fields::created_at, fields::id))
        .select(CustomField::as_select())
        .load(&mut &*connection)
        .await
}

/// Reads the current edition now.
pub(crate) async fn reread(store: &Store) -> Result<()> {
    let _turn = store.held_catalogue().reading.lock().await;
    let declared = store.system("catalogue").ask(async |connection| read(connection).await).await?;
    store.held_catalogue().take(declared);
    Ok(())
}

/// The same where it may as well be read with the next look.
pub(crate) async fn reread_or_later(store: &Store) {
    if let Err(error) = reread(store).await {
        tracing::debug!(%error, "the catalogue could not be read again");
    }
}

/// Follows the editions as long as the process lives.
pub async fn keep(store: Store) {
    let mut timer = tokio::time::interval(LOOK);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        reread_or_later(&store).await;
    }
}
