//! The key that signs access tokens is replaced while two servers run: nobody notices. It is withdrawn: its tokens end.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;
use store::keys::rotation::{self, Purpose, Refusal};
use tests::{Actor, Answer, App, cookie_of, eventually};

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
    let withdraw = async |id: &str| operator.write(async |tx| rotation::withdraw(tx, id).await).await.expect("asked");
    assert_eq!(withdraw("sign-1").await, Some(Refusal::Needed("sign-1".into(), Purpose::Sign)));

    let document = api::application::new_signing_key().expect("a key");
    let made = Instant::now();
    let id = operator.write(async |tx| rotation::rotate(tx, Purpose::Sign, &document).await).await.expect("made");
    assert_eq!(id, "sign-2");
    assert_eq!(withdraw("sign-1").await, Some(Refusal::Early("sign-1".into(), "sign-2".into())));
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

    eventually("the old key can go", async || withdraw("sign-1").await.is_none().then_some(())).await;
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
    assert_eq!(withdraw("sign-1").await, Some(Refusal::Already("sign-1".into())));
    assert_eq!(withdraw("sign-2").await, Some(Refusal::Needed("sign-2".into(), Purpose::Sign)));
    assert_eq!(withdraw("blind-1").await, Some(Refusal::Fixed("blind-1".into())));
    assert_eq!(withdraw("sign-9").await, Some(Refusal::Unknown("sign-9".into())));
}
