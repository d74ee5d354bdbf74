//! The first administrator, made once and never again.

use futures_util::future::join_all;
use serde_json::json;
use tests::{App, PASSWORD, cookie_of};

fn body(token: &str, username: &str) -> serde_json::Value {
    json!({"token": token, "name": "李伟", "username": username, "password": PASSWORD})
}

#[tokio::test]
async fn of_fifty_who_open_the_link_at_once_one_becomes_the_administrator() {
    let app = App::start().await;
    assert_eq!(app.get("/api/v1/setup").await.json()["needed"], true);
    let bodies: Vec<_> = (0..50).map(|number| body(&app.setup_token, &format!("first{number}"))).collect();
    let answers = join_all(bodies.iter().map(|body| app.post("/api/v1/setup", body))).await;
    let statuses = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((statuses(200), statuses(410)), (1, 49), "{answers:?}");
    let client = app.database.connect().await;
    let row = client.query_one("select (select count(*) from users), (select count(*) from departments)", &[]).await;
    let row = row.expect("counted");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 1));
    assert_eq!(app.get("/api/v1/setup").await.json()["needed"], false);
}

#[tokio::test]
async fn a_wrong_or_old_link_is_gone_and_every_fault_is_named_at_once() {
    let app = App::start().await;
    let answer = app.post("/api/v1/setup", &body("wrong", "liwei")).await;
    assert_eq!((answer.status, &answer.problem()["code"]), (410, &"gone".into()));
    let faults = app.post("/api/v1/setup", &json!({"token": 1, "colour": "red"})).await.problem();
    let pointers: Vec<_> = faults["errors"].as_array().expect("faults").iter().map(|fault| &fault["pointer"]).collect();
    assert_eq!(pointers, ["/colour", "/token"]);
    let weak = json!({"token": app.setup_token, "name": "李伟", "username": "liwei", "password": "liwei123456"});
    let answer = app.post("/api/v1/setup", &weak).await;
    let codes: Vec<_> =
        answer.problem()["errors"].as_array().expect("faults").iter().map(|fault| fault["code"].clone()).collect();
    assert_eq!(codes, ["contains_username", "common_password"]);
    let client = app.database.connect().await;
    client.execute("update setup_links set expires_at = now()", &[]).await.expect("aged");
    assert_eq!(app.post("/api/v1/setup", &body(&app.setup_token, "liwei")).await.status, 410);
}

#[tokio::test]
async fn whoever_sets_up_is_signed_in_and_may_do_everything() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let me = administrator.get("/api/v1/me").await.json();
    assert_eq!((&me["username"], &me["roles"][0]["shipped_key"]), (&"admin".into(), &"administrator".into()));
    assert_eq!(me["fields"], json!([]), "nothing is hidden from an administrator");
    for path in ["users", "roles", "departments", "customers", "permissions"] {
        assert_eq!(administrator.get(&format!("/api/v1/{path}")).await.status, 200, "{path}");
    }
    assert!(!administrator.cookie.is_empty());
}

/// Names are data, and the house speaks the language of whoever moves in first.
#[tokio::test]
async fn the_shipped_roles_are_named_in_the_language_of_the_set_up() {
    for (locale, sales, note) in
        [("zh-CN", "销售", "负责自己的客户和联系人。"), ("en", "Sales", "Works with their own customers and contacts.")]
    {
        let app = App::start().await;
        let mut body = body(&app.setup_token, "liwei");
        body["locale"] = json!(locale);
        assert_eq!(app.post("/api/v1/setup", &body).await.status, 200);
        let roles = app.sign_in("liwei", PASSWORD).await.get("/api/v1/roles?limit=50").await.json();
        let named = |name: &str| roles["data"].as_array()?.iter().find(|role| role["name"] == name);
        assert_eq!(named(sales).expect(locale)["description"], note);
    }
}

#[tokio::test]
async fn the_link_is_kept_as_a_digest_and_the_password_as_a_hash() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let client = app.database.connect().await;
    for table in ["setup_links", "credentials", "refresh_tokens", "sessions", "changes", "sign_in_failures"] {
        let rows = client.query(&format!("select t::text from {table} t"), &[]).await.expect("rows");
        let text: String = rows.iter().map(|row| row.get::<_, String>(0)).collect();
        for secret in [&app.setup_token, PASSWORD, &administrator.cookie, &administrator.token] {
            assert!(!text.contains(secret), "{table} holds a secret");
        }
    }
    let again = app.try_sign_in("admin", PASSWORD).await;
    assert_ne!(cookie_of(&again), administrator.cookie);
}
