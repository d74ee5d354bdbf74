//! `zhiyin migrate`: for those who bring the schema up before they start new servers.

use std::process::ExitCode;

use anyhow::Result;
use api::config::Config;
use api::database::Database;

pub async fn run(config: &Config) -> Result<ExitCode> {
    let database = Database::open(config).await?;
    database.migrate().await?;
    Ok(ExitCode::SUCCESS)
}
