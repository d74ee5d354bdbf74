//! What must leave no trace: looking, and a change that does not come about.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};
use tokio_postgres::Client;
use uuid::Uuid;

use super::document::{address, operations};
use super::samples;
use super::verbs::editable;

/// What is written though nobody wanted to change anything: that a session is in use, and the answers kept for whoever
/// repeats a request. Tables that a crash empties hold nothing that lasts.
const BOOKKEEPING: [&str; 2] = ["sessions", "idempotency_keys"];

/// Downloads that may be fetched once only: the address says so, and the file goes with it.
const USED_UP: [&str; 1] = ["fetch_export"];

/// What each table holds, as one figure.
async fn contents(client: &Client) -> BTreeMap<String, String> {
    let tables = "select relname::text from pg_class join pg_namespace on pg_namespace.oid = relnamespace \
                  where nspname = 'public' and relkind = 'r' and relpersistence = 'p' order by 1";
    let mut contents = BTreeMap::new();
    for row in client.query(tables, &[]).await.expect("tables") {
        let table: String = row.get(0);
        if BOOKKEEPING.contains(&table.as_str()) {
            continue;
        }
        let digest =
            format!("select coalesce(md5(string_agg(line::text, '' order by line::text)), '') from {table} line");
        contents.insert(table, client.query_one(&digest, &[]).await.expect("a digest").get(0));
    }
    contents
}

fn differing(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let differs = |table: &&String| before.get(*table) != after.get(*table);
    after.keys().filter(differs).cloned().collect()
}

/// Something in every table that is looked at.
async fn house(admin: &Actor<'_>) -> BTreeMap<&'static str, String> {
    let mut ids = BTreeMap::new();
    for definition in editable() {
        let record = samples::create(admin, definition).await;
        ids.insert(definition.name, record["id"].as_str().expect("an id").to_owned());
    }
    let bulk = json!({"action": "edit", "ids": [ids["customers"]], "set": {"notes": "看一看"}});
    let operation = admin.post("/api/v1/customers/bulk", &bulk).await;
    assert_eq!(operation.status, 200, "{operation:?}");
    ids.insert("operations", operation.json()["id"].as_str().expect("an id").to_owned());
    ids
}

#[tokio::test]
async fn looking_changes_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let ids = house(&admin).await;
    let client = app.database.connect().await;
    let mut looked = 0;
    for (_, path, operation) in operations().into_iter().filter(|(method, ..)| *method == Method::GET) {
        if USED_UP.iter().any(|id| operation["operationId"] == *id) {
            continue;
        }
        let resource = path.split('/').nth(3).unwrap_or_default();
        let address = match ids.get(resource) {
            Some(id) => path.replace("{id}", id),
            None => address(&path.replace("{resource}", "customers")),
        };
        let before = contents(&client).await;
        for method in [Method::GET, Method::HEAD] {
            let answer = Answer::of(admin.request(method.clone(), &address)).await;
            assert!(answer.status < 500, "{method} {address}: {answer:?}");
            looked += usize::from(answer.status == 200);
        }
        let changed = differing(&before, &contents(&client).await);
        assert_eq!(changed, Vec::<String>::new(), "GET {address} changed something");
    }
    for definition in domain::CATALOGUE {
        for question in ["search", "summary"] {
            let before = contents(&client).await;
            let answer = admin.post(&format!("/api/v1/{}/{question}", definition.name), &json!({})).await;
            assert_eq!(answer.status, 200, "{} {question}: {answer:?}", definition.name);
            let changed = differing(&before, &contents(&client).await);
            assert_eq!(changed, Vec::<String>::new(), "{} {question} changed something", definition.name);
        }
    }
    assert!(looked > 50, "only {looked} looks succeeded");
}

#[tokio::test]
async fn a_change_that_does_not_come_about_leaves_nothing_behind() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let ids = house(&admin).await;
    let mut drafts = Vec::new();
    for definition in editable() {
        drafts.push((definition, samples::draft(&admin, definition).await));
    }
    let client = app.database.connect().await;
    let before = contents(&client).await;
    for (definition, good) in drafts {
        let path = format!("/api/v1/{}", definition.name);
        // All of it or nothing, and the last item is bad.
        let items = json!({"atomic": true, "items": [{"op": "create", "data": good}, {"op": "create", "data": {}}]});
        let request = admin.request(Method::POST, &format!("{path}/batch"));
        let answer = Answer::of(request.header("Idempotency-Key", Uuid::new_v4().to_string()).json(&items)).await;
        assert_eq!(answer.status, 422, "{}: {answer:?}", definition.name);
        // A version that is no longer current, and a body with a fault.
        let record = format!("{path}/{}", ids[definition.name]);
        assert_eq!(admin.patch(&record, "\"0-0\"", &samples::renaming(definition)).await.status, 412);
        assert_eq!(admin.delete(&record, "\"0-0\"").await.status, 412);
        let etag = admin.etag(&record).await;
        let faulty: Value = json!({definition.title: "", "nobody_knows": 1});
        assert_eq!(admin.patch(&record, &etag, &faulty).await.status, 422);
        let changed = differing(&before, &contents(&client).await);
        assert_eq!(changed, Vec::<String>::new(), "{}: something was left behind", definition.name);
    }
}
