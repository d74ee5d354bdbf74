//! How often somebody may ask.

use std::time::{Instant, SystemTime};

use futures_util::future::{join, join_all};
use reqwest::Method;
use tests::{Actor, Answer, App, eventually};
use tokio_postgres::Client;

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
async fn asking_two_servers_at_once_gives_hardly_more_than_one_quota() {
    const QUOTA: usize = 100;
    let quota = [("ZHIYIN_REQUESTS_PER_MINUTE", "100")];
    let first = App::start_with(&quota).await;
    let here = first.administrator().await;
    let second = first.beside(&quota);
    let start = Instant::now();
    let ask = async |app: &App| {
        let answers = (0..QUOTA).map(|_| Answer::of(app.request(Method::GET, "/api/v1/me").bearer_auth(&here.token)));
        join_all(answers).await.iter().filter(|answer| answer.status == 200).count()
    };
    let (one, other) = join(ask(&first), ask(&second)).await;
    // Each server may know of a twentieth that the other does not; some came back in the meantime.
    let most = QUOTA + 2 * QUOTA / 20 + start.elapsed().as_secs() as usize * QUOTA / 60 + 5;
    assert!(one + other <= most, "{one} and {other} were answered, where {most} are allowed");
    assert!(one + other >= QUOTA / 2, "{one} and {other}");
    drop(second);
}

/// Asks once, and waits until the server has told the others of it and learnt what they know.
async fn ask_and_share(person: &Actor<'_>, tables: &Client) -> Answer {
    let before: SystemTime = tables.query_one("select clock_timestamp()", &[]).await.expect("asked").get(0);
    let answer = person.get("/api/v1/me").await;
    if answer.status == 429 {
        return answer;
    }
    eventually("a server tells the others what its callers used", async || {
        let told = tables.query("select from request_quotas where at > $1", &[&before]).await.expect("asked");
        (!told.is_empty()).then_some(())
    })
    .await;
    answer
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
    let tables = first.database.connect().await;
    let start = Instant::now();
    // Half of it here; when that was told, the other server knows after the first request what is left.
    for _ in 1..QUOTA / 2 {
        assert_eq!(here.get("/api/v1/me").await.status, 200);
    }
    assert_eq!(ask_and_share(&here, &tables).await.status, 200);
    assert_eq!(ask_and_share(&there, &tables).await.status, 200);
    let mut answered = QUOTA / 2 + 1;
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
    // Beside the quota, what came back in the meantime: a request in one and a half seconds.
    let back = start.elapsed().as_secs() as usize * QUOTA / 60 + 4;
    assert!((QUOTA - 2..=QUOTA + back).contains(&answered), "{answered} were answered, {back} came back");
    eventually("the second server tells what it answered", async || {
        let used = tables.query_one("select max(used) from request_quotas", &[]).await.expect("asked");
        (used.get::<_, f64>(0) > QUOTA as f64 - 6.0).then_some(())
    })
    .await;
    // What a server learns in one exchange stands in its answers after the next one at the latest.
    for _ in 0..2 {
        // Whoever is refused there is known already, and has nothing to tell.
        if here.get("/api/v1/me").await.status == 429 {
            break;
        }
        ask_and_share(&here, &tables).await;
    }
    let known = here.get("/api/v1/me").await.header("ratelimit").to_owned();
    let left = known.split(";r=").nth(1).and_then(|rest| rest.split(';').next()).expect("what is left");
    let back = start.elapsed().as_secs() as usize * QUOTA / 60 + 4;
    assert!(
        left.parse::<usize>().expect("a number") < 8 + back,
        "the first server does not know of the second: {known}"
    );
    let kept = tables.query("select caller from request_quotas", &[]).await.expect("asked");
    assert!(!kept.is_empty() && kept.iter().all(|row| !row.get::<_, String>(0).contains("127.0.0.1")));
    drop(second);
}
