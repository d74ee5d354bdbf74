//! Every setting of the server, read once at start. Nothing else reads the environment.
//!
//! Later sources win: the defaults of [`SETTINGS`], an optional TOML file, the environment. A name nobody knows is
//! refused, because a misspelt setting that is silently ignored is found in production.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use store::platform::settings::Times;

/// A setting as the README shows it; a test compares the two tables.
pub struct Setting {
    /// The name in the environment. In the TOML file it is the same, in lower case and without `ZHIYIN_`.
    pub name: &'static str,
    /// The default, in words when it depends on the machine.
    pub default: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
}

/// All settings, in the order in which an operator meets them.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "DATABASE_URL",
        default: "",
        meaning: "PostgreSQL to use; without it the server runs a private one in its data folder",
    },
    Setting {
        name: "ZHIYIN_DATABASE_CONNECTIONS",
        default: "30",
        meaning: "Largest number of database connections of one server process, 7 or more",
    },
    Setting {
        name: "ZHIYIN_DATA_DIR",
        default: "/var/lib/zhiyin as root, else the user's data folder",
        meaning: "Folder for the private PostgreSQL, keys and files",
    },
    Setting {
        name: "ZHIYIN_ROOT_KEY",
        default: "",
        meaning: "Root key that seals personal data, 64 hexadecimal digits; without it the key file is read",
    },
    Setting {
        name: "ZHIYIN_ROOT_KEY_FILE",
        default: "root.key in the data folder",
        meaning: "File of the root key, made at the first start; all servers of one database need the same key",
    },
    Setting {
        name: "ZHIYIN_CACHE_DIR",
        default: "/var/cache/zhiyin as root, else the user's cache folder",
        meaning: "Folder for what can be fetched again, such as PostgreSQL programs",
    },
    Setting {
        name: "ZHIYIN_PG_BIN",
        default: "",
        meaning: "Folder of the PostgreSQL programs; without it the usual places are searched",
    },
    Setting { name: "ZHIYIN_LISTEN", default: "127.0.0.1:8080", meaning: "Address and port of the application" },
    Setting {
        name: "ZHIYIN_METRICS_LISTEN",
        default: "127.0.0.1:9464",
        meaning: "Address and port of the metrics for Prometheus; empty switches them off",
    },
    Setting {
        name: "ZHIYIN_PUBLIC_URL",
        default: "http:// and the listen address",
        meaning: "Address under which browsers reach the application; with https cookies and headers become strict",
    },
    Setting {
        name: "ZHIYIN_TRUSTED_PROXIES",
        default: "",
        meaning: "Load balancers whose X-Forwarded-For is believed: addresses or networks, separated by commas",
    },
    Setting {
        name: "ZHIYIN_REQUESTS_PER_MINUTE",
        default: "600",
        meaning: "Requests that one session, or one address without a session, may send in a minute, to all servers of one database together",
    },
    Setting {
        name: "ZHIYIN_REQUEST_SECONDS",
        default: "30",
        meaning: "Longest time that a request may take before it is answered with 503; files on their way in or out may take longer",
    },
    Setting {
        name: "ZHIYIN_SESSION_IDLE_MINUTES",
        default: "30",
        meaning: "A session that is not used for so long ends, 1 to 1440",
    },
    Setting {
        name: "ZHIYIN_SESSION_HOURS",
        default: "12",
        meaning: "A session ends after so many hours, however busy, 1 to 720",
    },
    Setting {
        name: "ZHIYIN_UTC_OFFSET_MINUTES",
        default: "480",
        meaning: "Where the company's day begins, in minutes from UTC, -720 to 840",
    },
    Setting {
        name: "ZHIYIN_WORKERS",
        default: "0",
        meaning: "Number of web worker threads; 0 means one per processor",
    },
    Setting {
        name: "ZHIYIN_DRAIN_SECONDS",
        default: "0",
        meaning: "How long to go on answering after a stop signal, so that a load balancer notices",
    },
    Setting {
        name: "ZHIYIN_LOG",
        default: "info",
        meaning: "What to log: a level, or levels by module such as info,store=debug",
    },
    Setting { name: "ZHIYIN_LOG_FORMAT", default: "pretty", meaning: "pretty for people, json for machines" },
];

/// The settings as the program uses them. Not printable, because some are secrets.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub database_url: Option<String>,
    pub database_connections: u32,
    pub data_dir: PathBuf,
    pub root_key: Option<String>,
    pub root_key_file: Option<PathBuf>,
    pub cache_dir: PathBuf,
    pub pg_bin: Option<PathBuf>,
    pub listen: String,
    pub metrics_listen: Option<String>,
    pub public_url: Option<String>,
    pub trusted_proxies: String,
    pub requests_per_minute: u32,
    pub request_seconds: u64,
    pub session_idle_minutes: i64,
    pub session_hours: i64,
    pub utc_offset_minutes: i64,
    pub workers: usize,
    pub drain_seconds: u64,
    pub log: String,
    pub log_format: LogFormat,
    /// The folders in which programs are looked for; not a setting of ours.
    #[serde(skip)]
    pub path: Vec<PathBuf>,
}

/// Who reads the log.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

impl Config {
    /// Reads the file, if one is named, and the environment of this process.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::read(file, &environment, rustix::process::geteuid().is_root())
    }

    /// The same from given sources, so that tests need not touch the environment.
    pub fn read(file: Option<&Path>, environment: &HashMap<String, String>, root: bool) -> Result<Self> {
        let folders = Folders::of(environment, root);
        let mut sources =
            config::Config::builder().set_default("data_dir", folders.data)?.set_default("cache_dir", folders.cache)?;
        for setting in SETTINGS.iter().filter(|setting| !setting.depends()) {
            sources = sources.set_default(setting.key(), setting.default)?;
        }
        if let Some(file) = file {
            sources = sources.add_source(config::File::from(file));
        }
        for (key, value) in named(environment) {
            sources = sources.set_override(key, value.as_str())?;
        }
        let mut config: Self = sources
            .build()
            .context("the configuration cannot be read")?
            .try_deserialize()
            .context("the configuration is wrong")?;
        config.times().context("the configuration is wrong")?;
        config.path = environment.get("PATH").map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
        Ok(config.without_empty())
    }

    /// How long people stay signed in, and where their day begins.
    pub fn times(&self) -> Result<Times> {
        let times = Times::new(self.session_idle_minutes, self.session_hours, self.utc_offset_minutes);
        times.context(
            "ZHIYIN_SESSION_IDLE_MINUTES, ZHIYIN_SESSION_HOURS or ZHIYIN_UTC_OFFSET_MINUTES is out of its range",
        )
    }

    /// The address that people type, without a slash at its end.
    pub fn public_url(&self) -> String {
        let given = self.public_url.as_deref();
        let url = given.map_or_else(|| format!("http://{}", self.listen), str::to_owned);
        url.trim_end_matches('/').to_owned()
    }

    /// How many threads answer requests.
    pub fn web_workers(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(2, usize::from);
        if self.workers > 0 { self.workers } else { processors() }
    }

    /// Whether browsers reach the application over https.
    pub fn is_https(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// An empty value is the same as none, so that a setting can be switched off where the file sets it.
    fn without_empty(mut self) -> Self {
        let texts = [&mut self.database_url, &mut self.root_key, &mut self.metrics_listen, &mut self.public_url];
        for text in texts {
            text.take_if(|text| text.is_empty());
        }
        for path in [&mut self.pg_bin, &mut self.root_key_file] {
            path.take_if(|path| path.as_os_str().is_empty());
        }
        self
    }
}

impl Setting {
    /// The name inside the program and in the TOML file.
    pub fn key(&self) -> String {
        key(self.name)
    }

    /// Whether the default is found on the machine rather than written in the table.
    fn depends(&self) -> bool {
        self.default.contains(' ')
    }
}

fn key(name: &str) -> String {
    name.strip_prefix("ZHIYIN_").unwrap_or(name).to_lowercase()
}

/// The part of the environment that is meant for us. Unknown names stay in, to be refused.
fn named(environment: &HashMap<String, String>) -> impl Iterator<Item = (String, &String)> {
    let ours = |name: &str| name.starts_with("ZHIYIN_") || name.starts_with("DATABASE_");
    let known = |name: &str| SETTINGS.iter().any(|setting| setting.name == name);
    environment
        .iter()
        .filter(move |(name, _)| ours(name) && (known(name) || name.starts_with("ZHIYIN_")))
        .filter(|(name, _)| *name != "ZHIYIN_CONFIG")
        .map(|(name, value)| (key(name), value))
}

/// Where this user's data and cache belong.
struct Folders {
    data: String,
    cache: String,
}

impl Folders {
    fn of(environment: &HashMap<String, String>, root: bool) -> Self {
        if root {
            return Self { data: "/var/lib/zhiyin".into(), cache: "/var/cache/zhiyin".into() };
        }
        let home = environment.get("HOME").map_or(".", String::as_str);
        let folder = |variable: &str, usual: &str| match environment.get(variable) {
            Some(path) if Path::new(path).is_absolute() => format!("{path}/zhiyin"),
            _ => format!("{home}/{usual}/zhiyin"),
        };
        Self { data: folder("XDG_DATA_HOME", ".local/share"), cache: folder("XDG_CACHE_HOME", ".cache") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config> {
        let environment = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Config::read(None, &environment.collect(), false)
    }

    #[test]
    fn defaults_are_those_of_the_table() {
        let config = read(&[("HOME", "/home/li")]).expect("the defaults are valid");
        assert_eq!(config.listen, "127.0.0.1:8080");
        assert_eq!(config.database_url, None);
        assert_eq!(config.database_connections, 30);
        assert_eq!(config.times().expect("sensible"), Times::USUAL);
        assert_eq!(config.data_dir, Path::new("/home/li/.local/share/zhiyin"));
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
        assert!(!config.is_https());
    }

    #[test]
    fn a_session_without_length_is_refused() {
        let refused = |name, value| read(&[("HOME", "/home/li"), (name, value)]).is_err();
        assert!(refused("ZHIYIN_SESSION_HOURS", "0") && refused("ZHIYIN_SESSION_IDLE_MINUTES", "10000"));
        assert!(!refused("ZHIYIN_SESSION_HOURS", "720"));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = tempfile::Builder::new().suffix(".toml").tempfile().expect("a file");
        std::fs::write(file.path(), "listen = \"0.0.0.0:80\"\nworkers = 3\n").expect("written");
        let environment = HashMap::from([("ZHIYIN_LISTEN".into(), "[::]:81".into())]);
        let config = Config::read(Some(file.path()), &environment, true).expect("valid");
        assert_eq!((config.listen.as_str(), config.workers), ("[::]:81", 3));
        assert_eq!(config.data_dir, Path::new("/var/lib/zhiyin"));
    }

    #[test]
    fn an_empty_value_is_none() {
        let config = read(&[("ZHIYIN_METRICS_LISTEN", ""), ("ZHIYIN_PG_BIN", "")]).expect("valid");
        assert_eq!((config.metrics_listen, config.pg_bin), (None, None));
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        let refusal = read(&[("ZHIYIN_LISTN", "1")]).err().expect("there is no such setting");
        assert!(format!("{refusal:#}").contains("listn"), "{refusal:#}");
        assert!(read(&[("ZHIYIN_WORKERS", "many")]).is_err());
    }
}
