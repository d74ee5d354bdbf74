//! The private PostgreSQL: a real server in our data folder, for those who did not name one of their own.
//!
//! It listens on a local socket only, runs under an unprivileged account, and ends with us. One process owns it, held by
//! a file lock that the kernel releases however that process ends; another `zhiyin` command on the same folder is a guest
//! and only connects. A server that was left running by a killed owner is taken over by the next.

mod account;
mod binaries;
mod postmaster;
pub mod room;
mod scratch;
mod settings;

use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};

use self::account::Account;
pub use self::binaries::{Binaries, Search, install_hint};
use self::postmaster::{Postmaster, Record};
pub use self::scratch::Scratch;
pub use self::settings::{Tuning, memory};
use crate::config::Config;

/// The database role of the application: it owns its database and nothing else.
pub const ROLE: &str = "zhiyin";
/// The role that initialised the cluster.
pub const SUPERUSER: &str = "postgres";

/// A path to a socket may have about 107 bytes; the name of the socket itself takes some of them.
const LONGEST_SOCKET_FOLDER: usize = 85;

/// What the cluster is made from.
#[derive(Clone, Debug)]
pub struct Options {
    pub data_dir: PathBuf,
    pub search: Search,
    pub tuning: Tuning,
    pub tenure: Tenure,
}

/// What to do when another process runs the cluster already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenure {
    /// Wait until that process has ended, as a server that is being restarted does.
    Owner,
    /// Connect to it, as a short command does.
    OwnerOrGuest,
}

/// How long an ending server may keep its successor waiting: its last requests, and its last checkpoint.
const HANDOVER: Duration = Duration::from_secs(60);

/// A running private PostgreSQL. It stops when the value of its owner is dropped.
pub struct Cluster {
    sockets: PathBuf,
    keeper: Option<Keeper>,
}

impl Cluster {
    /// Starts the cluster of this data folder, makes it if there is none, or joins the one that runs.
    pub fn start(options: &Options) -> Result<Self> {
        let place = ClusterFolder::of(&options.data_dir)?;
        let lock = match (place.lock()?, options.tenure) {
            (Some(lock), _) => lock,
            (None, Tenure::OwnerOrGuest) => return place.join(),
            (None, Tenure::Owner) => place.wait_for_lock()?,
        };
        let major = place.major()?;
        let binaries = options.search.find(major)?;
        place.check_major(major, &binaries)?;
        place.account.check_reach(&place.data)?;
        if major.is_none() {
            place.create(&binaries, options.tuning.durable)?;
        }
        let changed = place.configure(&options.tuning, &binaries)?;
        let postmaster = place.run(&binaries, changed)?;
        let sockets = place.sockets.clone();
        Ok(Self { sockets, keeper: Some(Keeper::start(place, binaries, postmaster, lock)) })
    }

    /// Where the application's database is, for any PostgreSQL client.
    pub fn url(&self) -> String {
        self.url_of(ROLE)
    }

    /// Where another database of this cluster is.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgresql://{ROLE}@/{database}?host={}", escaped(&self.sockets))
    }

    /// Whether this process started the cluster and will stop it.
    pub fn is_owner(&self) -> bool {
        self.keeper.is_some()
    }
}

/// What tells the files of the private cluster from a copy of them; nothing without one, or where it cannot be looked at.
/// A copy has files of its own, made when it was copied; a restart changes neither.
pub fn ground(config: &Config) -> Option<String> {
    let cluster = config.database_url.is_none().then(|| config.data_dir.join("postgres"))?;
    let file = fs::metadata(cluster.join("PG_VERSION")).ok()?;
    let made = file.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Some(format!("{}-{}", file.ino(), made.as_nanos()))
}

/// The folders and files of one cluster.
struct ClusterFolder {
    data: PathBuf,
    cluster: PathBuf,
    sockets: PathBuf,
    log: PathBuf,
    account: Account,
}

impl ClusterFolder {
    fn of(data: &Path) -> Result<Self> {
        fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
        let data = data.canonicalize()?;
        let cluster = data.join("postgres");
        let account = Account::for_cluster(if cluster.exists() { &cluster } else { &data })?;
        let sockets = socket_folder(&data);
        Ok(Self { log: data.join("postgres.log"), data, cluster, sockets, account })
    }

    /// The lock of the owner, or nothing when somebody else holds it.
    fn lock(&self) -> Result<Option<File>> {
        let path = self.data.join("zhiyin.lock");
        let file = File::options().create(true).append(true).open(&path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    fn wait_for_lock(&self) -> Result<File> {
        tracing::info!("waiting for the zhiyin that uses {} to end", self.data.display());
        let limit = Instant::now() + HANDOVER;
        while Instant::now() < limit {
            thread::sleep(Duration::from_millis(50));
            if let Some(lock) = self.lock()? {
                return Ok(lock);
            }
        }
        bail!("another zhiyin already serves {}", self.data.display())
    }

    /// As a guest: waits until the owner's server answers.
    fn join(&self) -> Result<Cluster> {
        let limit = Instant::now() + HANDOVER;
        while Instant::now() < limit {
            match Record::read(&self.cluster) {
                Some(record) if record.ready => {
                    return Ok(Cluster { sockets: record.sockets, keeper: None });
                }
                _ => thread::sleep(Duration::from_millis(50)),
            }
        }
        bail!("another zhiyin uses {}, but its PostgreSQL does not answer", self.data.display())
    }

    /// The major version that made the cluster, if there is one.
    fn major(&self) -> Result<Option<u32>> {
        let file = self.cluster.join("PG_VERSION");
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text.trim().parse().context("PG_VERSION is not a number")?)),
            Err(_) if !self.cluster.exists() => Ok(None),
            Err(_) => bail!("{} is not a PostgreSQL data folder", self.cluster.display()),
        }
    }

    fn check_major(&self, made_by: Option<u32>, binaries: &Binaries) -> Result<()> {
        let made_by = made_by.unwrap_or(binaries.major);
        ensure!(
            made_by == binaries.major,
            "{} was made by PostgreSQL {made_by} and cannot be opened by PostgreSQL {} ({}): install PostgreSQL \
             {made_by}, or dump the data with it and load the dump into a new folder",
            self.cluster.display(),
            binaries.major,
            binaries.folder.display(),
        );
        Ok(())
    }

    /// Makes a new cluster beside its final place, so that an interrupted attempt leaves nothing half made.
    fn create(&self, binaries: &Binaries, durable: bool) -> Result<()> {
        tracing::info!("making a PostgreSQL {} cluster in {}", binaries.major, self.cluster.display());
        let draft = self.data.join("postgres.new");
        if draft.exists() {
            fs::remove_dir_all(&draft)?;
        }
        self.account.private_folder(&draft)?;
        let mut initdb = binaries.command("initdb");
        initdb.arg("--pgdata").arg(&draft).args(["--encoding=UTF8", "--data-checksums"]);
        initdb.args(locale(binaries.major)).arg(format!("--username={SUPERUSER}"));
        initdb.args(["--auth-local=peer", "--auth-host=reject", "--no-instructions"]);
        initdb.args((!durable).then_some("--no-sync")).current_dir(&self.data);
        let answer = self.account.run(&mut initdb).output().context("initdb cannot be started")?;
        let reason = String::from_utf8_lossy(&answer.stderr);
        ensure!(answer.status.success(), "initdb failed: {}", reason.trim());
        let include = "\ninclude 'zhiyin.conf'\n# Your own settings go below this line.\n";
        let mut configuration = File::options().append(true).open(draft.join("postgresql.conf"))?;
        configuration.write_all(include.as_bytes())?;
        fs::write(draft.join("zhiyin.conf"), "")?;
        self.create_database(binaries, &draft)?;
        fs::rename(&draft, &self.cluster)?;
        Ok(())
    }

    /// Makes role and database without a running server, so that nobody can see a cluster that lacks them.
    fn create_database(&self, binaries: &Binaries, folder: &Path) -> Result<()> {
        let mut single = binaries.command("postgres");
        single.args(["--single", "-c", "exit_on_error=on", "-D"]).arg(folder).arg("postgres");
        single.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = self.account.run(&mut single).spawn()?;
        let statements = format!("create role {ROLE} login createdb;\ncreate database {ROLE} owner {ROLE};\n");
        let mut input = child.stdin.take().context("the server takes no statements")?;
        input.write_all(statements.as_bytes())?;
        drop(input);
        let answer = child.wait_with_output()?;
        let reason = String::from_utf8_lossy(&answer.stderr);
        ensure!(answer.status.success(), "the database cannot be made: {}", reason.trim());
        Ok(())
    }

    /// Writes our configuration and says whether a running server would have to be restarted for it.
    fn configure(&self, tuning: &Tuning, binaries: &Binaries) -> Result<bool> {
        let own = Account::current()?.name;
        let mut accounts = vec![own.as_str()];
        if own != self.account.name {
            accounts.push(&self.account.name);
        }
        let files = [
            ("zhiyin.conf", tuning.configuration(&self.sockets, binaries.abilities())),
            ("pg_hba.conf", settings::ACCESS.to_owned()),
            ("pg_ident.conf", settings::identities(accounts)),
        ];
        let mut changed = false;
        for (name, text) in files {
            let path = self.cluster.join(name);
            if fs::read_to_string(&path).is_ok_and(|found| found == text) {
                continue;
            }
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            self.account.own(&path)?;
            changed = true;
        }
        Ok(changed)
    }

    /// Takes over a running server, or starts one.
    fn run(&self, binaries: &Binaries, changed: bool) -> Result<Postmaster> {
        if let Some(record) = Record::read(&self.cluster).filter(|r| r.is_running(&self.cluster)) {
            let mut running = Postmaster::adopt(&record);
            if record.ready && !changed && record.sockets == self.sockets {
                tracing::info!("taking over the PostgreSQL that a killed zhiyin left running");
                return Ok(running);
            }
            running.stop();
        }
        self.start(binaries)
    }

    fn start(&self, binaries: &Binaries) -> Result<Postmaster> {
        // We hold the lock and no server runs, so what is left of an earlier run is stale, even if a process of the same
        // number exists by now.
        let _ = fs::remove_file(self.cluster.join("postmaster.pid"));
        let _ = fs::remove_file(self.sockets.join(".s.PGSQL.5432.lock"));
        check_stranger(&self.sockets, &self.data)?;
        self.account.private_folder(&self.sockets)?;
        Postmaster::start(binaries, &self.account, &self.cluster, &self.log)
    }
}

/// The thread that owns the server: it starts it again should it end, and stops it with us.
struct Keeper {
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    fn start(place: ClusterFolder, binaries: Binaries, mut postmaster: Postmaster, lock: File) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            while stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                if postmaster.is_alive() {
                    continue;
                }
                tracing::error!("PostgreSQL ended unexpectedly, starting it again");
                match place.start(&binaries) {
                    Ok(started) => postmaster = started,
                    Err(error) => tracing::error!("{error:#}"),
                }
            }
            postmaster.stop();
            // Held until here: the next owner may start only when this server has ended.
            drop(lock);
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Character rules of Unicode everywhere; with locale C, trigram search finds no Chinese.
fn locale(major: u32) -> &'static [&'static str] {
    match (cfg!(target_os = "macos"), major) {
        (false, _) => &["--locale=C.UTF-8"],
        (true, 17..) => &["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
        (true, _) => &["--locale-provider=icu", "--icu-locale=und", "--locale=C"],
    }
}

/// In the data folder, unless its path is too long for a socket.
fn socket_folder(data: &Path) -> PathBuf {
    let folder = data.join("run");
    if folder.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
        return folder;
    }
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    PathBuf::from(format!("/tmp/zhiyin-{:016x}", hasher.finish()))
}

/// A socket folder outside our data folder may have been laid out by somebody else as a trap.
fn check_stranger(sockets: &Path, data: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let Ok(found) = fs::symlink_metadata(sockets) else {
        return Ok(());
    };
    let owners = [fs::metadata(data)?.uid(), fs::metadata(data.join("postgres"))?.uid()];
    ensure!(found.is_dir() && owners.contains(&found.uid()), "{} belongs to somebody else", sockets.display());
    Ok(())
}

/// A path as part of a URL.
fn escaped(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    let texts = bytes.map(|&byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    texts.collect()
}
