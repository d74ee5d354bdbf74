//! Waiting for what must come, never for a time.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// How long a test waits. It says nothing about speed; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(45);

/// Asks until there is an answer; `what` tells in the failure what did not come.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_well(what, async || ask().await.ok_or("nothing came")).await
}

/// Tries until it goes well; the failure tells what went wrong the last time.
pub async fn eventually_well<T, E: Debug>(what: &str, mut attempt: impl AsyncFnMut() -> Result<T, E>) -> T {
    let start = Instant::now();
    loop {
        match attempt().await {
            Ok(outcome) => return outcome,
            Err(reason) => assert!(start.elapsed() < PATIENCE, "not after {PATIENCE:?}: {what}: {reason:?}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
