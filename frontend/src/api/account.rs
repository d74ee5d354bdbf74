//! One's own account: password, second factor and sessions.

use serde::Deserialize;
use serde_json::{Value, json};

use super::records::Item;
use super::{Call, Result, parse};

/// The members of the request, to which the server's faults point.
pub const PRESENT: &str = "current";
pub const FRESH: &str = "new";

pub async fn change_password(present: &str, fresh: &str) -> Result<()> {
    Call::post("/me/password", &json!({ PRESENT: present, FRESH: fresh })).send().await.map(drop)
}

pub async fn sessions() -> Result<Vec<Item>> {
    let mut body = Call::get("/me/sessions").send().await?.body;
    Ok(match body["data"].take() {
        Value::Array(sessions) => sessions.into_iter().map(|session| Item::from_value(session, "")).collect(),
        _ => Vec::new(),
    })
}

pub async fn end_session(id: &str) -> Result<()> {
    Call::delete(format!("/me/sessions/{id}")).send().await.map(drop)
}

/// Something that the person should know.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Notice {
    /// What it is taken note of by; nothing if it goes away by itself.
    pub id: Option<String>,
    pub kind: String,
    pub at: Option<String>,
    pub address: Option<String>,
}

pub async fn notices() -> Result<Vec<Notice>> {
    Ok(parse(Call::get("/me/notices").send().await?.body["data"].take()))
}

pub async fn note(id: &str) -> Result<()> {
    Call::delete(format!("/me/notices/{id}")).send().await.map(drop)
}

/// Whether somebody proves more than the password.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SecondFactor {
    /// Nothing while it is off.
    pub active_since: Option<String>,
    pub recovery_codes_left: u32,
}

/// What an authenticator app must learn, as text, as an address and as a picture.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Enrolment {
    pub secret: String,
    pub uri: String,
    pub qr_code: String,
}

const SECOND_FACTOR: &str = "/me/second-factor";

pub async fn second_factor() -> Result<SecondFactor> {
    Ok(parse(Call::get(SECOND_FACTOR).send().await?.body))
}

pub async fn begin_second_factor(password: &str) -> Result<Enrolment> {
    Ok(parse(Call::post(SECOND_FACTOR, &json!({ "password": password })).send().await?.body))
}

/// Confirm with a first code; answers the recovery codes.
pub async fn confirm_second_factor(code: &str) -> Result<Vec<String>> {
    let call = Call::post(format!("{SECOND_FACTOR}/confirmation"), &json!({ "code": code }));
    Ok(parse(call.send().await?.body["recovery_codes"].take()))
}

pub async fn renew_recovery_codes(password: &str, code: &str) -> Result<Vec<String>> {
    let body = json!({ "password": password, "code": code });
    let call = Call::post(format!("{SECOND_FACTOR}/recovery-codes"), &body);
    Ok(parse(call.send().await?.body["recovery_codes"].take()))
}

pub async fn switch_second_factor_off(password: &str, code: &str) -> Result<()> {
    let body = json!({ "password": password, "code": code });
    Call::post(format!("{SECOND_FACTOR}/removal"), &body).send().await.map(drop)
}
