//! The client's own files besides its code: words, help articles, icons. Their hashed names stand in the page.

use gloo_net::http::Request;
use leptos::prelude::document;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An own file that could not be read: no network, or a newer version has replaced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing;

/// The address of an asset by its plain name.
pub fn address(name: &str) -> Option<String> {
    document().query_selector(&format!("meta[name='asset:{name}']")).ok()??.get_attribute("content")
}

/// Fetch an asset that is JSON.
pub async fn json<T: DeserializeOwned>(name: &str) -> Result<T, Missing> {
    let address = address(name).ok_or(Missing)?;
    let answer = Request::get(&address).send().await.map_err(|_| Missing)?;
    if !answer.ok() {
        return Err(Missing);
    }
    let text = answer.text().await.map_err(|_| Missing)?;
    let value: Value = serde_json::from_str(&text).map_err(|_| Missing)?;
    serde_json::from_value(value).map_err(|_| Missing)
}
