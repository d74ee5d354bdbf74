//! The application put together, once for the executable and for the tests that see it from outside.

use std::sync::Arc;

use actix_web::web::Data;
use anyhow::{Context, Result, anyhow, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use futures_util::FutureExt;
use store::{Connections, Store};
use utoipa::openapi::{Info, OpenApi};
use utoipa_actix_web::OpenApiFactory;

use crate::auth::{Auth, first_start, quota, sign_in, tokens};
use crate::cluster;
use crate::config::Config;
use crate::http::health::{Health, Probe};
use crate::http::methods::Methods;
use crate::jobs::Workers;
use crate::server::Server;
use crate::{root_key, routes};

/// Jobs that one process works on at a time.
pub const WORKERS: usize = 2;

/// Opens the store of a database that has its schema. From now on it follows what becomes of the keys.
pub async fn open_store(config: &Config, url: &str) -> Result<Store> {
    let new_installation = !store::keys::exist(url).await.context("the database cannot be used")?;
    let root = root_key::load(config, new_installation)?;
    if store::settle(url, cluster::ground(config).as_deref()).await.context("the database cannot be used")? {
        tracing::warn!(
            "the database stands elsewhere than before: a copy, or a state of before; what was handed out is void"
        );
    }
    let store = Store::open(url, connections(config)?, &root, new_signing_key).await;
    let store = store.context("the database cannot be used")?;
    first_start::prepare(&store).await?;
    tokio::spawn(store::keys::follow::keep(store.clone()));
    tokio::spawn(store::catalogue::keep(store.clone()));
    Ok(store)
}

fn connections(config: &Config) -> Result<Connections> {
    let (most, beside) = (config.database_connections, WORKERS as u32);
    let least = Connections::least(beside);
    ensure!(most >= least, "ZHIYIN_DATABASE_CONNECTIONS is {most}, and a server needs at least {least}");
    // The web workers', and the one of everything else.
    Ok(Connections { most, runtimes: config.web_workers() as u32 + 1, beside })
}

/// Prepares a server on the address of the settings; it answers when it is run.
pub fn serve(config: &Config, store: Store) -> Result<Server> {
    let health = Health::new(probe(store.clone()));
    let auth = Data::new(Auth::new(config, &store)?);
    let methods = Data::new(Methods::of(&OpenApi::new(Info::default(), routes::api().paths())));
    let workers = Workers::start(&store, WORKERS);
    tokio::spawn(store::health::watch(store.clone()));
    tokio::spawn(quota::share(auth.clone(), store.clone()));
    tokio::spawn(tokens::follow(auth.clone(), store.clone()));
    let store = Data::new(store);
    let server = Server::bind(config, health, move |app| {
        app.app_data(store.clone())
            .app_data(auth.clone())
            .app_data(methods.clone())
            .service(routes::api())
            .service(sign_in::key_set);
    })?;
    Ok(server.with_workers(workers))
}

/// Brings a database to the schema of this version.
pub async fn migrate(url: &str) -> Result<Vec<String>> {
    store::migrate(url).await.map_err(|error| anyhow!("the schema cannot be brought up: {error}"))
}

fn probe(store: Store) -> Probe {
    Arc::new(move || {
        let store = store.clone();
        async move {
            let ready = store.is_ready().await;
            ready.unwrap_or_else(|error| {
                tracing::warn!("not ready: {error}");
                false
            })
        }
        .boxed()
    })
}

/// A key for signing access tokens, as a PKCS#8 document.
pub fn new_signing_key() -> store::Result<Vec<u8>> {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
    let document = document.map_err(|_| store::Error::Secret("no signing key can be made"))?;
    Ok(document.as_ref().to_vec())
}
