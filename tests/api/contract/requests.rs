//! What every request is held to, whatever it asks for: its method, its query string, the JSON in its body.

use domain::CATALOGUE;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App};

use super::document::{address, operations};
use super::samples;

/// The faults of a refusal, as pointer and code.
fn faults(answer: &Answer) -> Vec<(String, String)> {
    let problem = answer.problem();
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    let faults = problem["errors"].as_array().into_iter().flatten();
    faults.map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
}

fn pair(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[tokio::test]
async fn no_operation_takes_a_parameter_that_the_document_does_not_name() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let id = customer["id"].as_str().expect("an id");
    let mut refused = 0;
    for (method, path, _) in operations() {
        // The resource in the body decides who may.
        if path.ends_with("/imports") || path.ends_with("/exports") {
            continue;
        }
        let address = if path.contains("/customers/{id}") { path.replace("{id}", id) } else { address(&path) };
        let request = admin.request(method.clone(), &format!("{address}?colour=red&colour=blue"));
        let answer =
            Answer::of(request.header("if-match", "\"0\"").header("idempotency-key", "k").json(&json!({}))).await;
        assert!((400..500).contains(&answer.status), "{method} {path}: {answer:?}");
        if answer.status == 400 {
            let expected = [pair("colour", "unknown"), pair("colour", "repeated")];
            assert_eq!(faults(&answer), expected, "{method} {path}: {answer:?}");
            refused += 1;
        }
    }
    assert!(refused > 60, "only {refused} operations looked at their address");
    let seller = admin.colleague(&["sales"], None).await;
    assert_eq!(seller.get("/api/v1/keys?colour=red").await.status, 403, "who may not ask is told that first");
}

#[tokio::test]
async fn an_address_that_is_no_text_names_no_record() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for path in ["/api/v1/customers/by-external/erp/%ff", "/api/v1/customers/by-external/%E4%B8/7"] {
        let answer = admin.patch(path, "", &json!({"name": "华信"})).await;
        assert_eq!((answer.status, &answer.problem()["code"]), (400, &json!("malformed")), "{path}");
    }
    assert_eq!(admin.get("/api/v1/customers?q=%ff").await.status, 400);
    assert_eq!(admin.get("/api/v1/customers?q=%E4%B8%AD").await.status, 200);
}

#[tokio::test]
async fn another_method_is_answered_with_those_that_there_are_to_whoever_has_a_token() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in CATALOGUE.iter() {
        let path = format!("/api/v1/{}", resource.name);
        let known = Answer::of(admin.request(Method::PUT, &path)).await;
        let allowed: Vec<_> = known.header("allow").split(", ").collect();
        assert_eq!((known.status, allowed.contains(&"HEAD")), (405, allowed.contains(&"GET")), "{path}: {known:?}");
        assert_eq!(Answer::of(app.request(Method::PUT, &path)).await.status, 401, "{path}");
    }
    let public = Answer::of(app.request(Method::GET, "/api/v1/auth/login")).await;
    assert_eq!((public.status, public.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn a_body_that_two_readers_would_read_differently_is_refused() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let post = async |media_type: &str, body: &'static str| {
        let request = admin.request(Method::POST, "/api/v1/customers").header("content-type", media_type);
        Answer::of(request.body(body)).await
    };
    for body in [r#"{"name":"甲","name":"乙"}"#, r#"{"name":"甲","n\u0061me":"乙"}"#] {
        let twice = post("application/json", body).await;
        assert_eq!((twice.status, faults(&twice)), (400, vec![pair("", "repeated_member")]), "{body}");
    }
    assert_eq!(post("application/json; charset=gbk", r#"{"name":"a"}"#).await.status, 415);
    assert_eq!(post("application/json; Charset=\"UTF-8\"", r#"{"name":"a"}"#).await.status, 201);
}

#[tokio::test]
async fn any_of_the_versions_that_a_writer_holds_may_be_the_current_one() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let resource = CATALOGUE.iter().find(|resource| resource.name == "customers").expect("customers");
    let id = samples::create(&admin, resource).await["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/customers/{id}");
    let etag = admin.etag(&path).await;
    assert_eq!(admin.patch(&path, &format!("W/{etag}"), &json!({"notes": "甲"})).await.status, 412, "a weak tag");
    assert_eq!(admin.patch(&path, "\"7-0\", \"8-0\"", &json!({"notes": "甲"})).await.status, 412);
    let changed = admin.patch(&path, &format!("\"7-0\", {etag}"), &json!({"notes": "甲"})).await;
    assert_eq!((changed.status, &changed.json()["version"]), (200, &json!(2)), "{changed:?}");
}

#[tokio::test]
async fn a_limit_that_is_passed_is_named() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let long = "a".repeat(101);
    for (query, limit) in [
        ("sort=name,-name,id,-id".to_owned(), "3"),
        (format!("expand={}", ["owner"; 21].join(",")), "20"),
        (format!("q={long}"), "100"),
    ] {
        let answer = admin.get(&format!("/api/v1/customers?{query}")).await;
        let detail = answer.problem()["errors"][0]["detail"].to_string();
        assert!(answer.status == 400 && detail.contains(limit) && !detail.contains('{'), "{query}: {detail}");
    }
    let tests: Vec<_> = (0..51).map(|_| json!({"field": "level", "op": "eq", "value": "a"})).collect();
    let answer = admin.post("/api/v1/customers/search", &json!({"filter": {"and": tests}})).await;
    let detail = answer.problem()["errors"][0]["detail"].to_string();
    assert!(answer.status == 400 && detail.contains("50"), "{answer:?}");
    let nul = admin.get("/api/v1/customers?q=a%00").await;
    assert_eq!((nul.status, faults(&nul)), (400, vec![pair("q", "nul_character")]));
}

#[tokio::test]
async fn a_batch_without_a_key_is_told_that_before_anything_about_its_items() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let bare = admin.post("/api/v1/customers/batch", &json!({"items": []})).await;
    assert_eq!((bare.status, &bare.problem()["code"]), (400, &json!("idempotency_key_missing")), "{bare:?}");
}

#[tokio::test]
async fn what_a_caller_does_not_accept_is_not_sent_however_they_write_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for (accept, status) in [
        ("application/json; q=0", 406),
        ("application/json;version=1; Q=0.0", 406),
        ("text/html, application/json ; q=0.1", 200),
        ("*/*", 200),
    ] {
        let request = admin.request(Method::GET, "/api/v1/customers").header("accept", accept);
        assert_eq!(Answer::of(request).await.status, status, "{accept}");
    }
}
