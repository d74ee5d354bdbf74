//! A Node that is new enough for the browser driver.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::shell;

const OLDEST: u32 = 20;

/// The version that npm brings where the machine's own is too old, as Debian's is.
const FETCHED: &str = "22.23.3";

/// The machine's Node, or one from the npm registry, fetched once into the target folder.
pub fn ensure() -> Result<PathBuf> {
    if let Some(node) = shell::find("node").filter(|node| major(node) >= Some(OLDEST)) {
        return Ok(node);
    }
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let package = format!("node-{system}-{architecture}");
    let home = shell::target_dir()?.join("web").join(format!("node-{FETCHED}"));
    let node = home.join("node_modules").join(&package).join("bin/node");
    if !node.is_file() {
        std::fs::create_dir_all(&home)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund"]).arg(format!("{package}@{FETCHED}"));
        shell::step("Fetching a newer Node", npm.current_dir(&home))?;
    }
    ensure!(major(&node) >= Some(OLDEST), "{} does not start", node.display());
    Ok(node)
}

/// `v22.1.0` is 22.
fn major(node: &PathBuf) -> Option<u32> {
    let version = shell::output(Command::new(node).arg("--version")).ok()?;
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}
