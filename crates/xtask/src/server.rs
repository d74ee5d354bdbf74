//! Building the `zhiyin` executable and running it.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{postgres, shell, web};

/// How the executable is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Compiles fast and reads the client from disk: for tests.
    Debug,
    /// Fast, with the client inside.
    Release,
}

/// `cargo xtask run`: from a fresh clone to a served application.
pub fn run(demo: bool) -> Result<()> {
    web::build(web::Options { dev: false, gallery: false })?;
    let zhiyin = build(Profile::Release)?;
    postgres::ensure(&zhiyin)?;
    if demo {
        shell::step("Loading demo data", Command::new(&zhiyin).arg("seed"))?;
    }
    // From here on signals are for the server alone.
    let error = Command::new(&zhiyin).arg("serve").exec();
    Err(error).with_context(|| format!("cannot start {}", zhiyin.display()))
}

/// Builds the executable and says where it is.
pub fn build(profile: Profile) -> Result<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--package", "api", "--bin", "zhiyin"]);
    let folder = match profile {
        Profile::Debug => "debug",
        Profile::Release => {
            cargo.arg("--release");
            "release"
        }
    };
    shell::step("Building the server", &mut cargo)?;
    Ok(shell::target_dir()?.join(folder).join("zhiyin"))
}
