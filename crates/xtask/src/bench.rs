//! `cargo xtask bench`: the release server measured beside pgbench; see tests/bench/README.md.

use std::process::Command;

use anyhow::{Result, ensure};
use clap::Args;

use crate::{browser, postgres, shell, web};

#[derive(Args)]
pub struct Options {
    /// How many customers the database holds; three times as many contacts come with them.
    #[arg(long, default_value_t = 1_000_000)]
    customers: u64,
    /// A few minutes with few requests; the figures in the README stay as they are.
    #[arg(long)]
    quick: bool,
    /// Keep the database for the next run with as many customers.
    #[arg(long)]
    keep: bool,
}

pub fn run(options: &Options) -> Result<()> {
    let tools = browser::ensure()?;
    browser::install_driver()?;
    // The server carries the client inside.
    web::build(web::Options { dev: false, gallery: false })?;
    let mut cargo = shell::cargo();
    cargo.args(["build", "--release", "--package", "api", "--bin", "zhiyin", "--package", "tests", "--bin", "bench"]);
    shell::step("Building the server and what measures it", &mut cargo)?;
    let release = shell::target_dir()?.join("release");
    let zhiyin = release.join("zhiyin");
    postgres::ensure(&zhiyin)?;
    // PostgreSQL may run under another account, which cannot enter every home.
    let folder = std::env::temp_dir().join(format!("zhiyin-bench-{}", options.customers));
    let mut bench = Command::new(release.join("bench"));
    bench.arg("--server").arg(&zhiyin).arg("--folder").arg(&folder);
    bench.arg("--node").arg(&tools.node).env("CHROMIUM", &tools.chromium);
    bench.args(["--customers", &options.customers.to_string()]);
    bench.args(options.quick.then_some("--quick")).args(options.keep.then_some("--keep"));
    let status = bench.current_dir(shell::workspace()).status()?;
    ensure!(status.success(), "the measuring ended with {status}");
    Ok(())
}
