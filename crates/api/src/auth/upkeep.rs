//! Forgets, once an hour, what callers left behind: sign-in attempts and requests that no longer count, sign-ins and
//! second factors that were begun and never finished, and sessions that ended long ago.

use std::time::Duration;

use store::Store;
use store::platform::{attempts, challenges, quotas, second_factors, sessions};

/// Runs until the process ends. Several processes may do it; there is nothing to find for the second.
pub async fn run(store: Store) {
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hour.tick().await;
        let db = store.system("upkeep");
        let forgotten = db.write(async |tx| {
            attempts::forget_old(tx).await?;
            quotas::forget_old(tx).await?;
            challenges::forget_old(tx).await?;
            second_factors::forget_unconfirmed(tx).await?;
            sessions::forget_old(tx).await
        });
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "old sign-ins could not be forgotten");
        }
    }
}
