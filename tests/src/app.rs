//! The real server on a database of its own.

use std::collections::HashMap;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use api::application;
use api::auth::first_start;
use api::config::Config;
use reqwest::{Method, RequestBuilder};
use store::keys::RootKey;
use store::{Connections, Store};

use crate::{Answer, Database};

/// The root key of all tests; what it seals is never worth anything.
const ROOT_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A running application. It ends, and its database goes, when the value is dropped.
pub struct App {
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub address: String,
    pub database: Database,
    /// The token of the set-up link that the server would have printed; empty if somebody is there already.
    pub setup_token: String,
    client: reqwest::Client,
    server: Option<(ServerHandle, JoinHandle<()>)>,
    /// The database belongs to another server and stays.
    is_guest: bool,
}

impl App {
    /// Starts the application with the default settings.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts it with settings by their names in the environment.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_on(Database::create().await, settings)
    }

    /// Starts another server on the database of this one, as behind a load balancer. It must end first.
    pub fn beside(&self, settings: &[(&str, &str)]) -> Self {
        let database = Database { name: self.database.name.clone(), url: self.database.url.clone() };
        let mut app = Self::start_on(database, settings);
        app.is_guest = true;
        app
    }

    fn start_on(database: Database, settings: &[(&str, &str)]) -> Self {
        let config = config(settings, &database);
        let (started, start) = mpsc::channel();
        // A runtime of its own, as in the executable: nothing a test does can keep the server from its work.
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let url = config.database_url.clone().expect("the test's database");
                let store = application::open_store(&config, &url).await.expect("a store");
                let times = config.times().expect("sensible times");
                first_start::keep_times(&store, times).await.expect("kept");
                let server = application::serve(&config, store.clone()).expect("a server");
                let link = first_start::setup_link(&store, "").await.expect("asked").unwrap_or_default();
                started.send((server.addresses()[0], server.handle(), link)).expect("the test waits");
                server.run().await.expect("an orderly end");
            });
        });
        let (address, handle, link) = start.recv().expect("the server starts");
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        Self {
            address: format!("http://{address}"),
            database,
            setup_token: link.rsplit('=').next().unwrap_or_default().to_owned(),
            client: client.expect("a client"),
            server: Some((handle, thread)),
            is_guest: false,
        }
    }

    /// The store that a command beside the servers works with.
    pub async fn store(&self) -> Store {
        let root = RootKey::from_hex(ROOT_KEY).expect("a root key");
        let connections = Connections { most: 2, runtimes: 1, beside: 0 };
        let store = Store::open(&self.database.url, connections, &root, application::new_signing_key).await;
        store.expect("a store")
    }

    /// A request that is not sent yet.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address))
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let Some((handle, thread)) = self.server.take() else { return };
        // Dropping happens in a test's runtime, which may not wait; another thread may.
        let database = Database { name: self.database.name.clone(), url: self.database.url.clone() };
        let is_guest = self.is_guest;
        let cleaning = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(handle.stop(false));
            let ended = thread.join();
            if !is_guest {
                runtime.block_on(database.remove());
            }
            ended
        });
        let ended = cleaning.join().and_then(|ended| ended);
        if ended.is_err() && !thread::panicking() {
            panic!("the server panicked");
        }
    }
}

fn config(settings: &[(&str, &str)], database: &Database) -> Config {
    let common = [
        ("DATABASE_URL", database.url.as_str()),
        ("ZHIYIN_DATABASE_CONNECTIONS", "7"),
        ("ZHIYIN_LISTEN", "127.0.0.1:0"),
        ("ZHIYIN_METRICS_LISTEN", ""),
        ("ZHIYIN_REQUESTS_PER_MINUTE", "100000"),
        ("ZHIYIN_ROOT_KEY", ROOT_KEY),
        ("ZHIYIN_WORKERS", "1"),
    ];
    let pairs = common.iter().chain(settings).map(|(name, value)| (name.to_string(), value.to_string()));
    Config::read(None, &pairs.collect::<HashMap<_, _>>(), false).expect("valid settings")
}
