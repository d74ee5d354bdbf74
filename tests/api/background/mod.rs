//! Work that is not answered at once: jobs, bulk actions, files in and out, and taking things back.

mod bulk;
mod documents;
mod exports;
mod imports;
mod queue;
mod reseal;
mod undo;

use reqwest::Method;
use serde_json::Value;
use tests::{Actor, Answer, eventually};
use uuid::Uuid;

/// A request that may be repeated, as imports and exports must be.
pub(crate) async fn repeatable(person: &Actor<'_>, path: &str, body: &Value) -> Answer {
    let key = Uuid::new_v4().to_string();
    Answer::of(person.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

/// Sends a file to be looked at.
pub(crate) async fn preview(person: &Actor<'_>, resource: &str, file: impl Into<reqwest::Body>) -> Answer {
    let path = format!("/api/v1/imports/preview?resource={resource}&name=file.csv");
    let request = person.request(Method::POST, &path).header("content-type", "text/csv").body(file);
    Answer::of(request).await
}

/// Waits for the end of the job that an answer names, and returns it.
pub(crate) async fn ended(person: &Actor<'_>, accepted: &Answer) -> Value {
    assert_eq!(accepted.status, 202, "{accepted:?}");
    let path = accepted.header("location").to_owned();
    eventually("the job ends", async || {
        let job = person.get(&path).await.json();
        let ended = !matches!(job["state"].as_str(), Some("queued" | "running"));
        ended.then_some(job)
    })
    .await
}

async fn operation(person: &Actor<'_>, job: &Value) -> Value {
    let id = job["operation_id"].as_str().expect("an operation");
    person.get(&format!("/api/v1/operations/{id}")).await.json()
}

/// The customers that somebody sees.
async fn customers(person: &Actor<'_>) -> Vec<Value> {
    let list = person.get("/api/v1/customers?limit=500&sort=name").await.json();
    list["data"].as_array().expect("customers").clone()
}
