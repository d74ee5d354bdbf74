//! `zhiyin serve`: the whole application in one process.

use std::process::ExitCode;

use anyhow::Result;
use api::application;
use api::auth::{first_start, upkeep};
use api::cluster::room;
use api::config::Config;
use api::database::Database;
use api::server;
use api::telemetry;

pub async fn run(config: &Config) -> Result<ExitCode> {
    server::refuse_taken(config)?;
    let database = Database::own(config).await?;
    database.migrate().await?;
    let metrics = server::serve_metrics(config, telemetry::start_metrics()?)?;
    let store = application::open_store(config, &database.url).await?;
    first_start::keep_times(&store, config.times()?).await?;
    if database.is_private() {
        tokio::spawn(room::watch(store.clone(), config.data_dir.clone()));
    }
    let server = application::serve(config, store.clone())?;
    tracing::info!("serving on {}", config.public_url());
    if let Some(link) = first_start::setup_link(&store, &config.public_url()).await? {
        // Standard output, not the log: whoever reads the log later must not find a key to the house.
        println!("open this link within 24 hours to make the first administrator:\n{link}");
    }
    let upkeep = tokio::spawn(upkeep::run(store));
    server.run().await?;
    upkeep.abort();
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
    // The private PostgreSQL ends after the last request, not before.
    drop(database);
    Ok(ExitCode::SUCCESS)
}
