//! What commands that work on records need: the store, and somebody to work as.

use anyhow::{Context, Result};
use api::application;
use api::config::Config;
use api::database::Database;
use clap::Args;
use domain::error::Fault;
use domain::messages;
use domain::platform::users::Locale;
use store::{Db, Store};
use uuid::Uuid;

/// Who a command works as.
#[derive(Args)]
pub struct Actor {
    /// Work with the rights of this user, instead of as the system itself.
    #[arg(long = "as", value_name = "USERNAME")]
    username: Option<String>,
}

impl Actor {
    /// Nobody: the system itself.
    pub const fn system() -> Self {
        Self { username: None }
    }
}

/// An opened store. The database stays as long as this value lives.
pub struct Workplace {
    pub store: Store,
    _database: Database,
}

impl Workplace {
    pub async fn open(config: &Config) -> Result<Self> {
        let database = Database::open(config).await?;
        database.migrate().await?;
        let store = application::open_store(config, &database.url).await?;
        tokio::spawn(store::search::keep(store.clone()));
        Ok(Self { store, _database: database })
    }

    pub async fn db(&self, actor: &Actor, reason: &'static str, operation_id: Option<Uuid>) -> Result<Db> {
        let mut db = self.store.system(reason);
        if let Some(username) = &actor.username {
            let viewer = store::platform::on_behalf::of_username(&db, username).await?;
            let viewer = viewer.with_context(|| format!("there is no active user {username}"))?;
            let trace = store::Trace { reason: Some(reason.to_owned()), ..store::Trace::default() };
            db = self.store.background(viewer.into(), trace);
        }
        db.trace.operation_id = operation_id;
        Ok(db)
    }
}

/// A fault as a sentence: where, and what.
pub fn sentence(fault: &Fault, locale: Locale) -> String {
    let words = messages::text(locale, &format!("fault.{}", fault.code), &fault.params);
    match fault.pointer.trim_start_matches('/') {
        "" => words,
        place => format!("{place}: {words}"),
    }
}
