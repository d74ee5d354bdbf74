//! Keys that seal values are replaced while two processes read and write, and the root key under both.

use std::time::{Duration, Instant};

use domain::platform::keys::{KeyState, Purpose};
use domain::relations::Customer;
use serde_json::{Value, json};
use store::Store;
use store::keys::follow::keep;
use store::keys::{RootKey, random, rotation};
use store::records;
use tests::fault_of;
use uuid::Uuid;

use crate::support::{House, object};

async fn create(store: &Store, phone: &str) -> Uuid {
    let body = object(json!({"name": "华信", "phones": [phone]}));
    let created = store.system("test").write(async |tx| records::create::<Customer>(tx, &body).await).await;
    created.expect("created").stamp().id
}

async fn phone(store: &Store, id: Uuid) -> Value {
    records::find::<Customer>(&store.system("test"), id).await.expect("opened").json()["phones"][0].clone()
}

/// The key that a customer's number is sealed with.
async fn sealed_with(house: &House, id: Uuid) -> String {
    let row = house.database.connect().await.query_one("select phones[1] from customers where id = $1", &[&id]).await;
    let sealed: String = row.expect("there").get(0);
    sealed.split('.').nth(1).expect("sealed").to_owned()
}

async fn rotate(store: &Store) -> String {
    let secret = random::<32>().expect("a key");
    let made = store.system("test").write(async |tx| rotation::rotate(tx, Purpose::Seal, &secret).await).await;
    made.expect("made")
}

async fn states(store: &Store, purpose: Purpose) -> Vec<(String, KeyState)> {
    let keys = rotation::list(&store.system("test")).await.expect("listed");
    keys.into_iter().filter(|key| key.purpose == purpose).map(|key| (key.id, key.state)).collect()
}

#[tokio::test]
async fn the_sealing_key_is_replaced_under_two_processes_without_either_failing_to_read() {
    let house = House::new().await;
    let other = house.beside("07").await.expect("the same root key");
    let stores = [&house.store, &other];
    for store in stores {
        tokio::spawn(keep(store.clone()));
    }
    let old = create(&house.store, "13812345678").await;
    assert_eq!(rotate(&other).await, "seal-2");
    let announced = [("seal-2".to_owned(), KeyState::Announced), ("seal-1".to_owned(), KeyState::InUse)];
    assert_eq!(states(&other, Purpose::Seal).await, announced);
    let start = Instant::now();
    let mut sealed = [String::new(), String::new()];
    while sealed != ["seal-2", "seal-2"] {
        assert!(start.elapsed() < Duration::from_secs(20), "{sealed:?}");
        for (writer, key) in stores.into_iter().zip(&mut sealed) {
            let id = create(writer, "13987654321").await;
            for reader in stores {
                assert_eq!(
                    (phone(reader, id).await, phone(reader, old).await),
                    (json!("13987654321"), json!("13812345678"))
                );
            }
            *key = sealed_with(&house, id).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(start.elapsed() > Duration::from_secs(4), "the other had no time to learn of it");
    assert_eq!(
        states(&other, Purpose::Seal).await,
        [("seal-2".to_owned(), KeyState::InUse), ("seal-1".to_owned(), KeyState::Kept)]
    );
    assert_eq!(sealed_with(&house, old).await, "seal-1");
}

#[tokio::test]
async fn a_key_that_sealed_what_is_still_there_is_not_withdrawn() {
    let house = House::new().await;
    let id = create(&house.store, "13812345678").await;
    rotate(&house.store).await;
    age(&house).await;
    let refused = house.system().write(async |tx| rotation::withdraw(tx, "seal-1").await).await;
    assert_eq!(fault_of(&refused).as_deref(), Some("key_sealing"));
    assert_eq!(phone(&house.store, id).await, "13812345678");
}

#[tokio::test]
async fn keys_and_what_becomes_of_them_stand_in_the_change_log_without_their_secrets() {
    let house = House::new().await;
    let mut operator = house.system();
    operator.trace.reason = Some("yearly".to_owned());
    let secret = random::<32>().expect("a key");
    let id = operator.write(async |tx| rotation::rotate(tx, Purpose::Sign, &secret).await).await.expect("made");
    age(&house).await;
    operator.write(async |tx| rotation::withdraw(tx, "sign-1").await).await.expect("withdrawn");
    assert_eq!(id, "sign-2");
    let query = "select operation, changed::text, reason from changes where resource = 'data_keys' order by sequence";
    let rows = house.database.connect().await.query(query, &[]).await.expect("read");
    let told: Vec<(String, String, String)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let expected =
        [("create", r#"{"id": "sign-2", "purpose": "sign"}"#), ("update", r#"{"withdrawn": [false, true]}"#)];
    assert_eq!(told, expected.map(|(operation, changed)| (operation.into(), changed.into(), "yearly".into())));
    let keys = rotation::list(&operator).await.expect("listed");
    let key = |id: &str| keys.iter().find(|key| key.id == id).expect("a key");
    let reason = Some("yearly".to_owned());
    assert_eq!((&key("sign-2").created_for, &key("sign-2").withdrawn_for), (&reason, &None));
    assert_eq!((&key("sign-1").created_for, &key("sign-1").withdrawn_for), (&None, &reason));
}

#[tokio::test]
async fn another_root_key_fits_from_now_on_and_running_processes_go_on() {
    let house = House::new().await;
    let id = create(&house.store, "13812345678").await;
    let next = RootKey::from_hex(&"08".repeat(32)).expect("a root key");
    let count = house.system().write(async |tx| rotation::rewrap(tx, &next).await).await.expect("rewrapped");
    assert_eq!(count, 4);
    assert!(house.beside("07").await.is_err(), "the old root key no longer opens anything");
    let started = house.beside("08").await.expect("the new root key does");
    assert_eq!(phone(&started, id).await, "13812345678");
    // A withdrawal reaches a process that still has the old root key.
    let keeping = tokio::spawn(keep(house.store.clone()));
    let document = vec![1; 32];
    started.system("test").write(async |tx| rotation::rotate(tx, Purpose::Sign, &document).await).await.expect("made");
    age(&house).await;
    let mut changes = house.store.key_changes();
    tokio::time::timeout(Duration::from_secs(10), changes.changed()).await.expect("in time").expect("read again");
    assert_eq!(phone(&house.store, id).await, "13812345678");
    keeping.abort();
}

/// Makes the newest keys as old as if everybody had had the time to learn of them.
async fn age(house: &House) {
    let sql = "update data_keys set created_at = created_at - interval '1 minute'";
    house.database.connect().await.batch_execute(sql).await.expect("aged");
}
