//! Records that leave as a file.

use serde_json::json;
use tests::App;

use super::{ended, repeatable};

#[tokio::test]
async fn an_export_is_fetched_once_by_who_asked_for_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("customers", &json!({"name": "=cmd()", "city": "深圳", "phones": ["13800001111"]})).await;
    admin.create("customers", &json!({"name": "别处的", "city": "上海"})).await;
    let wanted = json!({
        "resource": "customers", "columns": ["name", "city", "phones"],
        "filter": {"field": "city", "op": "eq", "value": "深圳"},
    });
    let job = ended(&admin, &repeatable(&admin, "/api/v1/exports", &wanted).await).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("succeeded"), &json!(1)), "{job}");
    let download = job["download"].as_str().expect("an address");
    let manager = admin.colleague(&["sales_manager"], None).await;
    assert_eq!(manager.get(download).await.status, 404);
    let file = admin.get(download).await;
    assert_eq!(file.text, "\u{feff}客户名称,城市,电话\r\n'=cmd(),深圳,13800001111\r\n", "{file:?}");
    assert_eq!(admin.get(download).await.problem()["code"], "gone");
    let client = app.database.connect().await;
    let audited =
        client.query("select changed ->> 'records' from changes where resource = 'exports' order by sequence", &[]);
    let audited: Vec<Option<String>> = audited.await.expect("asked").iter().map(|row| row.get(0)).collect();
    assert_eq!(audited, [Some("1".to_owned()), None]);
}

#[tokio::test]
async fn an_export_holds_what_its_reader_may_see() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("customers", &json!({"name": "别人的", "phones": ["13800001111"]})).await;
    let sellers = admin.colleague(&["sales"], None).await;
    let wanted = json!({"resource": "customers"});
    assert_eq!(repeatable(&sellers, "/api/v1/exports", &wanted).await.status, 403, "sellers may not export");
    let masked = json!({"name": "带走", "personal": "masked"});
    let role = admin.create("roles", &masked).await;
    let grants = json!({"personal": "masked", "fields": [], "grants": [
        {"resource": "customers", "action": "read", "scope": "all"},
        {"resource": "customers", "action": "export", "scope": "all"},
    ]});
    let path = format!("/api/v1/roles/{}/rights", role["id"].as_str().expect("an id"));
    let etag = admin.etag(&format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"))).await;
    let set = admin.put(&path, &etag, &grants).await;
    assert!(set.status < 300, "{set:?}");
    let person = admin.colleague_with(&[role["id"].clone()]).await;
    let wanted = json!({"resource": "customers", "format": "ndjson"});
    let job = ended(&person, &repeatable(&person, "/api/v1/exports", &wanted).await).await;
    let file = person.get(job["download"].as_str().expect("an address")).await;
    assert!(file.text.contains("138****1111") && !file.text.contains("13800001111"), "{file:?}");
    let no_key = person.post("/api/v1/exports", &wanted).await;
    assert_eq!(no_key.problem()["code"], "idempotency_key_missing");
}

#[tokio::test]
async fn an_export_has_the_order_of_its_list() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for (name, level) in [("北京", json!("b")), ("安徽", json!(null)), ("重庆", json!("a")), ("长沙", json!("b"))]
    {
        admin.create("customers", &json!({"name": name, "level": level})).await;
    }
    for sort in ["name", "-name", "level,-name", "-level", "-updated_at"] {
        let list = admin.get(&format!("/api/v1/customers?sort={sort}")).await.json();
        let listed: Vec<&str> =
            list["data"].as_array().expect("data").iter().filter_map(|held| held["name"].as_str()).collect();
        let wanted = json!({"resource": "customers", "columns": ["name"], "sort": sort});
        let job = ended(&admin, &repeatable(&admin, "/api/v1/exports", &wanted).await).await;
        assert_eq!(job["done"], 4, "each once, though all of them were changed a moment ago: {job}");
        let file = admin.get(job["download"].as_str().expect("an address")).await.text;
        assert_eq!(file.lines().skip(1).collect::<Vec<_>>(), listed, "{sort}");
    }
    let refused = repeatable(&admin, "/api/v1/exports", &json!({"resource": "customers", "sort": "notes"})).await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["code"]), (400, &json!("not_sortable")));
}
