//! Names and passwords.

use std::time::Instant;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tests::{Answer, App, PASSWORD};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let app = App::start().await;
    app.administrator().await;
    let timed = async |username| {
        let start = Instant::now();
        let answer = app.try_sign_in(username, "wrong-password-for-all").await;
        let mut problem = answer.problem();
        problem["request_id"] = json!("");
        (answer.status, problem, start.elapsed())
    };
    // The first hash of a process also makes the one that strangers are checked against.
    timed("warm-up").await;
    let (mut known, mut unknown) = (timed("admin").await, timed("nobody").await);
    // A busy machine makes an answer slower, never faster.
    for _ in 0..2 {
        known.2 = known.2.min(timed("admin").await.2);
        unknown.2 = unknown.2.min(timed("nobody").await.2);
    }
    assert_eq!((known.0, &known.1), (401, &unknown.1));
    assert_eq!(known.1["code"], "bad_credentials");
    assert!(unknown.2 > known.2 / 4, "{:?} tells that {:?} was a known name", unknown.2, known.2);
    assert_eq!(app.try_sign_in(" Admin ", PASSWORD).await.status, 200, "names are typed in many ways");
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let app = App::start().await;
    app.administrator().await;
    let answer = app.try_sign_in("admin", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-refresh="), "{cookie}");
    for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{part} of {cookie}");
    }
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&"Bearer".into(), &600.into()));
    assert_eq!(body.as_object().expect("an object").len(), 4, "no refresh token in the body: {body}");
}

#[tokio::test]
async fn guessing_at_one_account_is_slowed_down_even_in_parallel() {
    let app = App::start().await;
    app.administrator().await;
    let answers = join_all((0..15).map(|_| app.try_sign_in("admin", "wrong-password"))).await;
    let statuses = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((statuses(401), statuses(429)), (10, 5));
    let refused = app.try_sign_in("admin", PASSWORD).await;
    assert_eq!((refused.status, &refused.problem()["code"]), (429, &"quota_exceeded".into()));
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=901).contains(&wait), "{wait}");
    let client = app.database.connect().await;
    client.execute("update sign_in_failures set at = at - interval '15 minutes'", &[]).await.expect("aged");
    assert_eq!(app.try_sign_in("admin", PASSWORD).await.status, 200);
}

/// A sign-in from an address, by a device that brings a cookie, if it has one.
async fn from(app: &App, address: &str, device: &str, username: &str, password: &str) -> Answer {
    let request = app.request(Method::POST, "/api/v1/auth/login").header("x-forwarded-for", address);
    Answer::of(request.header("cookie", device).json(&json!({"username": username, "password": password}))).await
}

/// The cookie by which a device is known to whoever signed in there.
fn device_of(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let mut cookies = cookies.filter(|cookie| cookie.starts_with("__Host-device-"));
    let device = cookies.next().expect("a device");
    for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=34560000"] {
        assert!(device.contains(part), "{part} of {device}");
    }
    device.split(';').next().expect("name and value").to_owned()
}

#[tokio::test]
async fn who_guesses_shuts_out_neither_the_owner_of_a_name_nor_the_neighbours() {
    let app = App::start_with(&[("ZHIYIN_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let administrator = app.administrator().await;
    let seller = administrator.colleague(&["sales"], None).await;
    let home = device_of(&from(&app, "10.0.0.1", "", "admin", PASSWORD).await);
    let status = async |address: &str, device: &str, username: &str, password: &str| {
        from(&app, address, device, username, password).await.status
    };
    for _ in 0..10 {
        assert_eq!(status("10.0.0.9", "", "admin", "wrong-password").await, 401);
    }
    assert_eq!(status("10.0.0.9", "", "admin", PASSWORD).await, 429, "the guesser is slowed down");
    assert_eq!(status("10.0.0.2", "", "admin", PASSWORD).await, 200, "the owner elsewhere is not");
    assert_eq!(status("10.0.0.9", "", &seller.username, PASSWORD).await, 200, "nor is a neighbour");
    assert_eq!(status("10.0.0.9", &home, "admin", PASSWORD).await, 200, "nor a device that signed in before");
    assert_eq!(status("10.0.0.9", &home, &seller.username, "wrong-password").await, 401, "known to one account only");
    // From everywhere at once: strangers come drop by drop, and the device at home notices nothing.
    for guess in 0..41 {
        status(&format!("10.1.{guess}.7"), "", "admin", "wrong-password").await;
    }
    let stranger = from(&app, "10.2.0.1", "", "admin", PASSWORD).await;
    assert_eq!((stranger.status, stranger.problem()["code"].as_str()), (429, Some("quota_exceeded")));
    let wait: u64 = stranger.header("retry-after").parse().expect("seconds");
    assert!((1..=6).contains(&wait), "slowed down rather than locked: {wait}");
    assert_eq!(status("10.2.0.1", &home, "admin", PASSWORD).await, 200);
    let forged = format!("{}.{}", home.split('.').next().expect("a device"), "A".repeat(43));
    assert_eq!(status("10.2.0.1", &forged, "admin", PASSWORD).await, 429, "nobody makes such a device up");
    // Guesses on the device itself are slowed down as everywhere.
    for _ in 0..10 {
        assert_eq!(status("10.0.0.1", &home, "admin", "wrong-password").await, 401);
    }
    assert_eq!(status("10.0.0.1", &home, "admin", PASSWORD).await, 429);
}

#[tokio::test]
async fn the_right_password_starts_the_count_afresh() {
    let app = App::start().await;
    app.administrator().await;
    for _ in 0..2 {
        for _ in 0..9 {
            assert_eq!(app.try_sign_in("admin", "wrong-password").await.status, 401);
        }
        assert_eq!(app.try_sign_in("admin", PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn a_temporary_password_opens_nothing_but_its_own_change() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let user = administrator.new_user("wangfang").await;
    administrator.give_roles(&user, &["sales"]).await;
    let reset = administrator.change(Method::POST, &format!("/api/v1/users/{user}"), "/password", &json!({})).await;
    let temporary = reset.json()["password"].as_str().expect("a password").to_owned();
    let signed_in = app.try_sign_in("wangfang", &temporary).await.json();
    assert_eq!(signed_in["must_change_password"], true);
    let token = signed_in["access_token"].as_str().expect("a token");
    let request = |method, path: &str| app.request(method, path).bearer_auth(token);
    let me = Answer::of(request(Method::GET, "/api/v1/me")).await.json();
    assert_eq!((&me["must_change_password"], &me["grants"]), (&true.into(), &json!([])));
    assert_eq!(Answer::of(request(Method::GET, "/api/v1/customers")).await.status, 403);
    let change = async |current: &str, new: &str| {
        let body = json!({"current": current, "new": new}).to_string();
        let request = request(Method::POST, "/api/v1/me/password").header("content-type", "application/json");
        Answer::of(request.body(body)).await
    };
    let fault = async |current: &str, new: &str| change(current, new).await.problem()["errors"][0].clone();
    assert_eq!(fault("wrong-password", PASSWORD).await["code"], "wrong_password");
    assert_eq!(fault(&temporary, &temporary).await["code"], "same_password");
    assert_eq!(fault(&temporary, "wangfang-kestrel-oboe").await["code"], "contains_username");
    assert_eq!(change(&temporary, PASSWORD).await.status, 204);
    assert_eq!(Answer::of(request(Method::GET, "/api/v1/customers")).await.status, 200);
    assert_eq!(app.try_sign_in("wangfang", &temporary).await.status, 401);
}

#[tokio::test]
async fn a_token_of_another_key_or_none_is_nobodys() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let (head, rest) = administrator.token.split_once('.').expect("a token");
    let (claims, signature) = rest.split_once('.').expect("a token");
    // {"alg":"none","typ":"at+jwt","kid":"sign-1"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoic2lnbi0xIn0";
    let flipped: String = signature.chars().rev().collect();
    for token in ["", "x", &format!("{none}.{claims}."), &format!("{head}.{claims}.{flipped}")] {
        let answer = Answer::of(app.request(Method::GET, "/api/v1/me").bearer_auth(token)).await;
        assert_eq!((answer.status, &answer.problem()["code"]), (401, &"unauthenticated".into()), "{token}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer:?}");
    }
    let keys = app.get("/.well-known/jwks.json").await.json();
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
    assert!(keys["keys"][0].get("d").is_none(), "the private half");
}
