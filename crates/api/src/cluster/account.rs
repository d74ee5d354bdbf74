//! The operating system account under which PostgreSQL runs.
//!
//! PostgreSQL refuses to run as root. A server started by root therefore gives the cluster to somebody else: to whoever
//! owns the data folder already, else to `postgres`, else to `nobody`.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Who runs the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    uid: u32,
    gid: u32,
    /// Whether programs must be started under another account than ours.
    drop: bool,
}

impl Account {
    /// Chooses the account for a cluster that is, or will be, in this folder.
    pub fn for_cluster(folder: &Path) -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Self::current();
        }
        let owner = fs::metadata(folder).map(|found| found.uid()).unwrap_or(0);
        if owner != 0 {
            return Self::look_up(&owner.to_string());
        }
        Self::look_up("postgres").or_else(|_| Self::look_up("nobody"))
    }

    /// The account of this process.
    pub fn current() -> Result<Self> {
        let uid = rustix::process::geteuid().as_raw();
        let name = id("-un", &uid.to_string()).unwrap_or_else(|_| uid.to_string());
        Ok(Self { name, uid, gid: rustix::process::getegid().as_raw(), drop: false })
    }

    fn look_up(name: &str) -> Result<Self> {
        let number = |flag| id(flag, name)?.parse().context("an account number is not a number");
        Ok(Self { name: id("-un", name)?, uid: number("-u")?, gid: number("-g")?, drop: true })
    }

    /// Makes a command run under this account, without any of root's groups.
    pub fn run<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if self.drop {
            // Setting a user as root also empties the list of supplementary groups.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Makes a folder that only this account (and root) can open.
    pub fn private_folder(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        self.own(folder)?;
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(folder, mode).with_context(|| format!("cannot close {} to others", folder.display()))
    }

    /// Gives a file or folder to this account.
    pub fn own(&self, path: &Path) -> Result<()> {
        if self.drop {
            chown(path, Some(self.uid), Some(self.gid))
                .with_context(|| format!("cannot give {} to {}", path.display(), self.name))?;
        }
        Ok(())
    }

    /// Refuses a place that the account could not reach, such as one below root's home.
    pub fn check_reach(&self, folder: &Path) -> Result<()> {
        if !self.drop {
            return Ok(());
        }
        for parent in folder.ancestors().filter(|parent| parent.is_dir()) {
            let found = fs::metadata(parent)?;
            let search = match () {
                () if found.uid() == self.uid => 0o100,
                () if found.gid() == self.gid => 0o010,
                () => 0o001,
            };
            ensure!(
                found.mode() & search != 0,
                "PostgreSQL runs as {}, who may not enter {}: choose another ZHIYIN_DATA_DIR",
                self.name,
                parent.display()
            );
        }
        Ok(())
    }
}

/// What `id` says about an account. The account database may be a file or a directory service; `id` knows both.
fn id(flag: &str, name: &str) -> Result<String> {
    let answer = Command::new("id").args([flag, name]).output().context("cannot run id")?;
    ensure!(answer.status.success(), "there is no account {name}");
    Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}
