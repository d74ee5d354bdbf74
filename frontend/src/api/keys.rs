//! The keys of the installation: which there are, and putting new ones in their place.

use domain::platform::keys::{Key, Purpose};
use serde::Deserialize;
use serde_json::json;

use super::jobs::Job;
use super::{Call, Result, parse};

/// The member of a request that says why.
pub const REASON: &str = "reason";

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Keys {
    /// By purpose, newest first.
    pub data: Vec<Key>,
    /// The latest job that seals anew what older keys sealed.
    pub resealing: Option<Job>,
    /// Fields that hold something which cannot be opened.
    pub unreadable: u64,
}

pub async fn all() -> Result<Keys> {
    Ok(parse(Call::get("/keys").send().await?.body))
}

/// Put a new key in the place of the one in use; answers its id.
pub async fn replace(purpose: Purpose, reason: &str) -> Result<String> {
    let answer = Call::post("/keys", &json!({ "purpose": purpose, REASON: reason })).send().await?;
    Ok(answer.body["id"].as_str().unwrap_or_default().to_owned())
}

/// End a key that has been replaced.
pub async fn withdraw(id: &str, reason: &str) -> Result<()> {
    Call::post(format!("/keys/{id}/withdraw"), &json!({ REASON: reason })).send().await.map(drop)
}

/// Seal anew what older keys sealed, after the job was stopped or has failed.
pub async fn reseal() -> Result<()> {
    Call::post("/keys/reseal", &json!({})).send().await.map(drop)
}
