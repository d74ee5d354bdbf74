//! What `zhiyin` can be told to do, one file a command.

mod export;
mod import;
mod keys;
mod migrate;
mod openapi;
mod postgres;
mod seed;
mod serve;
mod undo;
mod user;
mod work;
mod workplace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use api::config::Config;
use api::telemetry;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "zhiyin", version, about = "Zhiyin (知音), a CRM in one executable")]
pub struct Cli {
    /// A TOML file with settings; the environment wins over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the application: API, client and background work.
    Serve,
    /// Do background work without serving.
    Work,
    /// Bring the database to the schema of this version, and end.
    Migrate,
    /// Make records of the lines of a file.
    Import(import::Options),
    /// Take an operation back: an import, a bulk edit, a bulk deletion.
    Undo(undo::Options),
    /// Load demo customers; `undo` removes them.
    Seed,
    /// Write records into a file.
    Export(export::Options),
    /// Print the OpenAPI document.
    Openapi,
    /// Say where PostgreSQL's programs are, or how to install them.
    Postgres(postgres::Options),
    /// People who sign in: make one, list them, help one who is locked out.
    #[command(subcommand)]
    User(user::Command),
    /// Keys that sign and seal: list them, replace them, withdraw them.
    #[command(subcommand)]
    Keys(keys::Command),
}

impl Cli {
    pub async fn run(self) -> Result<ExitCode> {
        let config = Config::load(self.config.as_deref())?;
        telemetry::start_logging(&config)?;
        match self.command {
            Command::Serve => serve::run(&config).await,
            Command::Work => work::run(&config).await,
            Command::Migrate => migrate::run(&config).await,
            Command::Import(options) => import::run(&config, options).await,
            Command::Undo(options) => undo::run(&config, options).await,
            Command::Seed => seed::run(&config).await,
            Command::Export(options) => export::run(&config, options).await,
            Command::Openapi => openapi::run(),
            Command::Postgres(options) => postgres::run(&config, &options).await,
            Command::User(command) => user::run(&config, command).await,
            Command::Keys(command) => keys::run(&config, command).await,
        }
    }
}
