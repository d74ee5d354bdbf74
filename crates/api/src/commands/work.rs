//! `zhiyin work`: background work without serving, for machines of their own.

use std::process::ExitCode;

use anyhow::Result;
use api::application::{self, WORKERS};
use api::config::Config;
use api::database::Database;
use api::jobs::Workers;
use tokio::signal::unix::{SignalKind, signal};

pub async fn run(config: &Config) -> Result<ExitCode> {
    let database = Database::open(config).await?;
    database.migrate().await?;
    let store = application::open_store(config, &database.url).await?;
    let workers = Workers::start(&store, WORKERS);
    tracing::info!("working");
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping at the next checkpoint");
    workers.stop().await;
    Ok(ExitCode::SUCCESS)
}
