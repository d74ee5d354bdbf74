//! A database that goes away and comes back, as in a restart or a failover.

use domain::listing::Listing;
use domain::relations::Customer;
use futures_util::future::join_all;
use serde_json::json;
use store::{Db, records};
use tokio_postgres::NoTls;

use crate::support::House;

async fn is_listed(db: &Db) -> bool {
    let listing = Listing { q: Some("华信".into()), ..Listing::default() };
    let listed = records::list::<Customer>(db, &listing).await;
    listed.map_err(|error| eprintln!("{error}")).is_ok_and(|listed| listed.records.len() == 1)
}

/// Each of the connections in the pool is dead then. None of them may fail a request.
#[tokio::test]
async fn after_a_restart_of_the_database_no_request_meets_a_dead_connection() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    house.customer(&db, json!({"name": "华信科技"})).await;
    assert!(join_all((0..8).map(|_| is_listed(&db))).await.into_iter().all(|listed| listed));
    let (client, connection) = tokio_postgres::connect(&house.database.url, NoTls).await.expect("connected");
    tokio::spawn(connection);
    let end = "select pg_terminate_backend(pid, 5000) from pg_stat_activity \
               where datname = current_database() and pid <> pg_backend_pid()";
    let ended = client.query(end, &[]).await.expect("ended").len();
    assert!(ended > 1, "there was more than one connection to end");
    for request in 0..ended {
        assert!(is_listed(&db).await, "request {request} of {ended}");
    }
    drop(client);
    house.database.remove().await;
}
