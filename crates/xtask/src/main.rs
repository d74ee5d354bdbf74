//! The two commands of the README and the chores behind them.
//!
//! This crate knows nothing of the application's own crates, so that it compiles in seconds and works while they are
//! broken. It drives `cargo`, the built `zhiyin` executable, and whatever tools the machine has.

mod shell;
mod wasm_target;
mod web;

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
    /// Build the browser client into frontend/dist.
    Web(web::Options),
}

fn main() -> Result<()> {
    match Cli::parse().task {
        Task::Web(options) => web::build(options),
    }
}
