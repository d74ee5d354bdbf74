//! The five verbs and their companions, for any resource: what travels is known from the field list.

use domain::listing::{Listing, PageInfo};
use domain::platform::CustomField;
use domain::summary::{By, Measure, Summary};
use domain::{Filter, Resource};
use serde_json::{Map, Value, json};

use crate::edition;

use super::{Answer, Call, Mounted, Result, parse};

/// A record as this client handles it: its members by key, with the tag that guards its next change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    pub id: String,
    pub etag: String,
    pub document: Map<String, Value>,
}

impl Item {
    pub fn from_value(value: Value, etag: &str) -> Self {
        let Value::Object(mut document) = value else { return Self::default() };
        // In a body the tag stands without the quotes that belong to the header.
        let own = document.remove("etag").and_then(|etag| Some(format!("\"{}\"", etag.as_str()?)));
        let id = document.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { id, etag: own.unwrap_or_else(|| etag.to_owned()), document }
    }

    pub fn version(&self) -> u64 {
        self.document.get("version").and_then(Value::as_u64).unwrap_or_default()
    }
}

/// A document of one member.
pub fn one(key: &str, value: Value) -> Map<String, Value> {
    let mut document = Map::new();
    document.insert(key.to_owned(), value);
    document
}

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    pub items: Vec<Item>,
    pub info: PageInfo,
}

/// How many records of a list have something in common, and their amounts by currency.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// What they have in common, in the order in which it was asked.
    pub keys: Vec<Option<String>>,
    pub count: i64,
    pub sums: Vec<(String, String)>,
}

/// One line of a record's history.
#[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
pub struct Change {
    pub sequence: i64,
    pub at: String,
    pub operation: String,
    pub actor_name: Option<String>,
    pub reason: Option<String>,
    pub changed: Map<String, Value>,
}

pub async fn list(resource: &str, listing: &Listing, scope: Option<Mounted>) -> Result<Page> {
    let query = encode(&listing.to_query());
    // An address longer than a server takes goes as the body of a search.
    let call = if query.len() < 6000 {
        Call::get(format!("/{resource}?{query}"))
    } else {
        Call::post(format!("/{resource}/search"), &serde_json::to_value(listing).unwrap_or_default())
    };
    let call = match &scope {
        Some(scope) => call.while_mounted(scope),
        None => call,
    };
    let mut body = call.send().await?.body;
    let items = match body["data"].take() {
        Value::Array(items) => items.into_iter().map(|item| Item::from_value(item, "")).collect(),
        _ => Vec::new(),
    };
    Ok(Page { items, info: parse(body["page"].take()) })
}

/// Figures over a list, in groups: the answer as it comes, since readers of its whole shape would cost more than they give.
pub async fn summary(resource: &str, summary: &Summary, scope: Option<Mounted>) -> Result<Value> {
    let call = Call::post(format!("/{resource}/summary"), &serde_json::to_value(summary).unwrap_or_default());
    let call = match &scope {
        Some(scope) => call.while_mounted(scope),
        None => call,
    };
    Ok(call.send().await?.body)
}

/// Count the records of a list in groups, and add up an amount of theirs.
pub async fn sums(
    resource: &str,
    filter: &Filter,
    q: Option<&str>,
    by: &[&str],
    of: Option<&str>,
) -> Result<Vec<Group>> {
    let of = [Measure::Count].into_iter().chain(of.map(|amount| Measure::Sum(amount.to_owned()))).collect();
    let by = by.iter().map(|field| By::Field((*field).to_owned())).collect();
    let asked = Summary { filter: filter.clone(), q: q.map(str::to_owned), by, of, limit: None };
    let body = summary(resource, &asked, None).await?;
    let groups = body["groups"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(groups.iter().map(group).collect())
}

fn group(group: &Value) -> Group {
    let keys = group["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sums = group["figures"][1].as_object().into_iter().flatten();
    Group {
        keys: keys.iter().map(|key| key["value"].as_str().map(str::to_owned)).collect(),
        count: group["figures"][0].as_i64().unwrap_or_default(),
        sums: sums.filter_map(|(currency, sum)| Some((currency.clone(), sum.as_str()?.to_owned()))).collect(),
    }
}

pub async fn find(resource: &str, id: &str, expand: &[String]) -> Result<Item> {
    let query = if expand.is_empty() { String::new() } else { format!("?expand={}", expand.join(",")) };
    Ok(item(Call::get(format!("/{resource}/{id}{query}")).send().await?))
}

pub async fn create(resource: &str, document: &Map<String, Value>) -> Result<Item> {
    let made = item(Call::post(format!("/{resource}"), &Value::Object(document.clone())).send().await?);
    notice(resource);
    Ok(made)
}

pub async fn update(resource: &str, id: &str, etag: &str, patch: &Map<String, Value>) -> Result<Item> {
    let call = Call::patch(format!("/{resource}/{id}"), &Value::Object(patch.clone()));
    let changed = item(call.if_match(etag).send().await?);
    notice(resource);
    Ok(changed)
}

pub async fn delete(resource: &str, id: &str, etag: &str) -> Result<()> {
    Call::delete(format!("/{resource}/{id}")).if_match(etag).send().await.map(drop)
}

pub async fn restore(resource: &str, id: &str) -> Result<Item> {
    Ok(item(Call::post(format!("/{resource}/{id}/restore"), &json!({})).send().await?))
}

/// Hand a record to another person.
pub async fn assign(resource: &str, id: &str, etag: &str, owner: &str) -> Result<Item> {
    let call = Call::post(format!("/{resource}/{id}/assign"), &json!({ "owner_id": owner }));
    Ok(item(call.if_match(etag).send().await?))
}

/// Let something happen to a record.
/// Also the address of the record that the act made out of this one, if it makes any.
pub async fn act(
    resource: &str,
    id: &str,
    etag: &str,
    noun: &str,
    asked: &Map<String, Value>,
) -> Result<(Item, Option<String>)> {
    let call = Call::post(format!("/{resource}/{id}/{noun}"), &Value::Object(asked.clone()));
    let answer = call.if_match(etag).send().await?;
    let made = answer.location.strip_prefix("/api/v1").map(str::to_owned);
    let changed = item(answer);
    notice(resource);
    Ok((changed, made))
}

/// Moves a record to another department.
pub async fn move_to(resource: &str, id: &str, etag: &str, department: &str) -> Result<Item> {
    let call = Call::post(format!("/{resource}/{id}/assign"), &json!({ "department_id": department }));
    Ok(item(call.if_match(etag).send().await?))
}

/// A masked value in the clear. The reason is kept.
pub async fn reveal(resource: &str, id: &str, field: &str, reason: &str) -> Result<Value> {
    let body = json!({ "fields": [field], "reason": reason });
    let mut answer = Call::post(format!("/{resource}/{id}/mask-reveal"), &body).send().await?;
    Ok(answer.body[field].take())
}

/// An entry of a record's timeline: a record of another resource that tells of it, or a change of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    pub kind: String,
    pub at: String,
    pub record: Option<Item>,
    pub change: Change,
}

/// So many entries of a timeline, latest first, of all kinds or of one; and where the next ones begin.
pub async fn timeline(
    resource: &str,
    id: &str,
    kind: &str,
    before: Option<&str>,
    limit: usize,
) -> Result<(Vec<Told>, Option<String>)> {
    let mut query = vec![("limit".to_owned(), limit.to_string())];
    query.extend((!kind.is_empty()).then(|| ("kinds".to_owned(), kind.to_owned())));
    query.extend(before.map(|before| ("before".to_owned(), before.to_owned())));
    let mut body = Call::get(format!("/{resource}/{id}/timeline?{}", encode(&query))).send().await?.body;
    let next = body["page"]["next_cursor"].as_str().map(str::to_owned);
    let entries = match body["data"].take() {
        Value::Array(entries) => entries.into_iter().map(told).collect(),
        _ => Vec::new(),
    };
    Ok((entries, next))
}

/// Whether one follows a record.
pub async fn follows(resource: &str, id: &str) -> Result<bool> {
    Ok(Call::get(format!("/{resource}/{id}/follow")).send().await?.body["following"] == true)
}

/// Follow a record, or no longer.
pub async fn follow(resource: &str, id: &str, follows: bool) -> Result<()> {
    let path = format!("/{resource}/{id}/follow");
    let call = if follows { Call::post(path, &json!({})) } else { Call::delete(path) };
    call.send().await.map(drop)
}

/// Something that happened lately to a record that one sees.
#[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
pub struct Happened {
    pub at: String,
    pub resource: String,
    pub record_id: String,
    pub title: String,
    pub operation: String,
    pub actor_name: Option<String>,
    pub fields: Vec<String>,
}

/// So many entries of the stream, latest first, of everybody or of one department; and where the next ones begin.
pub async fn activity(
    department: Option<&str>,
    before: Option<&str>,
    limit: usize,
) -> Result<(Vec<Happened>, Option<String>)> {
    let mut query = vec![("limit".to_owned(), limit.to_string())];
    query.extend(department.map(|id| ("department_id".to_owned(), id.to_owned())));
    query.extend(before.map(|before| ("before".to_owned(), before.to_owned())));
    let mut body = Call::get(format!("/activity?{}", encode(&query))).send().await?.body;
    let next = body["page"]["next_cursor"].as_str().map(str::to_owned);
    Ok((parse(body["data"].take()), next))
}

fn told(mut entry: Value) -> Told {
    let record = entry["record"].take();
    Told {
        kind: entry["kind"].as_str().unwrap_or_default().to_owned(),
        at: entry["at"].as_str().unwrap_or_default().to_owned(),
        record: record.is_object().then(|| Item::from_value(record, "")),
        change: parse(entry["change"].take()),
    }
}

/// The changes of a record, newest first, those before `before` when it is given.
pub async fn history(resource: &str, id: &str, before: Option<i64>) -> Result<Vec<Change>> {
    let query = before.map(|before| format!("?before={before}")).unwrap_or_default();
    let mut body = Call::get(format!("/{resource}/{id}/history{query}")).send().await?.body;
    Ok(parse(body["data"].take()))
}

/// Whoever makes a field sees it at once where it belongs.
pub(super) fn notice(resource: &str) {
    if resource == CustomField::NAME {
        leptos::task::spawn_local(edition::learn());
    }
}

fn item(answer: Answer) -> Item {
    Item::from_value(answer.body, &answer.etag)
}

/// A query string from its pairs.
pub fn encode(pairs: &[(String, String)]) -> String {
    let encoded = |text: &str| String::from(js_sys::encode_uri_component(text));
    let joined: Vec<String> = pairs.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
    joined.join("&")
}
