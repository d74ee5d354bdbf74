//! Records as they leave: with their entity tag, trimmed to the wanted members, references embedded.

use domain::field::Kind;
use domain::resource::{Definition, Record, Resource};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::Db;
use store::records::{self, Seen};
use uuid::Uuid;

use crate::http::error::Result;

/// How records are wanted.
pub struct Wanted<'a> {
    pub fields: Option<&'a [String]>,
    pub expand: &'a [String],
}

/// Records as objects, each with its `etag`.
pub async fn objects<R: Resource>(db: &Db, seen: &[Seen<R>], wanted: &Wanted<'_>) -> Result<Vec<Map<String, Value>>> {
    let mut objects: Vec<_> = seen.iter().map(|seen| object(db, seen)).collect();
    for member in wanted.expand {
        embed::<R>(db, &mut objects, member).await?;
    }
    if let Some(fields) = wanted.fields {
        let kept = |key: &str| matches!(key, "id" | "version" | "etag") || wanted.expand.iter().any(|e| e == key);
        objects.iter_mut().for_each(|object| object.retain(|key, _| kept(key) || fields.contains(key)));
    }
    Ok(objects)
}

/// A record as it is sent. One that its reader may see all of needs no detour over an object, which would cost more than
/// the rest of a list together.
#[derive(Serialize)]
#[serde(untagged, bound = "")]
pub enum Presented<'a, R: Resource> {
    Whole {
        #[serde(flatten)]
        record: &'a Record<R>,
        etag: String,
    },
    Made(Map<String, Value>),
}

/// Records as they are wanted, made into objects only where something is left out or added.
pub async fn records<'a, R: Resource>(
    db: &Db,
    seen: &'a [Seen<R>],
    wanted: &Wanted<'_>,
) -> Result<Vec<Presented<'a, R>>> {
    let as_they_are = wanted.fields.is_none() && wanted.expand.is_empty();
    let whole: Option<Vec<_>> = seen.iter().map(|seen| whole(db, seen)).collect();
    match whole.filter(|_| as_they_are) {
        Some(whole) => Ok(whole),
        None => Ok(objects(db, seen, wanted).await?.into_iter().map(Presented::Made).collect()),
    }
}

fn whole<'a, R: Resource>(db: &Db, seen: &'a Seen<R>) -> Option<Presented<'a, R>> {
    Some(Presented::Whole { record: seen.plain()?, etag: records::etag(db, seen.stamp().version) })
}

/// A record in the answer to a write.
pub fn record<'a, R: Resource>(db: &Db, seen: &'a Seen<R>) -> Presented<'a, R> {
    whole(db, seen).unwrap_or_else(|| Presented::Made(object(db, seen)))
}

fn object<R: Resource>(db: &Db, seen: &Seen<R>) -> Map<String, Value> {
    let mut object = seen.json();
    object.insert("etag".into(), records::etag(db, seen.stamp().version).into());
    object
}

/// Puts `{id, name}` beside each id of a reference. `owner` stands for `owner_id`.
async fn embed<R: Resource>(db: &Db, objects: &mut [Map<String, Value>], member: &str) -> Result<()> {
    let definition = Definition::of::<R>();
    let key = format!("{member}_id");
    let Some(field) = definition.field(&key).or_else(|| definition.field(member)) else { return Ok(()) };
    let Kind::Reference(resource) = field.kind else { return Ok(()) };
    let id_of = |object: &Map<String, Value>| object.get(field.key)?.as_str()?.parse::<Uuid>().ok();
    let ids = objects.iter().filter_map(id_of).collect();
    let titles = records::titles(db, resource, ids).await?;
    for object in objects {
        let title = id_of(object).and_then(|id| Some(json!({"id": id, "name": titles.get(&id)?})));
        // A field that already bears the member's name keeps its id; the title goes beside it.
        let member = if field.key == member { format!("{member}_ref") } else { member.to_owned() };
        object.insert(member, title.unwrap_or(Value::Null));
    }
    Ok(())
}
