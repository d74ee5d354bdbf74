//! New tokens wait for their index, and a server that wrote has them brought in.

use std::time::Duration;

use serde_json::json;
use tests::eventually;
use tokio_postgres::Client;

use crate::support::House;

/// Brings in what waits; returns how many pages of it there were.
async fn pages(client: &Client) -> i64 {
    let row = client.query_one("select gin_clean_pending_list('search_index_tokens')", &[]).await.expect("asked");
    row.get(0)
}

/// Other backends that are just bringing in.
async fn at_work(client: &Client) -> i64 {
    let query = "select count(*) from pg_stat_activity where datname = current_database() and state = 'active'
                 and pid <> pg_backend_pid() and query like '%gin_clean_pending_list%'";
    client.query_one(query, &[]).await.expect("asked").get(0)
}

/// Stops whoever wants to bring in, until `rollback`; tells whether somebody came within three rounds of the keeper.
async fn caught(onlooker: &Client, holder: &Client) -> bool {
    holder.batch_execute("begin; drop index search_index_tokens").await.expect("held");
    for _ in 0..150 {
        if at_work(onlooker).await > 0 {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn what_waits_for_the_token_index_is_brought_in_after_every_write() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let (onlooker, holder) = (house.database.connect().await, house.database.connect().await);
    house.customer(&db, json!({"name": "深圳华信达科技有限公司"})).await;
    assert!(pages(&onlooker).await > 0, "nothing waits after a write");
    assert_eq!(pages(&onlooker).await, 0);

    house.customer(&db, json!({"name": "重庆力帆集团"})).await;
    let keeper = tokio::spawn(store::search::keep(house.store.clone()));
    // The first time it looks at what others may have left; later because of a write, which may be brought in before it
    // can be stopped.
    for round in ["at its start", "after a write"] {
        eventually(round, async || {
            let caught = caught(&onlooker, &holder).await;
            holder.batch_execute("rollback").await.expect("let go");
            eventually("it comes to its end", async || (at_work(&onlooker).await == 0).then_some(())).await;
            assert_eq!(pages(&onlooker).await, 0, "something still waits {round}");
            house.customer(&db, json!({"name": "成都锦里餐饮"})).await;
            caught.then_some(())
        })
        .await;
    }
    keeper.abort();
    drop((onlooker, holder));
    house.database.remove().await;
}
