//! The root key: the one secret outside the database. Whoever has a dump but not this key reads no personal data.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use store::keys::RootKey;
use tempfile::NamedTempFile;

use crate::config::Config;

/// Reads the root key from the settings or its file. A new installation gets a new one; a database that was sealed with
/// a key we do not have must not, because a second key would only hide the loss of the first.
pub fn load(config: &Config, new_installation: bool) -> Result<RootKey> {
    if let Some(text) = &config.root_key {
        return RootKey::from_hex(text).context("ZHIYIN_ROOT_KEY is not 64 hexadecimal digits");
    }
    let path = config.root_key_file.clone().unwrap_or_else(|| default_file(config));
    match read(&path)? {
        Some(key) => Ok(key),
        None if new_installation => create(&path),
        None => bail!(
            "the database was sealed with a root key, and there is none in {}: put the key of its first server there, \
             or name it in ZHIYIN_ROOT_KEY or ZHIYIN_ROOT_KEY_FILE",
            path.display()
        ),
    }
}

/// The key of a file that is to hold another root key; made if there is no such file.
pub fn read_or_create(path: &Path) -> Result<RootKey> {
    read(path)?.map_or_else(|| create(path), Ok)
}

fn default_file(config: &Config) -> PathBuf {
    config.data_dir.join("root.key")
}

fn create(path: &Path) -> Result<RootKey> {
    let key = RootKey::generate().map_err(|error| anyhow::anyhow!("no root key can be made: {error}"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Written aside and put into place whole: a half-written key would lock everybody out. Each first start has a draft
    // of its own, and of several at once the first to put it into place decides for all.
    let mut draft = NamedTempFile::new_in(folder).with_context(|| format!("cannot write in {}", folder.display()))?;
    writeln!(draft, "{}", key.to_hex())?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(path) {
        Ok(_) => {
            tracing::warn!("a root key was made in {}: keep a copy in a safe place", path.display());
            Ok(key)
        }
        Err(refusal) if refusal.error.kind() == ErrorKind::AlreadyExists => read(path)?.context("the key is gone"),
        Err(refusal) => Err(refusal.error).with_context(|| format!("cannot write {}", path.display())),
    }
}

/// The key in a file, if there is such a file.
fn read(path: &Path) -> Result<Option<RootKey>> {
    match fs::read_to_string(path) {
        Ok(text) => RootKey::from_hex(&text).map(Some).with_context(|| format!("{} is not a root key", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn config(pairs: &[(&str, &Path)]) -> Config {
        let pairs = pairs.iter().map(|(name, value)| (name.to_string(), value.display().to_string()));
        Config::read(None, &pairs.collect::<HashMap<_, _>>(), false).expect("valid")
    }

    #[test]
    fn a_new_installation_gets_a_key_that_only_its_owner_can_read_and_keeps_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config(&[("ZHIYIN_DATA_DIR", folder.path())]);
        let first = load(&config, true).expect("made");
        let file = folder.path().join("root.key");
        let mode = fs::metadata(&file).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(load(&config, false).expect("read").to_hex(), first.to_hex());
    }

    #[test]
    fn of_many_first_starts_at_once_all_have_one_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config(&[("ZHIYIN_DATA_DIR", folder.path())]);
        let start = || load(&config, true).expect("a key").to_hex();
        let keys: Vec<String> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..16).map(|_| scope.spawn(start)).collect();
            starts.into_iter().map(|start| start.join().expect("a key")).collect()
        });
        let kept = fs::read_to_string(folder.path().join("root.key")).expect("there");
        assert!(keys.iter().all(|key| key == kept.trim()), "{keys:?} and {kept}");
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1, "no draft is left");
    }

    #[test]
    fn a_damaged_key_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("root.key");
        fs::write(&file, "abc").expect("written");
        let config = config(&[("ZHIYIN_ROOT_KEY_FILE", &file)]);
        assert!(load(&config, true).is_err());
        assert_eq!(fs::read_to_string(&file).expect("there"), "abc");
    }

    #[test]
    fn a_lost_key_is_not_replaced_by_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config(&[("ZHIYIN_DATA_DIR", folder.path())]);
        let refusal = load(&config, false).err().expect("there is no key").to_string();
        assert!(refusal.contains("root.key"), "{refusal}");
        assert!(!folder.path().join("root.key").exists());
    }

    #[test]
    fn another_root_key_is_made_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("next.key");
        let made = read_or_create(&file).expect("made").to_hex();
        assert_eq!(read_or_create(&file).expect("read").to_hex(), made);
    }
}
