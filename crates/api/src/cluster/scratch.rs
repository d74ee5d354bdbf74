//! A cluster for tests: the same code in a temporary folder, fast instead of durable, and gone when the process is.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use super::postmaster::Record;
use super::{Cluster, Options, Search, Tenure, Tuning};

/// Waits until its input ends, which it does however the process that holds the other end ends; then cleans up.
const JANITOR: &str = "cat >/dev/null; kill -INT $1 2>/dev/null; while kill -0 $1 2>/dev/null; do sleep 0.1; done; \
                       rm -rf -- \"$2\"";

/// A throwaway cluster. Dropping it stops the server; the janitor removes the folder, even after `kill -9`.
pub struct Scratch {
    cluster: Option<Cluster>,
    url: String,
    janitor: Child,
}

impl Scratch {
    pub fn start(search: Search) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("zhiyin-").tempdir()?.keep();
        // PostgreSQL may run under another account than ours, which must be able to come in.
        fs::set_permissions(&folder, Permissions::from_mode(0o755))?;
        let tuning = Tuning { memory: 2 << 30, connections: 280, durable: false };
        let options = Options { data_dir: folder.clone(), search, tuning, tenure: Tenure::Owner };
        let cluster = Cluster::start(&options).inspect_err(|_| {
            let _ = fs::remove_dir_all(&folder);
        })?;
        let janitor = Self::hire(&folder)?;
        Ok(Self { url: cluster.url_of("postgres"), cluster: Some(cluster), janitor })
    }

    /// Where an empty database is. The role that it names may create more.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn hire(folder: &Path) -> Result<Child> {
        let record = Record::read(&folder.join("postgres")).context("the server left no record")?;
        let mut janitor = Command::new("sh");
        janitor.args(["-c", JANITOR, "janitor", &record.pid().to_string()]).arg(folder);
        janitor.stdin(Stdio::piped()).process_group(0);
        janitor.spawn().context("cannot start a shell")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // First the server and its keeper, who would otherwise start it again in a folder that is going away.
        self.cluster = None;
        drop(self.janitor.stdin.take());
        let _ = self.janitor.wait();
    }
}
