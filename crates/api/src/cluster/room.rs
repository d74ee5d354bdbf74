//! How much room the disk has on which a private cluster lies.
//!
//! PostgreSQL goes down with a disk that has no byte left for its log, and reading with it. So writing ends a little
//! earlier, and begins again when there is clearly more room than that.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::statvfs;
use store::Store;

/// Two segments of PostgreSQL's log.
const LEAST: u64 = 32 << 20;

const PAUSE: Duration = Duration::from_secs(1);

/// Watches the disk of a folder, until the process ends.
pub async fn watch(store: Store, folder: PathBuf) {
    loop {
        if let Some(left) = left(&folder) {
            let enough = if store.health().is_full() { 2 * LEAST } else { LEAST };
            store.health().set_full(left < enough);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Bytes that are left to who is not the superuser.
fn left(folder: &Path) -> Option<u64> {
    let disk = statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}
