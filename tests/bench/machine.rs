//! What the processes cost, and what else the machine was doing meanwhile, read from /proc.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Linux has counted in these for decades.
const TICKS: f64 = 100.0;

/// Processor seconds so far: of our server, of PostgreSQL, and of everything on the machine.
#[derive(Clone, Copy, Default)]
pub struct Spent {
    pub server: f64,
    pub postgres: f64,
    pub all: f64,
}

pub struct Machine {
    pub server: u32,
    pub postmaster: u32,
}

impl Machine {
    pub fn spent(&self) -> Spent {
        // A backend that has ended is counted by its parent.
        let backends: f64 = children(self.postmaster).into_iter().map(|pid| own(pid).0).sum();
        let (running, ended) = own(self.postmaster);
        let server = own(self.server).0;
        Spent { server, postgres: backends + running + ended, all: busy() }
    }

    /// On a shared machine a kernel with autogroups gives every session the same share, and each backend is a session of
    /// its own: without this the neighbours, not the code, would be measured. Needs root; without it nothing happens.
    pub fn boost(&self) {
        let own = [self.server, self.postmaster, std::process::id()];
        for pid in own.into_iter().chain(children(self.postmaster)) {
            let _ = fs::write(format!("/proc/{pid}/autogroup"), "-10");
        }
    }

    /// Resident memory of the server in MiB.
    pub fn resident(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.server)).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or_default() / 1024
    }
}

impl std::ops::Sub for Spent {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            server: self.server - before.server,
            postgres: self.postgres - before.postgres,
            all: self.all - before.all,
        }
    }
}

/// The process that runs a cluster.
pub fn postmaster(cluster: &Path) -> Result<u32> {
    let text = fs::read_to_string(cluster.join("postmaster.pid"))?;
    text.lines().next().and_then(|line| line.parse().ok()).context("no postmaster")
}

/// In words for the report: processors, memory, load.
pub fn describe() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get());
    let model = read("/proc/cpuinfo");
    let model = model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let memory = read("/proc/meminfo");
    let memory = memory.lines().next().and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    let load = read("/proc/loadavg");
    let load: Vec<&str> = load.split(' ').take(3).collect();
    let model = model.trim_start_matches([' ', '\t', ':']);
    format!("{processors} × {model}, {} GiB, load average {}", memory.unwrap_or(0) >> 20, load.join(" "))
}

/// Processor seconds of a process, and of its children that have ended.
fn own(pid: u32) -> (f64, f64) {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let numbers: Vec<f64> =
        after_name.split_whitespace().skip(11).take(4).filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [user, system, ended_user, ended_system] => ((user + system) / TICKS, (ended_user + ended_system) / TICKS),
        _ => (0.0, 0.0),
    }
}

fn children(pid: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Processor seconds that somebody on the machine has used.
fn busy() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let numbers: Vec<f64> = line.split_whitespace().skip(1).take(8).filter_map(|word| word.parse().ok()).collect();
    let idle: f64 = numbers.iter().skip(3).take(2).sum();
    (numbers.iter().sum::<f64>() - idle) / TICKS
}
