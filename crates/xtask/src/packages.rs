//! What a machine lacks and Debian's package manager can bring, where we are root.

use std::process::Command;

use anyhow::Result;

use crate::shell;

/// Whether packages can be installed without asking anybody.
pub fn installable() -> bool {
    let root = shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && shell::has("apt-get")
}

/// Installs Debian packages, and says so: `title` is the step's name.
pub fn install(title: &str, packages: &[&str]) -> Result<()> {
    let mut update = Command::new("apt-get");
    shell::step("Refreshing the package list", update.args(["update", "--quiet"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
    shell::step(title, install.env("DEBIAN_FRONTEND", "noninteractive"))
}
