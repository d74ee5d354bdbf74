//! One change of many records, as one operation that can be rehearsed and taken back.

use domain::Filter;
use serde_json::{Map, Value, json};

use super::jobs::Job;
use super::operations::Operation;
use super::{Call, Result, parse, records};

/// The records to change.
#[derive(Clone)]
pub enum Target {
    Ids(Vec<String>),
    /// Everything that fits a view, also beyond the page on screen.
    Matching {
        filter: Filter,
        q: Option<String>,
    },
}

#[derive(Clone)]
pub enum Change {
    Delete,
    /// Delete, and let what names the records name this one instead.
    Replace(String),
    /// One member and its new value.
    Edit(&'static str, Value),
    /// Values for a list that holds more than them, and values that it shall not hold.
    Add(&'static str, Value),
    Remove(&'static str, Value),
    /// The new owner.
    Assign(Value),
    /// An act by its noun, and what it asks for.
    Act(&'static str, Map<String, Value>),
}

/// A few rows are answered at once, many by a job.
pub enum Begun {
    Done(Operation),
    UnderWay(Job),
}

pub async fn run(resource: &str, target: &Target, change: &Change, dry_run: bool) -> Result<Begun> {
    let (action, set) = match change {
        Change::Delete | Change::Replace(_) => ("delete", Map::new()),
        Change::Edit(key, value) => ("edit", records::one(key, value.clone())),
        Change::Add(..) | Change::Remove(..) => ("edit", Map::new()),
        Change::Act(_, asked) => ("act", asked.clone()),
        Change::Assign(owner) => ("assign", records::one("owner_id", owner.clone())),
    };
    let mut body = json!({ "action": action, "set": set, "dry_run": dry_run });
    if let Change::Replace(successor) = change {
        body["move_to"] = json!(successor);
    }
    match change {
        Change::Add(key, values) => body["add"] = json!({ *key: values }),
        Change::Remove(key, values) => body["remove"] = json!({ *key: values }),
        _ => {}
    }
    if let Change::Act(noun, _) = change {
        body["act"] = json!(noun);
    }
    match target {
        Target::Ids(ids) => body["ids"] = json!(ids),
        Target::Matching { filter, q } => {
            body["filter"] = json!(filter);
            body["q"] = json!(q);
        }
    }
    Ok(begun(Call::post(format!("/{resource}/bulk"), &body).send().await?.body))
}

/// Take an operation back.
pub async fn undo(operation: &str) -> Result<Begun> {
    Ok(begun(Call::post(format!("/operations/{operation}/undo"), &json!({})).send().await?.body))
}

/// Only a job names an operation; an operation is one.
fn begun(body: Value) -> Begun {
    if body["operation_id"].is_string() { Begun::UnderWay(parse(body)) } else { Begun::Done(parse(body)) }
}
