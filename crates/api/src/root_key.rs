//! The root key: the one secret outside the database. Whoever has a dump but not this key reads no personal data.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use store::keys::RootKey;

use crate::config::Config;

/// Reads the root key from the settings or its file. A new installation gets a new one; a database that was sealed with
/// a key we do not have must not, because a second key would only hide the loss of the first.
pub fn load(config: &Config, new_installation: bool) -> Result<RootKey> {
    if let Some(text) = &config.root_key {
        return RootKey::from_hex(text).context("ZHIYIN_ROOT_KEY is not 64 hexadecimal digits");
    }
    let path = config.root_key_file.clone().unwrap_or_else(|| default_file(config));
    match fs::read_to_string(&path) {
        Ok(text) => RootKey::from_hex(&text).with_context(|| format!("{} is not a root key", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound && new_installation => create(&path),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the database was sealed with a root key, and there is none in {}: put the key of its first server there, \
             or name it in ZHIYIN_ROOT_KEY or ZHIYIN_ROOT_KEY_FILE",
            path.display()
        ),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn default_file(config: &Config) -> PathBuf {
    config.data_dir.join("root.key")
}

fn create(path: &Path) -> Result<RootKey> {
    let key = RootKey::generate().map_err(|error| anyhow::anyhow!("no root key can be made: {error}"))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    // Written aside and linked into place: a half-written key would lock everybody out, and of two first starts at
    // once only one may win.
    let draft = path.with_extension("new");
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    writeln!(file, "{}", key.to_hex())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => {
            tracing::warn!("a root key was made in {}: keep a copy in a safe place", path.display());
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("another zhiyin has just made {}: start again", path.display())
        }
        Err(error) => Err(error).with_context(|| format!("cannot write {}", path.display())),
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
}
