//! Which PostgreSQL this process works with: the one that is named, or a private one in the data folder.

use anyhow::{Context, Result};

use crate::application;
use crate::cluster::{self, Cluster, Search, Tenure, Tuning};
use crate::config::Config;

/// Where the data is. A private cluster runs as long as this value lives.
pub struct Database {
    pub url: String,
    private: Option<Cluster>,
}

impl Database {
    /// For a command: uses the database that the settings name, or the private one, started or found running.
    pub async fn open(config: &Config) -> Result<Self> {
        Self::with_tenure(config, Tenure::OwnerOrGuest).await
    }

    /// For a server: the same, but a private database ends with this process and no other.
    pub async fn own(config: &Config) -> Result<Self> {
        Self::with_tenure(config, Tenure::Owner).await
    }

    async fn with_tenure(config: &Config, tenure: Tenure) -> Result<Self> {
        if let Some(url) = &config.database_url {
            return Ok(Self { url: url.clone(), private: None });
        }
        let options = cluster::Options {
            data_dir: config.data_dir.clone(),
            search: search(config),
            tuning: Tuning { memory: cluster::memory(), connections: config.database_connections, durable: true },
            tenure,
        };
        let private = tokio::task::spawn_blocking(move || Cluster::start(&options))
            .await?
            .context("the private PostgreSQL cannot be used")?;
        Ok(Self { url: private.url(), private: Some(private) })
    }

    /// Brings the schema up to this version. Of several processes that start at once, one does the work.
    pub async fn migrate(&self) -> Result<()> {
        let ran = application::migrate(&self.url).await?;
        match ran.len() {
            0 => tracing::info!("the schema is up to date"),
            count => tracing::info!("the schema is up to date after {count} migrations"),
        }
        Ok(())
    }

    /// Whether this process runs the database itself.
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }
}

/// Where the settings say to look for PostgreSQL's programs.
pub fn search(config: &Config) -> Search {
    Search { named: config.pg_bin.clone(), path: config.path.clone(), cache: Some(config.cache_dir.clone()) }
}
