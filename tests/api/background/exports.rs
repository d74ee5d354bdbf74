//! Records that leave as a file.

use reqwest::Method;
use serde_json::json;
use tests::{Actor, Answer, App, eventually};

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

/// A role that may take all customers along, with what it sees of personal fields.
async fn exporters(admin: &Actor<'_>) -> String {
    let role = admin.create("roles", &json!({"name": "带走"})).await["id"].as_str().expect("an id").to_owned();
    let set = set_rights(admin, &role, "read").await;
    assert!(set.status < 300, "{set:?}");
    role
}

async fn set_rights(admin: &Actor<'_>, role: &str, personal: &str) -> Answer {
    let grants = ["read", "export"].map(|action| json!({"resource": "customers", "action": action, "scope": "all"}));
    let rights = json!({"personal": personal, "fields": [], "grants": grants});
    admin.change(Method::PUT, &format!("/api/v1/roles/{role}"), "/rights", &rights).await
}

#[tokio::test]
async fn a_file_is_handed_out_only_with_the_rights_it_was_made_with_and_head_leaves_it_there() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("customers", &json!({"name": "东方", "phones": ["13800001111"]})).await;
    let role = exporters(&admin).await;
    let person = admin.colleague_with(&[json!(role)]).await;
    let wanted = json!({"resource": "customers", "columns": ["name", "phones"]});
    let job = ended(&person, &repeatable(&person, "/api/v1/exports", &wanted).await).await;
    let download = job["download"].as_str().expect("an address");
    let head = Answer::of(person.request(Method::HEAD, download)).await;
    assert_eq!((head.status, head.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(set_rights(&admin, &role, "masked").await.status, 200);
    for method in [Method::HEAD, Method::GET] {
        assert_eq!(Answer::of(person.request(method, download)).await.status, 403, "the numbers are in it in clear");
    }
    assert_eq!(set_rights(&admin, &role, "read").await.status, 200);
    let file = person.get(download).await;
    assert!(file.status == 200 && file.text.contains("13800001111"), "{file:?}");
    assert_eq!(person.get(download).await.status, 410);
}

#[tokio::test]
async fn an_export_ends_where_the_right_to_it_ends() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("customers", &json!({"name": "东方", "phones": ["13800001111"]})).await;
    let role = exporters(&admin).await;
    let person = admin.colleague_with(&[json!(role)]).await;
    let client = app.database.connect().await;
    // The export is held up at its first part.
    client.batch_execute("begin; lock table file_parts in exclusive mode").await.expect("locked");
    let accepted = repeatable(&person, "/api/v1/exports", &json!({"resource": "customers"})).await;
    let path = accepted.header("location").to_owned();
    eventually("the export is at work", async || (person.get(&path).await.json()["state"] == "running").then_some(()))
        .await;
    assert_eq!(set_rights(&admin, &role, "masked").await.status, 200);
    client.batch_execute("commit").await.expect("let go");
    let job = ended(&admin, &accepted).await;
    assert_eq!((&job["state"], &job["error"], &job["download"]), (&json!("failed"), &json!("forbidden"), &json!(null)));
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
