//! One's own account: password and sessions.

use serde_json::{Value, json};

use super::records::Item;
use super::{Call, Result};

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
