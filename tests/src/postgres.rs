//! Databases for tests: one throwaway cluster for the run, one migrated template in it, one copy a test.

use std::sync::LazyLock;

use api::application;
use api::cluster::Scratch;
use api::config::Config;
use api::database;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::eventually::eventually_well;

const TEMPLATE: &str = "zhiyin_template";

/// Several test programs may share a server; only one of them makes the template.
const LOCK: i64 = 0x7a68_7465_7374;

/// The server of this run: the one that `cargo xtask test` started for all test programs, or our own.
static SERVER: LazyLock<Server> = LazyLock::new(|| match std::env::var("TEST_DATABASE_URL") {
    Ok(url) => Server { url, _own: None },
    Err(_) => {
        let config = Config::load(None).expect("the settings of this shell");
        let own = Scratch::start(database::search(&config)).expect("a PostgreSQL for tests");
        Server { url: own.url().to_owned(), _own: Some(own) }
    }
});

static TEMPLATE_MADE: OnceCell<()> = OnceCell::const_new();

struct Server {
    url: String,
    _own: Option<Scratch>,
}

/// A database with the whole schema and nothing in it, which nobody else uses.
pub struct Database {
    pub name: String,
    pub url: String,
}

impl Database {
    /// Copies the template, which takes some tens of milliseconds.
    pub async fn create() -> Self {
        TEMPLATE_MADE.get_or_init(make_template).await;
        let name = format!("test_{}", Uuid::new_v4().simple());
        let statement = format!("create database {name} template {TEMPLATE}");
        administrator().await.batch_execute(&statement).await.expect("a copy of the template");
        Self { url: url_of(&name), name }
    }

    /// Removes it, whoever is still connected.
    pub async fn remove(&self) {
        let statement = format!("drop database if exists {} with (force)", self.name);
        // PostgreSQL may be tidying this very database up, in which only a superuser may interrupt it.
        eventually_well("the database is removed", async || administrator().await.batch_execute(&statement).await)
            .await;
    }

    /// A connection past the application, to look at what it wrote.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }
}

async fn make_template() {
    let administrator = administrator().await;
    administrator.execute("select pg_advisory_lock($1)", &[&LOCK]).await.expect("the lock");
    let known = administrator.query_opt("select 1 from pg_database where datname = $1", &[&TEMPLATE]).await;
    if known.expect("asked").is_none() {
        administrator.batch_execute(&format!("create database {TEMPLATE}")).await.expect("a template");
    }
    application::migrate(&url_of(TEMPLATE)).await.expect("the whole schema");
}

async fn administrator() -> Client {
    connect(&SERVER.url).await
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connected");
    tokio::spawn(connection);
    client
}

/// The address of another database of the same server.
fn url_of(database: &str) -> String {
    let (server, parameters) = SERVER.url.split_once('?').unwrap_or((&SERVER.url, ""));
    let (server, _) = server.rsplit_once('/').expect("a URL names its database");
    format!("{server}/{database}?{parameters}")
}
