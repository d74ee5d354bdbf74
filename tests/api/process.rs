//! What holds for every request, and how the process says that it is well.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tests::{Answer, App, eventually};

#[tokio::test]
async fn anybody_may_ask_whether_the_process_is_well() {
    let app = App::start().await;
    for path in ["/healthz", "/readyz"] {
        let answer = app.get(path).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{path}");
        assert!(answer.text.len() < 10, "{path} tells no detail: {}", answer.text);
    }
}

#[tokio::test]
async fn without_a_database_the_process_is_alive_but_not_ready() {
    let app = App::start().await;
    app.database.remove().await;
    assert_eq!(app.get("/healthz").await.status, 200);
    let answer = app.get("/readyz").await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "5"));
    assert_eq!(answer.problem()["code"], "unavailable");
}

#[tokio::test]
async fn an_older_schema_is_not_ready() {
    let app = App::start().await;
    let sql = "delete from __diesel_schema_migrations where version = (select max(version) from \
               __diesel_schema_migrations)";
    app.database.connect().await.batch_execute(sql).await.expect("one migration fewer");
    assert_eq!(app.get("/readyz").await.status, 503);
}

#[tokio::test]
async fn every_answer_carries_an_id_and_the_security_headers() {
    let app = App::start_with(&[("ZHIYIN_PUBLIC_URL", "https://crm.example.com")]).await;
    for path in ["/healthz", "/", "/nothing.js", "/api/v1/nothing", &format!("/{}", "a".repeat(9000))] {
        let answer = app.get(path).await;
        assert!(!answer.header("x-request-id").is_empty(), "{answer:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer:?}");
        assert!(answer.header("strict-transport-security").contains("includeSubDomains"), "{answer:?}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("'wasm-unsafe-eval'"), "{answer:?}");
        assert!(!policy.contains("'unsafe-inline'"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_callers_own_request_id_is_kept_if_it_is_harmless() {
    let app = App::start().await;
    for (given, kept) in [("erp-2026_7", true), ("a;b", false), (&"x".repeat(65), false)] {
        let answer = Answer::of(app.request(Method::GET, "/nothing").header("x-request-id", given)).await;
        assert_eq!(answer.problem()["request_id"] == given, kept, "{given}");
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_problem_in_the_readers_language() {
    let app = App::start().await;
    let titles = ["zh-CN", "en"].map(|language| {
        let request = app.request(Method::GET, "/api/v1/nothing").header("accept-language", language);
        async move { Answer::of(request).await.problem() }
    });
    let [chinese, english] = titles;
    let (chinese, english) = (chinese.await, english.await);
    assert_eq!((&chinese["code"], &english["code"]), (&"not_found".into(), &"not_found".into()));
    assert_eq!(english["title"], "Not found");
    assert_ne!(chinese["title"], english["title"]);
    assert_eq!(app.get("/api/v1/nothing").await.problem()["title"], chinese["title"], "Chinese comes first");
}

#[tokio::test]
async fn an_address_longer_than_8_kib_is_refused() {
    let app = App::start().await;
    let fits = format!("/healthz?{}", "a".repeat(8192 - "/healthz?".len()));
    assert_eq!(app.get(&fits).await.status, 200);
    let answer = app.get(&format!("{fits}a")).await;
    assert_eq!((answer.status, &answer.problem()["code"]), (414, &"uri_too_long".into()));
}

#[tokio::test]
async fn head_answers_wherever_get_does_but_without_a_body() {
    let app = App::start().await;
    let answer = Answer::of(app.request(Method::HEAD, "/healthz")).await;
    assert_eq!((answer.status, answer.header("content-length"), answer.text.as_str()), (200, "2", ""));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up_but_its_write_is_not() {
    let app = App::start_with(&[("ZHIYIN_REQUEST_SECONDS", "1")]).await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let path = format!("/api/v1/customers/{}", customer["id"].as_str().expect("an id"));
    let etag = admin.etag(&path).await;
    // Somebody holds the row, so the change has to wait.
    let holder = app.database.connect().await;
    holder.batch_execute("begin; select 1 from customers for update").await.expect("held");
    let change = admin.request(Method::PATCH, &path).header("if-match", &etag).header("accept-language", "en");
    let started = Instant::now();
    let late = Answer::of(change.header("x-request-id", "late").json(&json!({"name": "鑫盛"}))).await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    let problem = late.problem();
    assert_eq!((late.status, &problem["code"], &problem["request_id"]), (503, &json!("too_slow"), &json!("late")));
    assert_eq!((late.header("retry-after"), &problem["instance"]), ("5", &json!(path)));
    assert_eq!(late.header("cache-control"), "no-store");
    assert!(late.header("ratelimit").contains(";r="), "{late:?}");
    holder.batch_execute("rollback").await.expect("let go");
    eventually("a write that had begun comes to its end", async || {
        (admin.get(&path).await.json()["name"] == "鑫盛").then_some(())
    })
    .await;
}
