//! The two commands of the README and the chores behind them.
//!
//! This crate knows nothing of the application's own crates, so that it compiles in seconds and works while they are
//! broken. It drives `cargo`, the built `zhiyin` executable, and whatever tools the machine has.

mod bench;
mod browser;
mod check;
mod mutants;
mod node;
mod openapi;
mod packages;
mod postgres;
mod server;
mod shell;
mod wasm_target;
mod web;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The chores of Zhiyin", version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build client and server, and serve with a PostgreSQL of its own.
    Run {
        /// Load demo data first.
        #[arg(long)]
        demo: bool,
    },
    /// Run every test: domain, store, API, migrations, browser.
    Test {
        /// Leave the browser out, which needs Node and Chromium.
        #[arg(long)]
        no_browser: bool,
    },
    /// Check formatting, and let clippy read server and client.
    Lint,
    /// What CI runs: lint, then test.
    Ci,
    /// Write openapi/zhiyin.json as the code serves it, and lint it.
    Openapi {
        /// Change nothing; fail if the file is out of date.
        #[arg(long)]
        check: bool,
        /// Write openapi/released.json too: what clients may rely on from now on.
        #[arg(long, conflicts_with = "check")]
        release: bool,
    },
    /// Measure the release server beside pgbench on a large database.
    Bench(bench::Options),
    /// See which small changes of the code no test notices.
    Mutants(mutants::Options),
    /// Kill the server, halt the database and fill the disk under it; as root, because it mounts a small one.
    Faults,
    /// Build the browser client into frontend/dist.
    Web(web::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Run { demo } => server::run(demo),
        Task::Test { no_browser } => check::test(!no_browser),
        Task::Lint => check::lint(),
        Task::Ci => check::ci(),
        Task::Openapi { check, release } => openapi::run(check, release),
        Task::Bench(options) => bench::run(&options),
        Task::Mutants(options) => mutants::run(&options),
        Task::Faults => check::faults(),
        Task::Web(options) => web::build(options),
    }
}
