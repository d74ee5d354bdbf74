//! The connections of a process: never more than it may have, and what becomes of a reading when one of them dies.

use std::thread;
use std::time::Duration;

use domain::relations::Customer;
use futures_util::future::join_all;
use serde_json::json;
use store::keys::RootKey;
use store::{Connections, Store, records};
use tests::Database;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::House;

const MOST: u32 = 10;

/// Connections to this database but the onlooker's own.
const OTHERS: &str = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() \
                      and backend_type = 'client backend'";

async fn count(onlooker: &Client, what: &str) -> i64 {
    onlooker.query_one(&format!("select count({what}) {OTHERS}"), &[]).await.expect("counted").get(0)
}

async fn open(database: &Database) -> store::Result<Store> {
    let root = RootKey::from_hex(&"07".repeat(32)).expect("a root key");
    Store::open(&database.url, Connections { most: MOST, runtimes: 4, beside: 0 }, &root, || Ok(vec![0; 32])).await
}

#[tokio::test]
async fn a_reading_is_repeated_when_its_connection_has_died() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let id = house.customer(&db, json!({"name": "华信"})).await.stamp().id;
    records::find::<Customer>(&db, id).await.expect("found");
    let onlooker = house.database.connect().await;
    let killed = count(&onlooker, "pg_terminate_backend(pid)").await;
    assert!(killed >= 2, "the connection for readings and the pool's: {killed}");
    records::find::<Customer>(&db, id).await.expect("asked once more");
}

#[test]
fn threads_beyond_the_limit_share_and_all_together_stay_within_it() {
    let thread = || Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a thread");
    let threads: Vec<Runtime> = (0..6).map(|_| thread()).collect();
    let (database, store) = threads[0].block_on(async {
        let database = Database::create().await;
        let store = open(&database).await.expect("a store");
        (database, store)
    });
    thread::scope(|scope| {
        let four = |thread: &Runtime| drop(thread.block_on(join_all((0..4).map(|_| work(&store)))));
        let working: Vec<_> = threads.iter().map(|thread| scope.spawn(move || four(thread))).collect();
        threads[0].block_on(async {
            let onlooker = database.connect().await;
            let mut most = 0;
            while working.iter().any(|work| !work.is_finished()) {
                most = most.max(count(&onlooker, "*").await);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert!((6..=i64::from(MOST)).contains(&most), "{most}");
            database.remove().await;
        });
    });
}

/// Reads, and holds a transaction for a while.
async fn work(store: &Store) {
    let db = store.system("test");
    for _ in 0..5 {
        assert!(
            records::find::<Customer>(&db, Uuid::nil())
                .await
                .is_err_and(|error| error.to_string().contains("not_found"))
        );
        let tx = db.begin().await.expect("a transaction");
        tokio::time::sleep(Duration::from_millis(20)).await;
        tx.rollback().await.expect("rolled back");
    }
}

#[tokio::test]
async fn no_connection_is_opened_to_a_standby() {
    let house = House::new().await;
    let onlooker = house.database.connect().await;
    // From now on new connections find a server that says it is a standby.
    let pretend = format!(
        "create schema pretence; \
         create function pretence.pg_is_in_recovery() returns boolean language sql as 'select true'; \
         alter database {} set search_path = pretence, pg_catalog, public",
        house.database.name
    );
    onlooker.batch_execute(&pretend).await.expect("pretended");
    assert!(count(&onlooker, "pg_terminate_backend(pid)").await > 0);
    let db = house.system();
    let refusal = records::find::<Customer>(&db, Uuid::nil()).await.err().expect("refused").to_string();
    assert!(refusal.contains("this server is a standby"), "{refusal}");
    assert!(db.begin().await.is_err(), "nor does one of the pool");
    let end = format!("alter database {} reset search_path", house.database.name);
    onlooker.batch_execute(&end).await.expect("over");
    db.begin().await.expect("the next finds the server that leads").rollback().await.expect("rolled back");
}
