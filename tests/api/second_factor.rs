//! The second step of signing in: how it is switched on and off, what it lets in, and what it does not.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App, PASSWORD, Phone, cookie_of, in_the_middle_of_a_step};

const MINE: &str = "/api/v1/me/second-factor";

/// What somebody with a second factor owns.
struct Enrolled {
    phone: Phone,
    secret: String,
    recovery_codes: Vec<String>,
}

/// Switches it on. The code that confirms it is the one of the step before, so that the present one is still good.
async fn enrol(person: &Actor<'_>) -> Enrolled {
    in_the_middle_of_a_step().await;
    let begun = person.post(MINE, &json!({"password": PASSWORD})).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let secret = begun.json()["secret"].as_str().expect("a secret").to_owned();
    let phone = Phone::learn(&secret);
    let confirmed = person.post(&format!("{MINE}/confirmation"), &json!({"code": phone.code(-1)})).await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    Enrolled { phone, secret, recovery_codes: recovery_codes(&confirmed) }
}

fn recovery_codes(answer: &Answer) -> Vec<String> {
    serde_json::from_value(answer.json()["recovery_codes"].clone()).expect("codes")
}

/// What the first step hands out.
async fn challenge(app: &App, username: &str, password: &str) -> String {
    let answer = app.try_sign_in(username, password).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    answer.json()["challenge"].as_str().expect("a challenge").to_owned()
}

async fn second_step(app: &App, challenge: &str, code: &str) -> Answer {
    app.post("/api/v1/auth/login/code", &json!({"challenge": challenge, "code": code})).await
}

/// Both steps.
async fn sign_in(app: &App, username: &str, code: &str) -> Answer {
    second_step(app, &challenge(app, username, PASSWORD).await, code).await
}

/// Every code counts again, and every failure is forgotten, as if half an hour had gone by.
async fn later(app: &App) {
    let client = app.database.connect().await;
    client.batch_execute("update second_factors set last_step = 0; delete from sign_in_failures").await.expect("aged");
}

fn fault(answer: &Answer) -> (u16, Value, Value) {
    let fault = answer.problem()["errors"][0].clone();
    (answer.status, fault["pointer"].clone(), fault["code"].clone())
}

fn refusal(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.problem()["code"].clone())
}

#[tokio::test]
async fn it_is_switched_on_by_the_password_and_a_first_code() {
    let app = App::start_with(&[("ZHIYIN_PUBLIC_URL", "https://crm.example.com")]).await;
    let admin = app.administrator().await;
    let elsewhere = app.try_sign_in("admin", PASSWORD).await;
    assert_eq!(admin.get(MINE).await.json(), json!({"active_since": null, "recovery_codes_left": 0}));
    let wrong = admin.post(MINE, &json!({"password": "not-this-one"})).await;
    assert_eq!(fault(&wrong), (422, "/password".into(), "wrong_password".into()));
    let confirmation = format!("{MINE}/confirmation");
    let early = admin.post(&confirmation, &json!({"code": "123456"})).await;
    assert_eq!(fault(&early), (409, "".into(), "second_factor_not_begun".into()));
    let begun = admin.post(MINE, &json!({"password": PASSWORD})).await.json();
    let secret = begun["secret"].as_str().expect("a secret");
    let uri = format!("otpauth://totp/Zhiyin:admin%40crm.example.com?secret={secret}&issuer=Zhiyin");
    assert_eq!((secret.len(), &begun["uri"]), (32, &uri.into()), "160 bits in base 32");
    assert!(begun["qr_code"].as_str().is_some_and(|svg| svg.starts_with("<svg ")), "{begun}");
    let phone = Phone::learn(secret);
    assert_eq!(app.try_sign_in("admin", PASSWORD).await.status, 200, "nothing is asked for yet");
    let wrong = admin.post(&confirmation, &json!({"code": phone.wrong_code()})).await;
    assert_eq!(fault(&wrong), (422, "/code".into(), "wrong_code".into()));
    let codes = recovery_codes(&admin.post(&confirmation, &json!({"code": phone.code(0)})).await);
    let different: std::collections::BTreeSet<_> = codes.iter().collect();
    assert_eq!((codes.len(), different.len()), (10, 10), "{codes:?}");
    let state = admin.get(MINE).await.json();
    assert!(state["active_since"].is_string() && state["recovery_codes_left"] == 10, "{state}");
    assert_eq!(app.with_cookie("/api/v1/auth/refresh", &cookie_of(&elsewhere)).await.status, 401, "others end");
    assert_eq!(app.with_cookie("/api/v1/auth/refresh", &admin.cookie).await.status, 200);
    let again = admin.post(MINE, &json!({"password": PASSWORD})).await;
    assert_eq!(fault(&again), (409, "".into(), "second_factor_on".into()));
}

#[tokio::test]
async fn an_enrolment_that_nobody_finishes_is_forgotten() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let begin = async || admin.post(MINE, &json!({"password": PASSWORD})).await.json()["secret"].clone();
    let (first, second) = (begin().await, begin().await);
    let confirm = async |secret: &Value| {
        let code = Phone::learn(secret.as_str().expect("a secret")).code(0);
        admin.post(&format!("{MINE}/confirmation"), &json!({"code": code})).await
    };
    assert_eq!(confirm(&first).await.status, 422, "the later one counts");
    let client = app.database.connect().await;
    client.execute("update second_factors set begun_at = now() - interval '16 minutes'", &[]).await.expect("aged");
    assert_eq!(fault(&confirm(&second).await).2, "second_factor_not_begun");
    assert_eq!(app.try_sign_in("admin", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn the_password_alone_opens_nothing_any_more() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let enrolled = enrol(&admin).await;
    let first = app.try_sign_in("admin", PASSWORD).await;
    let body = first.json();
    let members: Vec<_> = body.as_object().expect("an object").keys().cloned().collect();
    assert_eq!((first.status, first.header("set-cookie"), body["expires_in"].as_i64()), (202, "", Some(300)));
    assert_eq!(members, ["challenge", "expires_in"]);
    let challenge = body["challenge"].as_str().expect("a challenge");
    assert_eq!(Answer::of(app.request(Method::GET, "/api/v1/me").bearer_auth(challenge)).await.status, 401);
    assert_eq!(app.with_cookie("/api/v1/auth/refresh", challenge).await.status, 401);
    assert_eq!(app.try_sign_in("admin", "wrong-password").await.status, 401, "a wrong one is what it was");
    let code = enrolled.phone.code(0);
    let signed_in = second_step(&app, challenge, &format!(" {} {}", &code[..3], &code[3..])).await;
    assert_eq!((signed_in.status, signed_in.json()["must_change_password"].as_bool()), (200, Some(false)));
    assert!(signed_in.header("set-cookie").starts_with("__Host-refresh="), "{signed_in:?}");
    let token = signed_in.json()["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(Answer::of(app.request(Method::GET, "/api/v1/customers").bearer_auth(token)).await.status, 200);
}

#[tokio::test]
async fn a_temporary_password_does_not_go_round_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let enrolled = enrol(&seller).await;
    let path = format!("/api/v1/users/{}", seller.id);
    let reset = admin.change(Method::POST, &path, "/password", &json!({})).await;
    let temporary = reset.json()["password"].as_str().expect("a password").to_owned();
    let challenge = challenge(&app, &seller.username, &temporary).await;
    let signed_in = second_step(&app, &challenge, &enrolled.phone.code(0)).await;
    assert_eq!((signed_in.status, signed_in.json()["must_change_password"].as_bool()), (200, Some(true)));
}

#[tokio::test]
async fn a_code_works_once_even_if_it_comes_four_times_at_the_same_moment() {
    let app = App::start().await;
    let enrolled = enrol(&app.administrator().await).await;
    let mut challenges = Vec::new();
    for _ in 0..4 {
        challenges.push(challenge(&app, "admin", PASSWORD).await);
    }
    in_the_middle_of_a_step().await;
    let code = enrolled.phone.code(0);
    let answers = join_all(challenges.iter().map(|challenge| second_step(&app, challenge, &code))).await;
    let statuses = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((statuses(200), statuses(401)), (1, 3), "{answers:?}");
    let earlier = sign_in(&app, "admin", &enrolled.phone.code(-1)).await;
    assert_eq!(refusal(&earlier), (401, "bad_code".into()), "a later one was used");
    assert_eq!(sign_in(&app, "admin", &enrolled.phone.code(1)).await.status, 200);
}

#[tokio::test]
async fn a_clock_may_be_half_a_minute_wrong_and_no_more() {
    let app = App::start().await;
    let enrolled = enrol(&app.administrator().await).await;
    for (steps, status) in [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)] {
        later(&app).await;
        in_the_middle_of_a_step().await;
        assert_eq!(sign_in(&app, "admin", &enrolled.phone.code(steps)).await.status, status, "{steps} steps");
    }
}

#[tokio::test]
async fn a_recovery_code_opens_the_door_once() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let Enrolled { phone, recovery_codes: codes, .. } = enrol(&admin).await;
    assert_eq!(sign_in(&app, "admin", &codes[0]).await.status, 200);
    assert_eq!(refusal(&sign_in(&app, "admin", &codes[0]).await), (401, "bad_code".into()));
    let typed = codes[1].replace('-', " ").to_uppercase();
    assert_eq!(sign_in(&app, "admin", &typed).await.status, 200, "{typed}");
    assert_eq!(admin.get(MINE).await.json()["recovery_codes_left"], 8);
    let renew = async |password: &str, code: &str| {
        admin.post(&format!("{MINE}/recovery-codes"), &json!({"password": password, "code": code})).await
    };
    assert_eq!(fault(&renew("not-this-one", &phone.code(0)).await).2, "wrong_password");
    assert_eq!(fault(&renew(PASSWORD, &phone.wrong_code()).await).2, "wrong_code");
    let fresh = recovery_codes(&renew(PASSWORD, &phone.code(0)).await);
    assert!(fresh.len() == 10 && fresh.iter().all(|code| !codes.contains(code)), "{fresh:?}");
    assert_eq!(sign_in(&app, "admin", &codes[2]).await.status, 401, "the earlier ones are gone");
    assert_eq!(sign_in(&app, "admin", &fresh[2]).await.status, 200);
}

#[tokio::test]
async fn somebody_elses_recovery_code_opens_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let (theirs, _) = (enrol(&admin).await, enrol(&seller).await);
    assert_eq!(sign_in(&app, &seller.username, &theirs.recovery_codes[0]).await.status, 401);
    assert_eq!(sign_in(&app, "admin", &theirs.recovery_codes[0]).await.status, 200, "and it was not used up");
}

#[tokio::test]
async fn half_a_sign_in_does_not_last() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let Enrolled { recovery_codes: codes, .. } = enrol(&admin).await;
    let expired = |answer: &Answer| refusal(answer) == (401, "sign_in_expired".into());
    assert!(expired(&second_step(&app, "made-up", &codes[0]).await));
    let used = challenge(&app, "admin", PASSWORD).await;
    assert_eq!(second_step(&app, &used, &codes[0]).await.status, 200);
    assert!(expired(&second_step(&app, &used, &codes[1]).await), "a challenge opens one session");
    let old = challenge(&app, "admin", PASSWORD).await;
    let client = app.database.connect().await;
    client.execute("update sign_in_challenges set expires_at = now()", &[]).await.expect("aged");
    assert!(expired(&second_step(&app, &old, &codes[1]).await));
    let before = challenge(&app, "admin", PASSWORD).await;
    let change = json!({"current": PASSWORD, "new": "plover-zither-candle"});
    assert_eq!(admin.post("/api/v1/me/password", &change).await.status, 204);
    assert!(expired(&second_step(&app, &before, &codes[1]).await), "the password is another");
    let now = challenge(&app, "admin", "plover-zither-candle").await;
    assert_eq!(second_step(&app, &now, &codes[1]).await.status, 200, "none of this used the code up");
}

#[tokio::test]
async fn guessing_at_the_code_is_slowed_down_and_the_password_does_not_help() {
    let app = App::start().await;
    let enrolled = enrol(&app.administrator().await).await;
    let wrong = enrolled.phone.wrong_code();
    let first = challenge(&app, "admin", PASSWORD).await;
    let answers = join_all((0..8).map(|_| second_step(&app, &first, &wrong))).await;
    let statuses = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((statuses(401), statuses(429)), (5, 3), "{answers:?}");
    // Whoever knows the password signs in with it as often as they like, and has no guess more.
    for code in [&wrong, &enrolled.phone.code(0), &enrolled.recovery_codes[0]] {
        let refused = sign_in(&app, "admin", code).await;
        assert_eq!(refusal(&refused), (429, "quota_exceeded".into()));
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=901).contains(&wait), "{wait}");
    }
    let client = app.database.connect().await;
    client.execute("update sign_in_failures set at = at - interval '15 minutes'", &[]).await.expect("aged");
    assert_eq!(sign_in(&app, "admin", &enrolled.recovery_codes[0]).await.status, 200);
}

#[tokio::test]
async fn guessing_at_many_accounts_from_one_address_is_slowed_down_too() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let client = app.database.connect().await;
    let seller = admin.colleague(&["sales"], None).await;
    let (one, other) = (enrol(&admin).await, enrol(&seller).await);
    let wrong = one.phone.wrong_code();
    assert_eq!(sign_in(&app, "admin", &wrong).await.status, 401);
    // The one failure of this address becomes fifty.
    let more = "insert into sign_in_failures (subject, at)
                select subject, at from sign_in_failures, generate_series(1, 49) where subject like 'code-address:%'";
    assert_eq!(client.execute(more, &[]).await.expect("counted"), 49);
    assert_eq!(sign_in(&app, &seller.username, &other.phone.code(0)).await.status, 429, "another account as well");
}

#[tokio::test]
async fn it_is_switched_off_by_the_password_and_a_code() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let Enrolled { phone, recovery_codes: codes, .. } = enrol(&admin).await;
    let removal = async |password: &str, code: &str| {
        admin.post(&format!("{MINE}/removal"), &json!({"password": password, "code": code})).await
    };
    assert_eq!(fault(&removal("not-this-one", &phone.code(0)).await).1, "/password");
    assert_eq!(fault(&removal(PASSWORD, &phone.wrong_code()).await).1, "/code");
    assert_eq!(removal(PASSWORD, &phone.code(0)).await.status, 204);
    assert_eq!(admin.get(MINE).await.json(), json!({"active_since": null, "recovery_codes_left": 0}));
    assert_eq!(app.try_sign_in("admin", PASSWORD).await.status, 200);
    assert_eq!(fault(&removal(PASSWORD, &codes[0]).await).2, "wrong_code", "there is nothing left to switch off");
}

#[tokio::test]
async fn an_administrator_takes_it_away_when_the_phone_is_gone() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    enrol(&seller).await;
    let half = challenge(&app, &seller.username, PASSWORD).await;
    let path = format!("/api/v1/users/{}", seller.id);
    let theirs = format!("{path}/second-factor");
    assert!(admin.get(&theirs).await.json()["active_since"].is_string());
    assert_eq!(Answer::of(seller.request(Method::DELETE, &theirs)).await.status, 403, "no seller does");
    let bare = Answer::of(admin.request(Method::DELETE, &theirs)).await;
    assert_eq!(refusal(&bare), (428, "precondition_required".into()));
    let taken = admin.change(Method::DELETE, &path, "/second-factor", &json!({})).await;
    assert_eq!((taken.status, taken.header("etag")), (204, admin.etag(&path).await.as_str()));
    assert_eq!(app.with_cookie("/api/v1/auth/refresh", &seller.cookie).await.status, 401, "sessions end");
    assert_eq!(refusal(&second_step(&app, &half, "123456").await).1, "sign_in_expired");
    assert_eq!(app.try_sign_in(&seller.username, PASSWORD).await.status, 200);
    let again = admin.change(Method::DELETE, &path, "/second-factor", &json!({})).await;
    assert_eq!(fault(&again), (409, "".into(), "second_factor_off".into()));
    let history = admin.get(&format!("{path}/history")).await.json();
    let reasons: Vec<_> = history["data"].as_array().expect("changes").iter().map(|change| &change["reason"]).collect();
    assert!(reasons.starts_with(&[&"second_factor_removed".into(), &"second_factor_on".into()]), "{history}");
    assert_eq!(history["data"][0]["actor_id"], admin.id.as_str());
}

#[tokio::test]
async fn nobody_takes_away_their_own_or_that_of_somebody_mightier() {
    let app = App::start().await;
    let admin = app.administrator().await;
    enrol(&admin).await;
    let own = format!("/api/v1/users/{}", admin.id);
    let unlocked = admin.change(Method::DELETE, &own, "/second-factor", &json!({})).await;
    assert_eq!(fault(&unlocked), (409, "".into(), "own_second_factor".into()), "an unlocked screen is not enough");
    let role = admin.create("roles", &json!({"name": "人事"})).await;
    let path = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    let grants: Vec<_> = ["read", "update"]
        .map(|action| json!({"resource": "users", "action": action, "scope": "all"}))
        .into_iter()
        .collect();
    let given = admin.change(Method::PUT, &path, "/rights", &json!({"grants": grants, "fields": []})).await;
    assert_eq!(given.status, 200, "{given:?}");
    let clerk = admin.colleague_with(&[role["id"].clone()]).await;
    let mightier = clerk.change(Method::DELETE, &own, "/second-factor", &json!({})).await;
    assert_eq!(mightier.status, 403, "{mightier:?}");
    assert!(admin.get(MINE).await.json()["active_since"].is_string(), "nothing happened");
}

#[tokio::test]
async fn no_table_holds_a_secret_in_the_clear() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let enrolled = enrol(&admin).await;
    let challenge = challenge(&app, "admin", PASSWORD).await;
    let client = app.database.connect().await;
    let tables = "select relname::text from pg_class
                  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition";
    let tables = client.query(tables, &[]).await.expect("tables");
    assert!(tables.len() > 20);
    let plain = |code: &String| code.replace('-', "");
    let mut secrets = vec![enrolled.secret.clone(), challenge, enrolled.recovery_codes[0].clone()];
    secrets.extend(enrolled.recovery_codes.iter().map(plain));
    for table in tables {
        let table: String = table.get(0);
        let rows = client.query(&format!("select t::text from {table} t"), &[]).await.expect("rows");
        let text: String = rows.iter().map(|row| row.get::<_, String>(0)).collect();
        for secret in &secrets {
            let bytes: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!text.contains(secret.as_str()) && !text.contains(&bytes), "{table} holds a secret");
        }
    }
}
