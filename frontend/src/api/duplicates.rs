//! Records that are like others, and records that are put together.

use domain::Problem;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::records::{self, Item};
use super::{Call, Result, parse};

/// A record like a draft. Of one out of sight nothing is known but whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Alike {
    pub resource: String,
    pub by: Vec<String>,
    pub strength: String,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    pub owner: Option<String>,
}

/// The records that are like a draft, which is of this record if that is there already.
pub async fn check(resource: &str, draft: &Map<String, Value>, id: Option<String>) -> Result<Vec<Alike>> {
    let body = json!({ "draft": draft, "id": id });
    let mut body = Call::post(format!("/{resource}/duplicates"), &body).send().await?.body;
    Ok(parse(body["data"].take()))
}

/// Whether a write was refused because another record is the same.
pub fn is_why(problem: &Problem) -> bool {
    problem.errors.iter().any(|fault| fault.code.starts_with("same_as"))
}

/// Write a record although it is like another.
pub async fn write_anyway(resource: &str, item: &Item, body: &Map<String, Value>) -> Result<Item> {
    let (body, anyway) = (Value::Object(body.clone()), "?allow_duplicates=true");
    let call = match item.id.as_str() {
        "" => Call::post(format!("/{resource}{anyway}"), &body),
        id => Call::patch(format!("/{resource}/{id}{anyway}"), &body).if_match(&item.etag),
    };
    let answer = call.send().await?;
    records::notice(resource);
    Ok(Item::from_value(answer.body, &answer.etag))
}

/// Put others and one record together; tells of the record that stays and of the operation.
pub async fn merge(
    resource: &str,
    stays: &Item,
    others: &[&Item],
    choices: &Map<String, Value>,
) -> Result<(Item, String)> {
    let ids: Vec<&str> = others.iter().map(|item| item.id.as_str()).collect();
    let tags: Vec<&str> = [stays].iter().chain(others).map(|item| item.etag.as_str()).collect();
    let body = json!({ "others": ids, "choices": choices });
    let call = Call::post(format!("/{resource}/{}/merge", stays.id), &body).if_match(&tags.join(", "));
    let answer = call.send().await?;
    records::notice(resource);
    let operation = answer.location.rsplit('/').next().unwrap_or_default().to_owned();
    Ok((Item::from_value(answer.body, &answer.etag), operation))
}
