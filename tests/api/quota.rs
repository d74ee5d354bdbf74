//! How often somebody may ask.

use std::time::Duration;

use reqwest::Method;
use tests::{Actor, Answer, App};

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

#[tokio::test]
async fn a_caller_has_one_quota_on_all_servers_together() {
    const QUOTA: usize = 40;
    let quota = [("ZHIYIN_REQUESTS_PER_MINUTE", "40")];
    let first = App::start_with(&quota).await;
    let here = first.administrator().await;
    let second = first.beside(&quota);
    let there = Actor {
        app: &second,
        id: here.id.clone(),
        username: here.username.clone(),
        token: here.token.clone(),
        cookie: String::new(),
    };
    let mut answered = 0;
    // Half of it here; a second later the other server knows after the first request what is left.
    for _ in 0..QUOTA / 2 {
        answered += usize::from(here.get("/api/v1/me").await.status == 200);
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(there.get("/api/v1/me").await.status, 200);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let mut refused = None;
    for _ in 0..QUOTA {
        let answer = there.get("/api/v1/me").await;
        match answer.status {
            429 => refused = Some(answer),
            status => {
                assert_eq!(status, 200);
                answered += 1;
            }
        }
    }
    let refused = refused.expect("the quota ends");
    assert_eq!(refused.problem()["code"], "quota_exceeded");
    // What came back in the meantime is a request in one and a half seconds.
    assert!((QUOTA - 2..QUOTA + 8).contains(&answered), "{answered} were answered");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    here.get("/api/v1/me").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let known = here.get("/api/v1/me").await.header("ratelimit").to_owned();
    let left = known.split(";r=").nth(1).and_then(|rest| rest.split(';').next()).expect("what is left");
    assert!(left.parse::<usize>().expect("a number") < 8, "the first server does not know of the second: {known}");
    let tables = first.database.connect().await;
    let kept = tables.query("select caller from request_quotas", &[]).await.expect("asked");
    assert!(!kept.is_empty() && kept.iter().all(|row| !row.get::<_, String>(0).contains("127.0.0.1")));
    drop(second);
}
