//! Sessions: rotation, reuse, and how they end.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tests::{Actor, Answer, App, PASSWORD, cookie_of};

const REFRESH: &str = "/api/v1/auth/refresh";
const LOGOUT: &str = "/api/v1/auth/logout";

/// Waits until a person is nobody any more; five seconds are promised.
async fn is_out_within_five_seconds(person: &Actor<'_>) {
    let start = Instant::now();
    while person.get("/api/v1/me").await.status != 401 {
        assert!(start.elapsed() < Duration::from_secs(5), "still in after {:?}", start.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_used_refresh_token_that_comes_back_ends_the_session() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let second = cookie_of(&app.with_cookie(REFRESH, &administrator.cookie).await);
    let third = cookie_of(&app.with_cookie(REFRESH, &second).await);
    assert!(administrator.cookie != second && second != third && !third.is_empty());
    let client = app.database.connect().await;
    client.execute("update refresh_tokens set used_at = used_at - interval '11 seconds'", &[]).await.expect("aged");
    assert_eq!(app.with_cookie(REFRESH, &administrator.cookie).await.status, 401);
    assert_eq!(app.with_cookie(REFRESH, &third).await.status, 401, "the family is gone");
    is_out_within_five_seconds(&administrator).await;
}

#[tokio::test]
async fn whose_token_was_stolen_is_told_so_and_their_history_shows_it() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let seller = administrator.colleague(&["sales"], None).await;
    assert_eq!(seller.get("/api/v1/me/notices").await.json()["data"], json!([]));
    let next = cookie_of(&app.with_cookie(REFRESH, &seller.cookie).await);
    let client = app.database.connect().await;
    client.execute("update refresh_tokens set used_at = used_at - interval '11 seconds'", &[]).await.expect("aged");
    // The thief comes twice, and is told of once.
    for stolen in [&seller.cookie, &seller.cookie, &next] {
        assert_eq!(app.with_cookie(REFRESH, stolen).await.status, 401);
    }
    let seller = app.sign_in(&seller.username, PASSWORD).await;
    let notices = seller.get("/api/v1/me/notices").await.json();
    let [notice] = notices["data"].as_array().expect("a list").as_slice() else { panic!("one of them: {notices}") };
    assert_eq!((&notice["kind"], &notice["address"]), (&"session_stolen".into(), &"127.0.0.1".into()));
    let history = administrator.get(&format!("/api/v1/users/{}/history", seller.id)).await.json();
    let reasons: Vec<_> = history["data"].as_array().expect("changes").iter().map(|change| &change["reason"]).collect();
    assert_eq!(reasons.iter().filter(|reason| **reason == "session_stolen").count(), 1, "{history}");
    let noted = format!("/api/v1/me/notices/{}", notice["id"].as_str().expect("an id"));
    assert_eq!(Answer::of(administrator.request(Method::DELETE, &noted)).await.status, 404, "not somebody else's");
    assert_eq!(Answer::of(seller.request(Method::DELETE, &noted)).await.status, 204);
    assert_eq!(Answer::of(seller.request(Method::DELETE, &noted)).await.status, 404);
    assert_eq!(seller.get("/api/v1/me/notices").await.json()["data"], json!([]));
}

#[tokio::test]
async fn tabs_that_refresh_at_once_never_end_the_session_however_far_the_chain_goes_meanwhile() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let first = &administrator.cookie;
    let second = cookie_of(&app.with_cookie(REFRESH, first).await);
    let third = cookie_of(&app.with_cookie(REFRESH, &second).await);
    assert_eq!(cookie_of(&app.with_cookie(REFRESH, first).await), third, "whoever was late gets what the others have");
    // Eight tabs, each of which goes on from what it got, all at the same time.
    let tabs = join_all((0..8).map(async |_| {
        let mut cookie = first.clone();
        for _ in 0..6 {
            let answer = app.with_cookie(REFRESH, &cookie).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            cookie = cookie_of(&answer);
        }
        cookie
    }));
    for cookie in tabs.await {
        assert_eq!(app.with_cookie(REFRESH, &cookie).await.status, 200);
    }
    assert_eq!(administrator.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_get_the_same_token_but_only_for_ten_seconds() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let answers = join_all((0..5).map(|_| app.with_cookie(REFRESH, &administrator.cookie))).await;
    let next = cookie_of(&answers[0]);
    assert!(answers.iter().all(|answer| answer.status == 200 && cookie_of(answer) == next), "{answers:?}");
    let client = app.database.connect().await;
    client.execute("update refresh_tokens set used_at = used_at - interval '11 seconds'", &[]).await.expect("aged");
    assert_eq!(app.with_cookie(REFRESH, &administrator.cookie).await.status, 401);
    assert_eq!(app.with_cookie(REFRESH, &next).await.status, 401);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let client = app.database.connect().await;
    client.execute("update sessions set last_seen_at = now() - interval '29 minutes'", &[]).await.expect("aged");
    let next = cookie_of(&app.with_cookie(REFRESH, &administrator.cookie).await);
    client.execute("update sessions set last_seen_at = now() - interval '31 minutes'", &[]).await.expect("aged");
    assert_eq!(app.with_cookie(REFRESH, &next).await.status, 401);
    let fresh = app.try_sign_in("admin", PASSWORD).await;
    client.execute("update sessions set expires_at = now()", &[]).await.expect("aged");
    assert_eq!(app.with_cookie(REFRESH, &cookie_of(&fresh)).await.status, 401);
}

#[tokio::test]
async fn how_long_a_session_lasts_is_a_setting() {
    let app = App::start_with(&[("ZHIYIN_SESSION_HOURS", "2"), ("ZHIYIN_SESSION_IDLE_MINUTES", "5")]).await;
    let administrator = app.administrator().await;
    let answer = app.try_sign_in("admin", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    let life = cookie.split("Max-Age=").nth(1).and_then(|rest| rest.split(';').next()?.parse::<u32>().ok());
    assert!(life.is_some_and(|seconds| (7000..=7200).contains(&seconds)), "{cookie}");
    let client = app.database.connect().await;
    client.execute("update sessions set last_seen_at = now() - interval '6 minutes'", &[]).await.expect("aged");
    assert_eq!(app.with_cookie(REFRESH, &administrator.cookie).await.status, 401);
}

#[tokio::test]
async fn logout_ends_access_and_takes_the_cookie_away() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let answer = app.with_cookie(LOGOUT, &administrator.cookie).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{answer:?}");
    is_out_within_five_seconds(&administrator).await;
    assert_eq!(app.with_cookie(REFRESH, &administrator.cookie).await.status, 401);
    assert_eq!(app.with_cookie(LOGOUT, &administrator.cookie).await.status, 204, "twice is as good as once");
}

#[tokio::test]
async fn another_site_can_neither_refresh_nor_log_out() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let foreign = [("crm", "https://evil.example.com"), ("crm", "null"), ("form", app.address.as_str()), ("crm", "")];
    for path in [REFRESH, LOGOUT] {
        for (by, origin) in foreign {
            let request = app.request(Method::POST, path).header("x-requested-by", by).header("origin", origin);
            let answer = Answer::of(request.header("cookie", format!("__Host-refresh={}", administrator.cookie))).await;
            assert_eq!(answer.status, 403, "{path} {by} {origin}");
        }
    }
    assert_eq!(app.with_cookie(REFRESH, &administrator.cookie).await.status, 200, "nothing happened");
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_only() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let seller = administrator.colleague(&["sales"], None).await;
    let elsewhere = app.try_sign_in(&seller.username, PASSWORD).await;
    let list = seller.get("/api/v1/me/sessions").await.json()["data"].clone();
    let list = list.as_array().expect("sessions");
    assert_eq!(list.len(), 3);
    assert_eq!(list.iter().filter(|session| session["current"] == true).count(), 1);
    let other = list.iter().find(|session| session["current"] == false).expect("the other one");
    let path = format!("/api/v1/me/sessions/{}", other["id"].as_str().expect("an id"));
    assert_eq!(
        Answer::of(administrator.request(Method::DELETE, &path)).await.status,
        404,
        "not even an administrator, not here"
    );
    assert_eq!(Answer::of(seller.request(Method::DELETE, &path)).await.status, 204);
    assert_eq!(Answer::of(seller.request(Method::DELETE, &path)).await.status, 404);
    assert_eq!(app.with_cookie(REFRESH, &cookie_of(&elsewhere)).await.status, 401);
    assert_eq!(seller.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn whoever_is_disabled_or_sent_out_is_out() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let seller = administrator.colleague(&["sales"], None).await;
    let path = format!("/api/v1/users/{}", seller.id);
    assert_eq!(Answer::of(administrator.request(Method::DELETE, &format!("{path}/sessions"))).await.status, 204);
    is_out_within_five_seconds(&seller).await;
    assert_eq!(app.try_sign_in(&seller.username, PASSWORD).await.status, 200, "but may come back");
    let disabled = administrator.change(Method::PATCH, &path, "", &json!({"status": "disabled"})).await;
    assert_eq!(disabled.status, 200, "{disabled:?}");
    assert_eq!(app.try_sign_in(&seller.username, PASSWORD).await.status, 401);
}

#[tokio::test]
async fn another_password_ends_all_other_sessions() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let elsewhere = app.try_sign_in("admin", PASSWORD).await;
    let body = json!({"current": PASSWORD, "new": "plover-zither-candle"});
    assert_eq!(administrator.post("/api/v1/me/password", &body).await.status, 204);
    assert_eq!(app.with_cookie(REFRESH, &cookie_of(&elsewhere)).await.status, 401);
    assert_eq!(app.with_cookie(REFRESH, &administrator.cookie).await.status, 200);
}

#[tokio::test]
async fn a_change_of_ones_profile_can_be_repeated_safely() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let change = async |name: &str| {
        let request = administrator.request(Method::PATCH, "/api/v1/me").header("idempotency-key", "once");
        Answer::of(request.json(&json!({"name": name}))).await
    };
    let (first, again) = (change(" 李伟 ").await, change(" 李伟 ").await);
    assert_eq!((first.status, &first.json()["name"], first.json()), (200, &"李伟".into(), again.json()));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(change("王芳").await.problem()["code"], "idempotency_key_reused");
    let me = administrator.get("/api/v1/me").await.json();
    assert_eq!((&me["name"], &me), (&"李伟".into(), &first.json()), "it answers what there is now");
}
