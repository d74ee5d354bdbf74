//! The key that signs access tokens is replaced while two servers run: nobody notices. It is withdrawn: its tokens end.
//! Administrators do it by the API, and see who did what and why.

use std::time::{Duration, Instant};

use api::platform::keys;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::platform::keys::Purpose;
use serde_json::{Value, json};
use store::keys::rotation;
use tests::{Actor, Answer, App, cookie_of, eventually, fault_of};

const REFRESH: &str = "/api/v1/auth/refresh";

/// The key that signed a token.
fn key_of(token: &str) -> String {
    let header = BASE64.decode(token.split('.').next().expect("a header")).expect("base64");
    let header: Value = serde_json::from_slice(&header).expect("json");
    header["kid"].as_str().expect("a key id").to_owned()
}

/// What a server says to a token.
async fn greeting(app: &App, token: &str) -> u16 {
    Answer::of(app.request(reqwest::Method::GET, "/api/v1/me").bearer_auth(token)).await.status
}

/// The keys that a server publishes, newest first.
async fn published(app: &App) -> Vec<String> {
    let set = app.get("/.well-known/jwks.json").await.json();
    set["keys"].as_array().expect("keys").iter().map(|key| key["kid"].as_str().expect("an id").to_owned()).collect()
}

/// A page that fetches its next token wherever the load balancer sends it.
struct Page {
    cookie: String,
    token: String,
}

impl Page {
    fn of(person: &Actor<'_>) -> Self {
        Self { cookie: person.cookie.clone(), token: person.token.clone() }
    }

    async fn refresh(&mut self, app: &App) {
        let answer = app.with_cookie(REFRESH, &self.cookie).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.cookie = cookie_of(&answer);
        self.token = answer.json()["access_token"].as_str().expect("a token").to_owned();
    }
}

#[tokio::test]
async fn the_signing_key_is_replaced_under_two_servers_and_its_predecessor_withdrawn() {
    let first = App::start().await;
    let admin = first.administrator().await;
    let second = first.beside(&[]);
    let servers = [&first, &second];
    let mut page = Page::of(&admin);
    let operator = first.store().await.system("test");
    let withdraw = async |id: &str| {
        fault_of(&operator.write(async |tx| rotation::withdraw(tx, id).await).await).unwrap_or_default()
    };
    assert_eq!(withdraw("sign-1").await, "key_needed");

    let made = Instant::now();
    let id = operator.write(async |tx| keys::rotate(tx, Purpose::Sign).await).await.expect("made");
    assert_eq!(id, "sign-2");
    assert_eq!(withdraw("sign-1").await, "key_early");
    // Whoever signs, and with whichever key: at every moment both servers take the token.
    let mut signed_with = [String::new(), String::new()];
    while signed_with != ["sign-2", "sign-2"] {
        assert!(made.elapsed() < Duration::from_secs(20), "{signed_with:?}");
        for (server, key) in servers.into_iter().zip(&mut signed_with) {
            page.refresh(server).await;
            *key = key_of(&page.token);
            if key == "sign-2" {
                for server in servers {
                    assert_eq!(published(server).await, ["sign-2", "sign-1"], "signed before it was known");
                }
            }
            for server in servers {
                assert_eq!((greeting(server, &page.token).await, greeting(server, &admin.token).await), (200, 200));
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(made.elapsed() > Duration::from_secs(4), "others had no time to learn of it: {:?}", made.elapsed());

    eventually("the old key can go", async || withdraw("sign-1").await.is_empty().then_some(())).await;
    let withdrawn = Instant::now();
    assert_eq!(key_of(&admin.token), "sign-1");
    for server in servers {
        while greeting(server, &admin.token).await != 401 {
            assert!(withdrawn.elapsed() < Duration::from_secs(5), "still good after {:?}", withdrawn.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    for server in servers {
        assert_eq!(greeting(server, &page.token).await, 200, "what the new key signed goes on");
        assert_eq!(published(server).await, ["sign-2"]);
    }
    page.refresh(&second).await;
    assert_eq!(withdraw("sign-1").await, "key_withdrawn");
    assert_eq!(withdraw("sign-2").await, "key_needed");
    assert_eq!(withdraw("blind-1").await, "key_fixed");
    assert_eq!(withdraw("sign-9").await, "not_found");
}

const KEYS: &str = "/api/v1/keys";

/// A key as the list tells of it.
async fn told(person: &Actor<'_>, id: &str) -> Value {
    let list = person.get(KEYS).await.json();
    let keys = list["data"].as_array().expect("keys");
    keys.iter().find(|key| key["id"] == id).expect("the key").clone()
}

/// Makes the newest keys as old as if everybody had had the time to learn of them.
async fn age(app: &App) {
    let sql = "update data_keys set created_at = created_at - interval '1 minute'";
    app.database.connect().await.batch_execute(sql).await.expect("aged");
}

#[tokio::test]
async fn an_administrator_replaces_and_withdraws_keys_by_the_api_and_the_list_tells_who_and_why() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let list = admin.get(KEYS).await;
    assert_eq!((list.status, &list.json()["resealing"]), (200, &Value::Null), "{list:?}");
    assert!(!list.text.contains("wrapped"), "{list:?}");
    let first = told(&admin, "sign-1").await;
    assert_eq!((&first["state"], &first["created_by"]), (&json!("in_use"), &Value::Null));

    let wanted = json!({"purpose": "sign", "reason": " 每季度更换 "});
    let request = || admin.request(reqwest::Method::POST, KEYS).header("idempotency-key", "once").json(&wanted);
    let (made, again) = (Answer::of(request()).await, Answer::of(request()).await);
    assert_eq!((made.status, &made.text), (201, &again.text), "{made:?}");
    let made = made.json();
    assert_eq!((&made["id"], &made["state"]), (&json!("sign-2"), &json!("announced")));
    assert_eq!((&made["created_by"], &made["created_for"]), (&json!(admin.id), &json!("每季度更换")));

    let withdraw = async |id: &str| admin.post(&format!("{KEYS}/{id}/withdraw"), &json!({"reason": "旧了"})).await;
    let early = withdraw("sign-1").await;
    assert_eq!((early.status, &early.problem()["errors"][0]["code"]), (409, &json!("key_early")));
    assert!(early.text.contains("sign-2 将替代 sign-1"), "{early:?}");
    let another = admin.post(KEYS, &json!({"purpose": "sign"})).await;
    assert_eq!((another.status, &another.problem()["errors"][0]["code"]), (409, &json!("key_announced")));
    assert_eq!(withdraw("sign-7").await.status, 404);
    assert_eq!(withdraw("cursor-1").await.problem()["errors"][0]["code"], "key_fixed");
    age(&app).await;
    let withdrawn = withdraw("sign-1").await;
    assert_eq!((withdrawn.status, &withdrawn.json()["state"]), (200, &json!("withdrawn")), "{withdrawn:?}");
    let key = withdrawn.json();
    assert_eq!((&key["withdrawn_by"], &key["withdrawn_for"]), (&json!(admin.id), &json!("旧了")));
    assert!(key["withdrawn_at"].is_string(), "{key}");
}

#[tokio::test]
async fn what_is_no_key_to_replace_is_refused_and_so_is_whoever_may_not() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for (body, pointer, code) in [
        (json!({}), "/purpose", "required"),
        (json!({"purpose": "blind"}), "/purpose", "not_a_choice"),
        (json!({"purpose": "love"}), "/purpose", "not_a_choice"),
        (json!({"purpose": "sign", "reason": "长".repeat(201)}), "/reason", "too_long"),
        (json!({"purpose": "sign", "secret": "x"}), "/secret", "unknown_member"),
    ] {
        let refused = admin.post(KEYS, &body).await;
        let fault = refused.problem()["errors"][0].clone();
        assert_eq!(
            (refused.status, &fault["pointer"], &fault["code"]),
            (422, &json!(pointer), &json!(code)),
            "{fault}"
        );
    }
    let auditor = admin.colleague(&["auditor"], None).await;
    assert_eq!(auditor.get(KEYS).await.status, 200);
    let seller = admin.colleague(&["sales"], None).await;
    assert_eq!(seller.get(KEYS).await.status, 403);
    for person in [&auditor, &seller] {
        for path in [KEYS.to_owned(), format!("{KEYS}/sign-1/withdraw"), format!("{KEYS}/reseal")] {
            assert_eq!(person.post(&path, &json!({"purpose": "sign"})).await.status, 403, "{path}");
        }
    }
    assert_eq!(admin.get(KEYS).await.json()["data"].as_array().map(Vec::len), Some(4), "nothing was made");
}

#[tokio::test]
async fn a_sealing_key_that_is_replaced_is_followed_by_a_job_that_the_list_tells_of() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("customers", &json!({"name": "华信", "phones": ["13812345678"]})).await;
    let made = admin.post(KEYS, &json!({"purpose": "seal"})).await;
    assert_eq!((made.status, &made.json()["id"]), (201, &json!("seal-2")), "{made:?}");
    age(&app).await;
    let withdraw = async || admin.post(&format!("{KEYS}/seal-1/withdraw"), &json!({})).await;
    eventually("all is sealed anew", async || {
        (admin.get(KEYS).await.json()["resealing"]["state"] == "succeeded").then_some(())
    })
    .await;
    let withdrawn = withdraw().await;
    assert_eq!(withdrawn.status, 200, "{withdrawn:?}");
    let again = admin.post(&format!("{KEYS}/reseal"), &json!({})).await;
    assert_eq!((again.status, &again.json()["kind"]), (202, &json!("reseal")), "{again:?}");
    let refused = withdraw().await;
    assert_eq!(refused.problem()["errors"][0]["code"], "key_withdrawn");
}
