//! `cargo xtask mutants`: the code changed in many small ways, one at a time, to see which of them no test notices.
//!
//! It compiles and tests once for each change, so it is run by hand on the files at hand, and not by CI.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::shell;

#[derive(Args)]
pub struct Options {
    /// The files to change, from the workspace's folder; without any, those that differ from `--base`.
    files: Vec<PathBuf>,
    /// The state that the work began with.
    #[arg(long, default_value = "main")]
    base: String,
    /// A part of the changes only: `0/10` is every tenth.
    #[arg(long, default_value = "0/1")]
    shard: String,
}

/// A crate, and the tests that have to notice what happens to it.
struct Suite {
    package: &'static str,
    sources: &'static str,
    asked: &'static [&'static str],
    tests: &'static [&'static str],
}

const SUITES: [Suite; 2] = [
    Suite {
        package: "domain",
        sources: "crates/domain/src",
        asked: &["--features", "store", "--timeout", "60"],
        tests: &["--lib", "--test", "rules"],
    },
    Suite {
        package: "store",
        sources: "crates/store/src",
        asked: &["--test-package", "tests", "--timeout", "600"],
        tests: &["--test", "store"],
    },
];

pub fn run(options: &Options) -> Result<()> {
    shell::output(shell::cargo().args(["mutants", "--version"]))
        .context("cargo-mutants is missing: cargo install cargo-mutants --locked")?;
    let files = if options.files.is_empty() { changed(&options.base)? } else { options.files.clone() };
    let target = shell::target_dir()?;
    let told = SUITES.iter().filter_map(|suite| {
        let own: Vec<&PathBuf> = files.iter().filter(|file| file.starts_with(suite.sources)).collect();
        (!own.is_empty()).then(|| suite.run(&own, &options.shard, &target))
    });
    // What one crate's tests miss does not keep the other's from being asked.
    told.collect::<Vec<_>>().into_iter().collect()
}

impl Suite {
    fn run(&self, files: &[&PathBuf], shard: &str, target: &Path) -> Result<()> {
        let mut cargo = shell::cargo();
        cargo.args(["mutants", "--no-shuffle", "--package", self.package]).args(self.asked);
        cargo.args(["--sharding", "round-robin", "--shard", shard]);
        cargo.arg("--output").arg(target.join("mutants").join(self.package));
        cargo.args(files.iter().flat_map(|file| [OsStr::new("--file"), file.as_os_str()]));
        cargo.arg("--").args(self.tests);
        // Nobody looks at a backtrace of these; without their lines they compile sooner.
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
        shell::step(&format!("Changing {} files of {}", files.len(), self.package), &mut cargo)
    }
}

/// The sources that differ from a state, committed or not.
fn changed(base: &str) -> Result<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.args(["diff", "--name-only", "--diff-filter=d", base, "--"]).args(SUITES.map(|suite| suite.sources));
    Ok(shell::output(git.current_dir(shell::workspace()))?.lines().map(PathBuf::from).collect())
}
