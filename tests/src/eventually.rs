//! Waiting for what must come, never for a time.

use std::time::{Duration, Instant};

/// How long a test waits. It says nothing about speed; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(45);

/// Asks until there is an answer; `what` tells in the failure what did not come.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "not after {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
