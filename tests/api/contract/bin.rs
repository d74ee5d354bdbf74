//! The bin of every resource: who may restore sees what was deleted, when and by whom, and brings it back.

use reqwest::Method;
use serde_json::{Value, json};
use tests::App;

use super::samples;
use super::verbs::editable;

fn ids(page: &Value) -> Vec<&Value> {
    page["data"].as_array().into_iter().flatten().map(|record| &record["id"]).collect()
}

#[tokio::test]
async fn what_was_deleted_is_found_in_the_bin_and_comes_back() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let (kept, gone) = (samples::create(&admin, resource).await, samples::create(&admin, resource).await);
        let path = format!("/api/v1/{}/{}", resource.name, gone["id"].as_str().expect("an id"));
        let list = format!("/api/v1/{}?limit=500", resource.name);
        let bin = format!("{list}&deleted=only&count=exact&expand=updated_by");
        let before = admin.get(&bin).await.json();
        assert!(!ids(&before).contains(&&gone["id"]) && !ids(&before).contains(&&kept["id"]), "{}", resource.name);
        assert_eq!(admin.delete(&path, &admin.etag(&path).await).await.status, 204, "{}", resource.name);
        let after = admin.get(&bin).await.json();
        assert_eq!(ids(&after)[0], &gone["id"], "{}: the latest first, {after}", resource.name);
        assert_eq!(after["page"]["total"].as_u64(), before["page"]["total"].as_u64().map(|total| total + 1));
        assert_eq!(after["data"][0]["updated_by"], kept["created_by"], "{}: who deleted it", resource.name);
        let present = admin.get(&list).await.json();
        assert!(ids(&present).contains(&&kept["id"]) && !ids(&present).contains(&&gone["id"]), "{}", resource.name);
        assert_eq!(admin.post(&format!("{path}/restore"), &json!({})).await.status, 200, "{}", resource.name);
        assert!(!ids(&admin.get(&bin).await.json()).contains(&&gone["id"]), "{}", resource.name);
    }
}

#[tokio::test]
async fn a_bin_is_for_who_may_restore_and_is_not_searched() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let role = admin.create("roles", &json!({"name": "只看"})).await;
    let grants = json!([{"resource": "customers", "action": "read", "scope": "all"}]);
    let rights = json!({"personal": "read", "fields": [], "grants": grants});
    let of_role = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    assert_eq!(admin.change(Method::PUT, &of_role, "/rights", &rights).await.status, 200);
    let reader = admin.colleague_with(&[role["id"].clone()]).await;
    assert_eq!(reader.get("/api/v1/customers").await.status, 200);
    assert_eq!(reader.get("/api/v1/customers?deleted=only").await.status, 403);

    let seller = admin.colleague(&["sales"], None).await;
    let (own, others) = (samples::create(&seller, definition()).await, samples::create(&admin, definition()).await);
    for record in [&own, &others] {
        let path = format!("/api/v1/customers/{}", record["id"].as_str().expect("an id"));
        assert_eq!(admin.delete(&path, &admin.etag(&path).await).await.status, 204);
    }
    let bin = admin.get("/api/v1/customers?deleted=only").await.json();
    assert_eq!(ids(&bin), [&others["id"], &own["id"]]);
    let filter = admin.post("/api/v1/customers/search", &json!({"deleted": "only", "limit": 1})).await.json();
    assert_eq!(ids(&filter), [&others["id"]]);
    let bin = seller.get("/api/v1/customers?deleted=only").await;
    assert!(bin.status == 403 || ids(&bin.json()).iter().all(|id| **id == own["id"]), "{bin:?}");
    for (query, pointer) in [("deleted=only&q=x", "q"), ("deleted=all", "deleted")] {
        let refused = admin.get(&format!("/api/v1/customers?{query}")).await;
        assert_eq!((refused.status, refused.problem()["errors"][0]["pointer"].as_str()), (400, Some(pointer)));
    }
}

fn definition() -> &'static domain::Definition {
    domain::catalogue::find("customers").expect("customers")
}
