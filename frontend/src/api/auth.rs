//! Signing in and staying signed in. The access token is kept in memory; the refresh token is a cookie that no
//! script can read.

use std::cell::RefCell;

use domain::Problem;
use js_sys::Promise;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::{Call, Result, own_problem};
use crate::{dom, session};

thread_local! {
    static TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The renewal that is under way, shared by everybody who needs it.
    static RENEWAL: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

pub fn token() -> Option<String> {
    TOKEN.with_borrow(Clone::clone)
}

/// Sign in. Whoever has a second factor is not in yet: the challenge comes back with a code.
pub async fn login(username: &str, password: &str) -> Result<Option<String>> {
    let answer = Call::post("/auth/login", &json!({ "username": username, "password": password })).send().await?;
    if let Some(challenge) = answer.body["challenge"].as_str() {
        return Ok(Some(challenge.to_owned()));
    }
    keep(&answer.body);
    Ok(None)
}

pub async fn login_with_code(challenge: &str, code: &str) -> Result<()> {
    let answer = Call::post("/auth/login/code", &json!({ "challenge": challenge, "code": code })).send().await?;
    keep(&answer.body);
    Ok(())
}

/// Make the first administrator with the one-time link of the set-up, and be signed in as that person.
pub async fn set_up(body: &Value) -> Result<()> {
    let answer = Call::post("/setup", body).send().await?;
    keep(&answer.body);
    Ok(())
}

pub async fn logout() {
    // Whatever the server says, this browser forgets.
    let _ = Call::post("/auth/logout", &json!({})).send().await;
    forget();
}

/// Whether somebody has signed in here and not out again, so that asking for a token makes sense. The cookie itself
/// is out of reach.
pub fn may_be_signed_in() -> bool {
    dom::recall(MARK).is_some()
}

const MARK: &str = "signed-in";

/// Renew the access token; calls that ask at the same time share one request.
pub async fn refresh() -> Result<()> {
    let renewal = RENEWAL.with_borrow_mut(|renewal| renewal.get_or_insert_with(start_renewal).clone());
    let renewed = JsFuture::from(renewal).await.is_ok_and(|renewed| renewed.is_truthy());
    RENEWAL.set(None);
    if renewed { Ok(()) } else { Err(ended()) }
}

fn start_renewal() -> Promise {
    future_to_promise(async {
        let answer = Call::post("/auth/refresh", &json!({})).send().await;
        let renewed = answer.is_ok();
        match answer {
            Ok(answer) => keep(&answer.body),
            Err(problem) if problem.status == 401 => {
                forget();
                session::ended();
            }
            Err(_) => {}
        }
        Ok(JsValue::from_bool(renewed))
    })
}

fn ended() -> Problem {
    Problem { status: 401, ..own_problem("unauthenticated") }
}

fn forget() {
    TOKEN.set(None);
    dom::forget(MARK);
}

fn keep(answer: &Value) {
    dom::remember(MARK, "yes");
    TOKEN.set(answer["access_token"].as_str().map(str::to_owned));
}
