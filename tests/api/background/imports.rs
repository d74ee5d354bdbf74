//! Files that become records.

use serde_json::{Value, json};
use tests::App;

use super::{customers, ended, operation, preview, repeatable};

const FILE: &str = "编号,客户名称,联系人,手机,城市,级别\n\
                    K1,华信科技,王小明,13800001111,深圳,A 级\n\
                    K2,鑫盛贸易,李雷,13800002222,\"贵阳\n南明\",B 级\n\
                    K3,,韩梅梅,12,上海,Z\n\
                    K1,重复的,,,,\n";

async fn begin(person: &tests::Actor<'_>, file: &'static str, options: Value) -> Value {
    let looked_at = preview(person, "customers", file).await;
    assert_eq!(looked_at.status, 200, "{looked_at:?}");
    let mut body =
        json!({"resource": "customers", "mode": "upsert", "system": "erp", "file_id": looked_at.json()["file_id"]});
    body.as_object_mut().expect("an object").extend(options.as_object().expect("an object").clone());
    ended(person, &repeatable(person, "/api/v1/imports", &body).await).await
}

#[tokio::test]
async fn a_preview_guesses_what_the_columns_are() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let looked_at = preview(&admin, "customers", FILE).await.json();
    let columns = looked_at["columns"].as_array().expect("columns");
    let targets: Vec<_> = columns.iter().map(|column| column["target"].as_str().unwrap_or_default()).collect();
    assert_eq!(targets, ["external_id", "name", "contact.name", "contact.phones", "city", "level"]);
    assert_eq!(columns[1]["samples"][0], "华信科技");
}

#[tokio::test]
async fn good_lines_come_in_and_bad_ones_say_all_that_is_wrong() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let job = begin(&admin, FILE, json!({})).await;
    assert_eq!((&job["state"], &job["done"], &job["failed"]), (&json!("succeeded"), &json!(2), &json!(2)), "{job}");
    let names: Vec<_> = customers(&admin).await.iter().map(|customer| customer["name"].clone()).collect();
    assert_eq!(names, ["华信科技", "鑫盛贸易"]);
    let id = job["operation_id"].as_str().expect("an operation").to_owned();
    let rows = admin.get(&format!("/api/v1/operations/{id}/rows")).await.json();
    let faults: Vec<(i64, Vec<&str>)> = rows["data"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            let faults = row["faults"].as_array().expect("faults").iter();
            (row["row"].as_i64().unwrap_or_default(), faults.filter_map(|fault| fault["pointer"].as_str()).collect())
        })
        .collect();
    assert_eq!(faults, [(4, vec!["/name", "/level", "/contact/phones/0"]), (5, vec!["/external_id"])]);
    let file = admin.get(job["error_file"].as_str().expect("a file of errors")).await;
    assert!(file.text.contains("行号") && file.text.contains("\n4,"), "{file:?}");
    let contacts = admin.get("/api/v1/contacts?q=1111").await.json();
    assert_eq!((&contacts["data"][0]["name"], &contacts["data"][0]["is_primary"]), (&json!("王小明"), &json!(true)));
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_an_undo_leaves_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let first = begin(&admin, FILE, json!({})).await;
    let again = operation(&admin, &begin(&admin, FILE, json!({})).await).await;
    assert_eq!(
        (&again["created"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(2)),
        "{again}"
    );
    assert!(customers(&admin).await.iter().all(|customer| customer["version"] == 1));
    let path = format!("/api/v1/operations/{}/undo", first["operation_id"].as_str().expect("an operation"));
    let rehearsed = admin.post(&path, &json!({"dry_run": true})).await;
    assert_eq!((rehearsed.status, &rehearsed.json()["deleted"]), (200, &json!(4)), "{rehearsed:?}");
    assert_eq!(customers(&admin).await.len(), 2);
    let undone = admin.post(&path, &json!({})).await;
    assert_eq!((undone.status, &undone.json()["deleted"]), (200, &json!(4)), "{undone:?}");
    assert_eq!(customers(&admin).await.len(), 0);
    assert_eq!(admin.post(&path, &json!({})).await.problem()["errors"][0]["code"], "already_undone");
    let once_more = operation(&admin, &begin(&admin, FILE, json!({})).await).await;
    assert_eq!(once_more["created"], 2, "what was undone can come in again: {once_more}");
}

#[tokio::test]
async fn a_dry_run_lists_what_would_change_and_changes_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    begin(&admin, FILE, json!({})).await;
    const CHANGED: &str = "编号,客户名称,手机,城市,联系人\nK1,华信科技,13800003333,广州,王小明\nK9,新来的,,,\n";
    let job = begin(&admin, CHANGED, json!({"mode": "dry_run"})).await;
    let id = job["operation_id"].as_str().expect("an operation");
    let rows = admin.get(&format!("/api/v1/operations/{id}/rows")).await.json();
    assert_eq!(rows["data"][0]["outcome"], "updated", "{rows}");
    assert_eq!(rows["data"][0]["changed"]["city"], json!(["深圳", "广州"]));
    assert!(!rows.to_string().contains("13800003333"), "personal values are masked: {rows}");
    assert_eq!(rows["data"][1]["outcome"], "created");
    let names: Vec<_> = customers(&admin).await.iter().map(|customer| customer["city"].clone()).collect();
    assert_eq!(names, ["深圳", "贵阳\n南明"]);
}

#[tokio::test]
async fn what_was_changed_since_is_left_alone_by_an_undo() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let job = begin(&admin, FILE, json!({})).await;
    let kept = customers(&admin).await[0].clone();
    let path = format!("/api/v1/customers/{}", kept["id"].as_str().expect("an id"));
    let etag = admin.etag(&path).await;
    assert_eq!(admin.patch(&path, &etag, &json!({"city": "珠海"})).await.status, 200);
    let undo = format!("/api/v1/operations/{}/undo", job["operation_id"].as_str().expect("an operation"));
    let undone = admin.post(&undo, &json!({})).await.json();
    assert_eq!((&undone["deleted"], &undone["skipped"]), (&json!(3), &json!(1)), "{undone}");
    assert_eq!(undone["rows"][0]["record_id"], kept["id"]);
    assert_eq!(customers(&admin).await.len(), 1);
}

#[tokio::test]
async fn a_file_comes_in_with_the_rights_of_who_sent_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let analyst = admin.colleague(&["analyst"], None).await;
    assert_eq!(preview(&analyst, "customers", FILE).await.status, 403);
    begin(&admin, FILE, json!({})).await;
    // The seller sees only their own customers, so the administrator's stay as they are.
    let job = begin(&seller, FILE, json!({})).await;
    assert_eq!((&job["done"], &job["failed"]), (&json!(0), &json!(4)), "{job}");
    let own = begin(&seller, FILE, json!({"system": "other"})).await;
    assert_eq!(own["done"], 2, "{own}");
    assert!(customers(&seller).await.iter().all(|customer| customer["owner_id"] == seller.id.as_str()));
    assert_eq!(admin.get(&format!("/api/v1/jobs/{}", own["id"].as_str().unwrap_or_default())).await.status, 200);
    let of_admin = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap_or_default());
    assert_eq!(analyst.get(&of_admin).await.status, 404);
}

#[tokio::test]
async fn a_file_comes_from_a_system_whose_records_can_be_asked_for_by_their_names() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let looked_at = preview(&admin, "customers", FILE).await.json();
    let body = |system: &str| json!({"resource": "customers", "mode": "upsert", "system": system, "file_id": looked_at["file_id"]});
    let refused = repeatable(&admin, "/api/v1/imports", &body(&"长".repeat(61))).await;
    let fault = &refused.problem()["errors"][0];
    assert_eq!((refused.status, &fault["pointer"], &fault["code"]), (422, &json!("/system"), &json!("too_long")));
    assert_eq!(repeatable(&admin, "/api/v1/imports", &body(&"长".repeat(60))).await.status, 202);
}
