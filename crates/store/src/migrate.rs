//! Brings a database to the present schema. Under a lock, because several processes may start at once.

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connect::connect;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Functions that may be replaced at any time.
const FUNCTIONS: &str = include_str!("sql/functions.sql");

/// Taken for the time of a migration; any number that nobody else uses.
const LOCK: i64 = 0x7a68_6979_696e;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs what is pending and tells the names of what ran.
pub async fn migrate(url: &str) -> Result<Vec<String>, Failure> {
    run(url, |connection| {
        let ran = connection.run_pending_migrations(MIGRATIONS)?;
        let ran: Vec<_> = ran.into_iter().map(|version| version.to_string()).collect();
        let present = connection.applied_migrations()?.iter().map(ToString::to_string).max();
        // An older process that starts beside a newer one leaves the newer functions in place.
        if present <= newest() {
            SimpleConnection::batch_execute(connection, FUNCTIONS)?;
        }
        Ok(ran)
    })
    .await
}

/// The migrations this executable knows and the database has not seen.
pub async fn pending_migrations(url: &str) -> Result<Vec<String>, Failure> {
    run(url, |connection| {
        let pending = connection.pending_migrations(MIGRATIONS)?;
        Ok(pending.into_iter().map(|migration| migration.name().to_string()).collect())
    })
    .await
}

/// Takes every migration back, newest first. For the test that each of them can be.
pub async fn revert_all(url: &str) -> Result<Vec<String>, Failure> {
    run(url, |connection| {
        let reverted = connection.revert_all_migrations(MIGRATIONS)?;
        Ok(reverted.into_iter().map(|version| version.to_string()).collect())
    })
    .await
}

/// Takes this migration back and every newer one. For tests of what a migration makes of rows.
pub async fn revert_from(url: &str, name: &str) -> Result<(), Failure> {
    let version: String = name.split('_').next().unwrap_or_default().replace('-', "");
    run(url, move |connection| {
        while connection.applied_migrations()?.iter().map(ToString::to_string).max() >= Some(version.clone()) {
            connection.revert_last_migration(MIGRATIONS)?;
        }
        Ok(())
    })
    .await
}

/// The version of the newest migration that this executable knows.
pub(crate) fn newest() -> Option<String> {
    let known = MigrationSource::<Pg>::migrations(&MIGRATIONS).ok()?;
    known.iter().map(|migration| migration.name().version().to_string()).max()
}

async fn run<T: Send + 'static>(
    url: &str,
    work: impl FnOnce(&mut AsyncConnectionWrapper<AsyncPgConnection>) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let mut connection = connect(url).await?;
    // The lock belongs to this connection and goes with it.
    connection.batch_execute(&format!("select pg_advisory_lock({LOCK})")).await?;
    let mut wrapper = AsyncConnectionWrapper::from(connection);
    tokio::task::spawn_blocking(move || work(&mut wrapper)).await?
}
