//! One change to many records.

use serde_json::{Value, json};
use tests::{Actor, App};

use super::{customers, ended};

async fn three(person: &Actor<'_>) -> Vec<Value> {
    for name in ["甲", "乙", "丙"] {
        person.create("customers", &json!({"name": name, "phones": ["13800001111"]})).await;
    }
    customers(person).await.iter().map(|customer| customer["id"].clone()).collect()
}

async fn undo(person: &Actor<'_>, operation: &Value) -> Value {
    let path = format!("/api/v1/operations/{}/undo", operation["id"].as_str().expect("an id"));
    let answer = person.post(&path, &json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn a_bulk_edit_is_one_operation_and_goes_back_as_one() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let ids = three(&admin).await;
    let edit = json!({"action": "edit", "ids": ids, "set": {"phones": ["13900002222"], "city": "苏州"}});
    let rehearsed = json!({"action": "edit", "ids": ids, "set": {"city": "苏州"}, "dry_run": true});
    let answer = admin.post("/api/v1/customers/bulk", &rehearsed).await;
    assert_eq!(answer.json()["rows"].as_array().map(Vec::len), Some(3), "{answer:?}");
    assert!(customers(&admin).await.iter().all(|customer| customer["city"].is_null()));
    let operation = admin.post("/api/v1/customers/bulk", &edit).await.json();
    assert_eq!((&operation["updated"], &operation["state"]), (&json!(3), &json!("done")), "{operation}");
    assert_eq!(admin.get("/api/v1/customers?q=2222").await.json()["data"].as_array().map(Vec::len), Some(3));
    let undone = undo(&admin, &operation).await;
    assert_eq!((&undone["updated"], &undone["skipped"]), (&json!(3), &json!(0)), "{undone}");
    let back = customers(&admin).await;
    assert!(back.iter().all(|customer| customer["phones"] == json!(["13800001111"]) && customer["version"] == 3));
    assert_eq!(admin.get("/api/v1/customers?q=2222").await.json()["data"].as_array().map(Vec::len), Some(0));
    assert_eq!(admin.get("/api/v1/customers?q=1111").await.json()["data"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_bulk_deletion_takes_contacts_along_and_brings_them_back() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let ids = three(&admin).await;
    admin.create("contacts", &json!({"name": "王小明", "customer_id": ids[0]})).await;
    let delete = json!({"action": "delete", "filter": {"field": "name", "op": "in", "value": ["甲", "乙", "丙"]}});
    let operation = admin.post("/api/v1/customers/bulk", &delete).await.json();
    assert_eq!(operation["deleted"], 3, "{operation}");
    assert_eq!(admin.get("/api/v1/contacts").await.json()["data"], json!([]));
    assert_eq!(undo(&admin, &operation).await["restored"], 4);
    assert_eq!(customers(&admin).await.len(), 3);
    assert_eq!(admin.get("/api/v1/contacts?q=wxm").await.json()["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn each_row_is_asked_for_its_rights() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let ids = three(&admin).await;
    let seller = admin.colleague(&["sales"], None).await;
    let own = seller.create("customers", &json!({"name": "自己的"})).await;
    let all: Vec<&Value> = ids.iter().chain([&own["id"]]).collect();
    let operation = seller.post("/api/v1/customers/bulk", &json!({"action": "delete", "ids": all})).await.json();
    assert_eq!((&operation["deleted"], &operation["failed"]), (&json!(1), &json!(3)), "{operation}");
    assert_eq!(operation["rows"][0]["faults"][0]["code"], "not_found");
    assert_eq!(customers(&admin).await.len(), 3);
    let assign = json!({"action": "assign", "ids": ids, "set": {"owner_id": seller.id}});
    assert_eq!(seller.post("/api/v1/customers/bulk", &assign).await.status, 403);
    assert_eq!(admin.post("/api/v1/customers/bulk", &assign).await.json()["updated"], 3);
    assert_eq!(customers(&seller).await.len(), 3);
}

#[tokio::test]
async fn many_rows_are_changed_by_a_job() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let insert = "insert into customers (id, name, title_sort, kind, status) \
                  select gen_random_uuid(), '客户' || n, n::text, 'company', 'active' from generate_series(1, 450) n";
    app.database.connect().await.batch_execute(insert).await.expect("inserted");
    let edit = json!({"action": "edit", "filter": {"and": []}, "set": {"status": "dormant"}});
    let job = ended(&admin, &admin.post("/api/v1/customers/bulk", &edit).await).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("succeeded"), &json!(450)), "{job}");
    let operation = super::operation(&admin, &job).await;
    assert_eq!((&operation["updated"], &operation["state"]), (&json!(450), &json!("done")));
    let path = format!("/api/v1/operations/{}/undo", operation["id"].as_str().expect("an id"));
    let undone = ended(&admin, &admin.post(&path, &json!({})).await).await;
    assert_eq!((&undone["state"], &undone["done"]), (&json!("succeeded"), &json!(450)), "{undone}");
    let active = admin.get("/api/v1/customers?filter[status]=active&count=exact&limit=1").await.json();
    assert_eq!(active["page"]["total"], 450);
}
