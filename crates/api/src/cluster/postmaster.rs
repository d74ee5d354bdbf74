//! The running PostgreSQL server: is it there, is it ready, make it stop.
//!
//! A server outlives us when we are killed. What it writes into `postmaster.pid` tells the next start where it is, so
//! that it can be taken over instead of being started beside itself.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::account::Account;
use super::binaries::Binaries;

const POLL: Duration = Duration::from_millis(20);

/// What the server itself wrote down about its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pid: Pid,
    pub sockets: PathBuf,
    pub ready: bool,
}

impl Record {
    /// Reads the record of a cluster folder, if there is a complete one.
    pub fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let pid = Pid::from_raw(lines.first()?.parse().ok()?)?;
        let ready = lines.get(7).is_some_and(|status| *status == "ready");
        Some(Self { pid, sockets: lines.get(4)?.into(), ready })
    }

    pub fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Whether the process of the record lives and serves this folder. After a crash its number may belong to another.
    pub fn is_running(&self, cluster: &Path) -> bool {
        exists(self.pid) && command_line(self.pid).contains(&*cluster.to_string_lossy())
    }
}

/// A server that we started, or that we found running and took over.
pub enum Postmaster {
    Child(Child),
    Adopted(Pid),
}

impl Postmaster {
    /// Takes over a running server.
    pub fn adopt(record: &Record) -> Self {
        Self::Adopted(record.pid)
    }

    /// Starts the server and waits until it answers.
    pub fn start(binaries: &Binaries, account: &Account, cluster: &Path, log: &Path) -> Result<Self> {
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            match Self::try_start(binaries, account, cluster, log) {
                // Workers of a server that was killed still hold its memory; they end by themselves.
                Err(error) if error.to_string().contains("still in use") && Instant::now() < patience => {
                    thread::sleep(Duration::from_millis(200));
                }
                result => return result,
            }
        }
    }

    fn try_start(binaries: &Binaries, account: &Account, cluster: &Path, log: &Path) -> Result<Self> {
        let mut output = open_log(log)?;
        let before = output.seek(SeekFrom::End(0))?;
        let mut command = binaries.command("postgres");
        command.arg("-D").arg(cluster).current_dir(cluster);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        // Its own group, so that Ctrl-C in a terminal reaches only us, and we stop it when the last request is done.
        command.process_group(0);
        let child = account.run(&mut command).spawn().context("PostgreSQL cannot be started")?;
        let mut postmaster = Self::Child(child);
        postmaster.wait_until_ready(cluster).map_err(|error| {
            postmaster.signal(Signal::QUIT);
            error.context(format!("PostgreSQL does not start: {}", tail(log, before)))
        })?;
        Ok(postmaster)
    }

    /// Recovery after a power cut may take long, so only the end of the process ends the wait.
    fn wait_until_ready(&mut self, cluster: &Path) -> Result<()> {
        let started = Instant::now();
        let mut told = Duration::from_secs(5);
        loop {
            if !self.is_alive() {
                bail!("it ended at once");
            }
            let own = |record: &Record| Some(record.pid) == self.pid() && record.ready;
            if Record::read(cluster).as_ref().is_some_and(own) {
                return Ok(());
            }
            if started.elapsed() > told {
                tracing::info!("PostgreSQL is recovering, {} s so far", started.elapsed().as_secs());
                told *= 2;
            }
            thread::sleep(POLL);
        }
    }

    pub fn is_alive(&mut self) -> bool {
        match self {
            Self::Child(child) => matches!(child.try_wait(), Ok(None)),
            Self::Adopted(pid) => exists(*pid),
        }
    }

    /// Ends it: a fast shutdown rolls open transactions back and writes a checkpoint; if that takes too long, at once.
    pub fn stop(&mut self) {
        for (signal, patience) in [(Signal::INT, 60), (Signal::QUIT, 10), (Signal::KILL, 5)] {
            if !self.is_alive() {
                return;
            }
            self.signal(signal);
            let limit = Instant::now() + Duration::from_secs(patience);
            while self.is_alive() && Instant::now() < limit {
                thread::sleep(POLL);
            }
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid() {
            // It may have ended a moment ago; then there is nobody to tell.
            let _ = kill_process(pid, signal);
        }
    }

    fn pid(&self) -> Option<Pid> {
        match self {
            Self::Child(child) => Pid::from_raw(i32::try_from(child.id()).ok()?),
            Self::Adopted(pid) => Some(*pid),
        }
    }
}

/// The log of the server: what it wrote since its last start, and the time before, up to a size.
fn open_log(path: &Path) -> Result<File> {
    const LARGEST: u64 = 10 << 20;
    if fs::metadata(path).is_ok_and(|found| found.len() > LARGEST) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let log = File::options().create(true).append(true).open(path);
    log.with_context(|| format!("cannot write {}", path.display()))
}

/// What the server complained about, in one line.
fn tail(log: &Path, from: u64) -> String {
    let mut text = String::new();
    if let Ok(mut file) = File::open(log) {
        let _ = file.seek(SeekFrom::Start(from)).and_then(|_| file.read_to_string(&mut text));
    }
    let complaints = text.lines().filter(|line| line.contains("FATAL") || line.contains("HINT"));
    let complaints = complaints.collect::<Vec<_>>().join("; ");
    if complaints.is_empty() { format!("see {}", log.display()) } else { complaints }
}

/// Whether a process lives; one that belongs to somebody else lives too.
fn exists(pid: Pid) -> bool {
    !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

fn command_line(pid: Pid) -> String {
    let pid = pid.as_raw_nonzero();
    if let Ok(words) = fs::read(format!("/proc/{pid}/cmdline")) {
        return String::from_utf8_lossy(&words).replace('\0', " ");
    }
    let answer = Command::new("ps").args(["-o", "args=", "-p", &pid.to_string()]).output();
    answer.map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "4711\n/data/postgres\n1700000000\n5432\n/data/run\n\n  1234  5\nready   \n";

    #[test]
    fn the_record_says_where_and_whether_ready() {
        let record = Record::parse(FILE).expect("a complete record");
        assert!(record.ready);
        assert_eq!(record.sockets, Path::new("/data/run"));
        let starting = Record::parse(&FILE.replace("ready", "starting")).expect("complete");
        assert!(!starting.ready);
        assert_eq!(Record::parse("4711\n/data"), None);
    }

    #[test]
    fn a_number_that_belongs_to_another_program_is_not_our_server() {
        let record = Record { pid: rustix::process::getpid(), sockets: "/run".into(), ready: true };
        assert!(!record.is_running(Path::new("/no/such/cluster")));
    }
}
