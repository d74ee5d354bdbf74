//! The committed OpenAPI document: written from the code that serves it, compared in CI, read by Spectral.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::server::{self, Profile};
use crate::shell;

/// Writes the document, or with `check` only compares it; then lints it where Node is there.
pub fn update(check: bool) -> Result<()> {
    let zhiyin = server::build(Profile::Debug)?;
    let served = shell::output(Command::new(zhiyin).arg("openapi"))?;
    let file = shell::workspace().join("openapi/zhiyin.json");
    let committed = fs::read_to_string(&file).unwrap_or_default();
    if served != committed {
        if check {
            bail!("openapi/zhiyin.json is out of date: {}; run `cargo xtask openapi`", difference(&committed, &served));
        }
        fs::write(&file, served).with_context(|| format!("cannot write {}", file.display()))?;
        shell::say("openapi/zhiyin.json: written");
    }
    lint()
}

/// Spectral with the rules of openapi/.spectral.yaml.
fn lint() -> Result<()> {
    if !shell::has("npm") {
        shell::say("openapi/zhiyin.json: not linted, because Node is not installed");
        return Ok(());
    }
    let folder = shell::workspace().join("openapi");
    if !folder.join("node_modules/.package-lock.json").exists() {
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
        shell::step("Installing Spectral", &mut install)?;
    }
    let mut spectral = Command::new("node_modules/.bin/spectral");
    spectral.args(["lint", "zhiyin.json", "--fail-severity=warn"]).current_dir(&folder);
    shell::step("Linting the OpenAPI document", &mut spectral)
}

/// The first line that differs, so that the reader need not run anything to see what happened.
fn difference(committed: &str, served: &str) -> String {
    let mut pairs = committed.lines().zip(served.lines()).enumerate();
    match pairs.find(|(_, (old, new))| old != new) {
        Some((number, (old, new))) => format!("line {} is `{}`, served is `{}`", number + 1, old.trim(), new.trim()),
        None => "one is longer than the other".to_owned(),
    }
}
