//! The configuration files of the private cluster, written before every start.
//!
//! Only what must differ from PostgreSQL's own defaults stands here. An operator's changes belong into
//! `postgresql.conf`, after the line that includes ours.

use std::path::Path;

/// How much of the machine the cluster may count on, and whether data must survive a power cut.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// Memory of the machine in bytes.
    pub memory: u64,
    pub connections: u32,
    /// False only for tests, whose data nobody needs after a crash.
    pub durable: bool,
}

/// What not every build of the server has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abilities {
    /// It can keep its memory over a restart.
    pub warms: bool,
    /// It can compress its log by LZ4. Right after a checkpoint that makes creating half as fast again as its own method.
    pub lz4: bool,
}

const MIB: u64 = 1 << 20;

impl Tuning {
    /// Our part of the configuration of a server that is able to do this.
    pub fn configuration(&self, sockets: &Path, abilities: Abilities) -> String {
        let memory = self.memory / MIB;
        let shared = (memory / 4).clamp(128, 8192);
        let cache = (memory * 6 / 10).max(256);
        let maintenance = (memory / 32).clamp(64, 1024);
        let mut lines = vec![
            "# Written by zhiyin at every start; put your own settings into postgresql.conf.".into(),
            "listen_addresses = ''".into(),
            format!("unix_socket_directories = '{}'", sockets.display()),
            format!("max_connections = {}", self.connections + 20),
            format!("shared_buffers = {shared}MB"),
            format!("effective_cache_size = {cache}MB"),
            format!("maintenance_work_mem = {maintenance}MB"),
            "work_mem = 16MB".into(),
            "max_wal_size = 4GB".into(),
            "checkpoint_timeout = 15min".into(),
            format!("wal_compression = {}", if abilities.lz4 { "lz4" } else { "on" }),
            "random_page_cost = 1.1".into(),
            // Our statements are short; compiling them costs more than it saves.
            "jit = off".into(),
            "track_io_timing = on".into(),
            "autovacuum_vacuum_scale_factor = 0.05".into(),
            "autovacuum_analyze_scale_factor = 0.02".into(),
            "idle_in_transaction_session_timeout = 60s".into(),
            "timezone = 'UTC'".into(),
            "log_timezone = 'UTC'".into(),
            "log_line_prefix = '%m [%p] '".into(),
            // Values of statements may be personal data; they stay out of the log.
            "log_parameter_max_length = 0".into(),
            "log_parameter_max_length_on_error = 0".into(),
            "log_error_verbosity = terse".into(),
            "log_min_error_statement = panic".into(),
        ];
        if abilities.warms && self.durable {
            // After a restart the first searches would read the token index from disk, page by page, for seconds.
            lines.push("shared_preload_libraries = 'pg_prewarm'".into());
        }
        if !self.durable {
            lines.extend(["fsync", "full_page_writes", "synchronous_commit"].map(|s| format!("{s} = off")));
        }
        lines.join("\n") + "\n"
    }
}

/// Who may connect: only local processes, as the database roles that their operating system account stands for.
pub const ACCESS: &str = "# Written by zhiyin at every start.\nlocal all all peer map=zhiyin\n";

/// Which operating system accounts stand for which database roles.
pub fn identities<'a>(accounts: impl IntoIterator<Item = &'a str>) -> String {
    let mut lines = String::from("# Written by zhiyin at every start.\n");
    for account in accounts {
        for role in [super::ROLE, super::SUPERUSER] {
            lines.push_str(&format!("zhiyin \"{account}\" {role}\n"));
        }
    }
    lines
}

/// The memory of this machine, or of the container that we run in.
pub fn memory() -> u64 {
    let number = |file: &str| std::fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let machine = installed_memory().unwrap_or(4096 * MIB);
    limits.iter().filter_map(|file| number(file)).fold(machine, u64::min)
}

fn installed_memory() -> Option<u64> {
    let table = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = table.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration(gibibytes: u64, durable: bool) -> String {
        let tuning = Tuning { memory: gibibytes << 30, connections: 20, durable };
        tuning.configuration(Path::new("/run/zhiyin"), Abilities::default())
    }

    #[test]
    fn a_server_is_asked_only_for_what_it_is_able_to_do() {
        let tuning = Tuning { memory: 4 << 30, connections: 20, durable: true };
        let asked = |able| {
            let text = tuning.configuration(Path::new("/run/zhiyin"), Abilities { warms: able, lz4: able });
            (text.contains("pg_prewarm"), text.contains("lz4"), text.contains("wal_compression"))
        };
        assert_eq!(asked(true), (true, true, true));
        assert_eq!(asked(false), (false, false, true), "it would not start with what it lacks");
    }

    #[test]
    fn a_real_cluster_never_gives_up_durability() {
        assert!(!configuration(24, true).contains("fsync"));
        assert!(configuration(24, false).contains("fsync = off"));
    }

    #[test]
    fn memory_follows_the_machine_within_limits() {
        assert!(configuration(24, true).contains("shared_buffers = 6144MB"));
        assert!(configuration(512, true).contains("shared_buffers = 8192MB"));
        assert!(configuration(0, true).contains("shared_buffers = 128MB"));
    }

    #[test]
    fn nobody_connects_over_the_network() {
        assert!(configuration(4, true).contains("listen_addresses = ''"));
        assert!(ACCESS.lines().all(|line| line.starts_with('#') || line.starts_with("local ")));
    }
}
