//! How often somebody may ask.

use reqwest::Method;
use tests::{Answer, App};

#[tokio::test]
async fn every_answer_of_the_api_tells_what_is_left() {
    let app = App::start_with(&[("ZHIYIN_REQUESTS_PER_MINUTE", "600")]).await;
    let answer = app.get("/api/v1/setup").await;
    assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=600;w=60");
    assert_eq!(answer.header("ratelimit"), "\"default\";r=599;t=1");
    let failure = app.get("/api/v1/customers").await;
    assert_eq!(failure.status, 401);
    assert!(failure.header("ratelimit").starts_with("\"default\";r=59"), "{failure:?}");
    assert_eq!(app.get("/healthz").await.header("ratelimit"), "");
}

#[tokio::test]
async fn strangers_share_the_quota_of_their_address_but_callers_have_their_own() {
    let app = App::start_with(&[("ZHIYIN_REQUESTS_PER_MINUTE", "8")]).await;
    let administrator = app.administrator().await;
    let mut refused = app.get("/api/v1/setup").await;
    for attempt in 0..20 {
        if refused.status == 429 {
            break;
        }
        // Another token each time, as somebody would try who wants a quota for each.
        let request = app.request(Method::GET, "/api/v1/setup").bearer_auth(format!("made-up-{attempt}"));
        refused = Answer::of(request).await;
    }
    assert_eq!((refused.status, &refused.problem()["code"]), (429, &"quota_exceeded".into()));
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    let reset: u64 = refused.header("ratelimit").rsplit('=').next().expect("t").parse().expect("seconds");
    assert!(wait >= reset && wait <= 60, "{wait} {reset}");
    assert_eq!(administrator.get("/api/v1/me").await.status, 200);
}
