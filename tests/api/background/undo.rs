//! Taking back: only what the rules of every write allow, and nothing that somebody added since.

use domain::catalogue::Catalogue;
use domain::field::Access;
use serde_json::{Value, json};
use tests::{Actor, App};

use super::{operation, repeatable};
use crate::contract::samples;

async fn undo(person: &Actor<'_>, operation: &Value, wish: Value) -> Value {
    let path = format!("/api/v1/operations/{}/undo", operation["id"].as_str().expect("an id"));
    let answer = person.post(&path, &wish).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// The reasons that an undo and its trial give for what they leave alone; both must say the same.
async fn reasons(person: &Actor<'_>, operation: &Value) -> Vec<(Value, Value)> {
    let told = |undone: &Value| -> Vec<(Value, Value)> {
        let rows = undone["rows"].as_array().expect("rows").iter();
        let left = rows.filter(|row| matches!(row["outcome"].as_str(), Some("skipped" | "failed")));
        left.map(|row| (row["record_id"].clone(), row["faults"][0]["code"].clone())).collect()
    };
    let tried = undo(person, operation, json!({"dry_run": true})).await;
    let done = undo(person, operation, json!({})).await;
    assert_eq!(told(&tried), told(&done), "{tried} and {done}");
    told(&done)
}

async fn edit(person: &Actor<'_>, resource: &str, record: &Value, set: Value) -> Value {
    let wanted = json!({"action": "edit", "ids": [record["id"]], "set": set});
    let operation = person.post(&format!("/api/v1/{resource}/bulk"), &wanted).await.json();
    assert_eq!(operation["updated"], 1, "{operation}");
    operation
}

#[tokio::test]
async fn an_undo_closes_no_circle() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let trees = Catalogue::built().references().filter(|reference| reference.from.name == reference.to);
    // What follows another for ever stays where it was put.
    for tree in trees.filter(|tree| tree.field.access == Access::Writable) {
        let (name, link) = (tree.to, tree.field.key);
        let above = samples::create(&admin, tree.from).await;
        let mut draft = samples::draft(&admin, tree.from).await;
        draft[link] = above["id"].clone();
        let below = admin.create(name, &draft).await;
        let freed = edit(&admin, name, &below, json!({link: null})).await;
        let path = |record: &Value| format!("/api/v1/{name}/{}", record["id"].as_str().expect("an id"));
        let turned = admin.patch(&path(&above), &admin.etag(&path(&above)).await, &json!({link: below["id"]})).await;
        assert_eq!(turned.status, 200, "{turned:?}");
        assert_eq!(reasons(&admin, &freed).await, [(below["id"].clone(), json!("cycle"))], "{name}");
        assert_eq!(admin.get(&path(&below)).await.json()[link], Value::Null, "{name}");
    }
}

#[tokio::test]
async fn an_undo_names_nothing_that_has_gone() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let kind = admin.create("customer-types", &json!({"name": "直销"})).await;
    let customer = admin.create("customers", &json!({"name": "华信", "type_id": kind["id"]})).await;
    let freed = edit(&admin, "customers", &customer, json!({"type_id": null})).await;
    let gone =
        admin.post("/api/v1/customer-types/bulk", &json!({"action": "delete", "ids": [kind["id"]]})).await.json();
    assert_eq!(gone["deleted"], 1, "{gone}");
    assert_eq!(reasons(&admin, &freed).await, [(customer["id"].clone(), json!("not_found"))]);
}

#[tokio::test]
async fn a_deletion_that_led_others_elsewhere_leads_them_back() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let kind = admin.create("customer-types", &json!({"name": "直销"})).await;
    let other = admin.create("customer-types", &json!({"name": "渠道"})).await;
    let customer = admin.create("customers", &json!({"name": "华信", "type_id": kind["id"]})).await;
    let wanted = json!({"action": "delete", "ids": [kind["id"]], "move_to": other["id"]});
    let deleted = admin.post("/api/v1/customer-types/bulk", &wanted).await.json();
    assert_eq!(deleted["deleted"], 1, "{deleted}");
    let path = format!("/api/v1/customers/{}", customer["id"].as_str().expect("an id"));
    assert_eq!(admin.get(&path).await.json()["type_id"], other["id"]);
    assert_eq!(reasons(&admin, &deleted).await, []);
    let back = admin.get(&path).await.json();
    assert_eq!((&back["type_id"], &back["version"]), (&kind["id"], &json!(3)));
}

#[tokio::test]
async fn what_was_added_to_an_imported_customer_stays_with_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let items: Vec<Value> = ["甲", "乙"].iter().map(|name| json!({"op": "create", "data": {"name": name}})).collect();
    let made = repeatable(&admin, "/api/v1/customers/batch", &json!({"items": items})).await.json();
    let operation = json!({"id": made["operation_id"]});
    let kept = &made["results"][0]["id"];
    let contact = admin.create("contacts", &json!({"name": "后来的", "customer_id": kept})).await;
    let tried = undo(&admin, &operation, json!({"dry_run": true})).await;
    assert_eq!((&tried["deleted"], &tried["skipped"]), (&json!(1), &json!(1)), "{tried}");
    let undone = undo(&admin, &operation, json!({})).await;
    assert_eq!((&undone["deleted"], &undone["skipped"]), (&json!(1), &json!(1)), "{undone}");
    let row = &undone["rows"][0];
    assert_eq!((&row["record_id"], &row["faults"][0]["code"]), (kept, &json!("used_by")), "{undone}");
    assert_eq!(row["faults"][0]["params"], json!({"resource": "contacts", "field": "customer_id", "count": "1"}));
    let path = format!("/api/v1/contacts/{}", contact["id"].as_str().expect("an id"));
    assert_eq!(admin.get(&path).await.status, 200, "what somebody added later is theirs");
}

#[tokio::test]
async fn a_trial_of_many_rows_says_what_the_undo_does() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let rows: String = (1..=400).map(|number| format!("K{number},客户{number},联系人{number}\n")).collect();
    let file = format!("编号,客户名称,联系人\n{rows}");
    let answer = super::preview(&admin, "customers", file).await.json();
    let body = json!({"resource": "customers", "mode": "upsert", "system": "erp", "file_id": answer["file_id"]});
    let job = super::ended(&admin, &repeatable(&admin, "/api/v1/imports", &body).await).await;
    let imported = operation(&admin, &job).await;
    assert_eq!(imported["created"], 400, "{imported}");
    let path = format!("/api/v1/operations/{}/undo", imported["id"].as_str().expect("an id"));
    for wish in [json!({"dry_run": true}), json!({})] {
        let job = super::ended(&admin, &admin.post(&path, &wish).await).await;
        let undone = operation(&admin, &job).await;
        assert_eq!((&undone["deleted"], &undone["skipped"]), (&json!(800), &json!(0)), "{undone}");
    }
}
