//! One change of many records, as one operation that can be taken back.

use domain::Filter;
use serde_json::{Map, Value, json};

use super::records::Item;
use super::{Call, Result};

/// The records to change.
pub enum Target {
    Items(Vec<Item>),
    /// Everything that fits a view, also beyond the page on screen.
    Matching {
        filter: Filter,
        q: Option<String>,
    },
}

/// How it went.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub done: usize,
    pub failed: usize,
    /// Names the operation for undoing it.
    pub operation: Option<String>,
}

/// Set one member of each record, or without a change delete each.
pub async fn run(resource: &str, target: Target, change: Option<(String, Value)>) -> Result<Outcome> {
    let changes = change.map(|(key, value)| Value::Object(Map::from_iter([(key, value)])));
    let body = match target {
        Target::Items(items) => {
            let items: Vec<Value> = items
                .iter()
                .map(|item| match &changes {
                    Some(data) => json!({ "op": "update", "id": item.id, "if_match": item.etag, "data": data }),
                    None => json!({ "op": "delete", "id": item.id, "if_match": item.etag }),
                })
                .collect();
            json!({ "atomic": false, "items": items })
        }
        Target::Matching { filter, q } => {
            let op = if changes.is_some() { "update" } else { "delete" };
            json!({ "op": op, "filter": filter, "q": q, "data": changes })
        }
    };
    let answer = Call::post(format!("/{resource}/batch"), &body).send().await?.body;
    let results = answer["results"].as_array().map(Vec::as_slice).unwrap_or_default();
    let failed = results.iter().filter(|result| result["status"].as_u64().is_some_and(|status| status >= 400)).count();
    Ok(Outcome { done: results.len() - failed, failed, operation: answer["operation_id"].as_str().map(str::to_owned) })
}

pub async fn undo(operation: &str) -> Result<()> {
    Call::post(format!("/operations/{operation}/undo"), &json!({})).send().await.map(drop)
}
