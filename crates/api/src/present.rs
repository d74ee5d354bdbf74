//! Records as they are wanted: trimmed to some members, references embedded.

use std::collections::HashMap;

use domain::field::Kind;
use domain::filter::paths;
use domain::lines::Columns;
use domain::listing::Listing;
use domain::references::Link;
use domain::resource::Definition;
use domain::text::pinyin::sort_key;
use serde_json::{Map, Value, json};
use store::Db;
use store::records::{self, Called, Shown};
use store::registry;
use uuid::Uuid;

use crate::http::error::Result;

/// Leaves out and adds what the listing says; most want records as they are.
pub async fn wanted(db: &Db, definition: &Definition, listing: &Listing, records: Vec<Shown>) -> Result<Vec<Shown>> {
    if listing.fields.is_none() && listing.expand.is_empty() {
        return Ok(records);
    }
    let stamps: Vec<_> = records.iter().map(|shown| shown.stamp.clone()).collect();
    let mut objects: Vec<_> = records.into_iter().map(Shown::into_members).collect();
    for member in &listing.expand {
        embed(db, definition, &mut objects, member).await?;
    }
    if let Some(fields) = &listing.fields {
        let always = |key: &str| matches!(key, "id" | "version" | "etag" | "matches" | "unreadable");
        let kept = |key: &String| always(key) || listing.expand.contains(key) || fields.contains(key);
        objects.iter_mut().for_each(|object| object.retain(|key, _| kept(key)));
    }
    Ok(stamps.into_iter().zip(objects).map(|(stamp, object)| Shown::with_members(stamp, object)).collect())
}

/// Puts `{id, name}` beside each id of a reference. `owner` stands for `owner_id`.
async fn embed(db: &Db, definition: &Definition, objects: &mut [Map<String, Value>], member: &str) -> Result<()> {
    if definition.beside.iter().any(|field| field.key == member) {
        return embed_beside(db, definition, objects, member).await;
    }
    if let Some(link) = definition.link.filter(|link| link.member() == member) {
        return embed_linked(db, link, objects).await;
    }
    let Some(field) = definition.embeds(member) else { return Ok(()) };
    if let Kind::Lines(columns) = field.kind {
        return embed_in_lines(db, field.key, columns, objects).await;
    }
    if let Kind::References(resource) = field.kind {
        return embed_several(db, field.key, resource, objects, member).await;
    }
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

/// Puts a list of `{id, name}`, with the colour if it has one, beside a list of ids, by name. Who may not read the ids is
/// told nothing.
async fn embed_several(
    db: &Db,
    key: &str,
    resource: &str,
    objects: &mut [Map<String, Value>],
    member: &str,
) -> Result<()> {
    let ids = objects.iter().flat_map(|object| paths::ids(object.get(key))).collect();
    let called = records::called(db, resource, ids).await?;
    for object in objects.iter_mut().filter(|object| object.contains_key(key)) {
        let mut named: Vec<_> =
            paths::ids(object.get(key)).into_iter().filter_map(|id| Some((id, called.get(&id)?))).collect();
        named.sort_by_cached_key(|(_, called)| sort_key(&called.title));
        let told = |(id, Called { title, colour }): (Uuid, &Called)| match colour {
            Some(colour) => json!({"id": id, "name": title, "colour": colour}),
            None => json!({"id": id, "name": title}),
        };
        object.insert(member.to_owned(), named.into_iter().map(told).collect());
    }
    Ok(())
}

/// Puts `{id, name}` beside each id in the lines of documents: `product` beside `product_id`.
async fn embed_in_lines(db: &Db, key: &str, columns: &Columns, objects: &mut [Map<String, Value>]) -> Result<()> {
    for field in columns.fields {
        let (Kind::Reference(resource), Some(member)) = (field.kind, field.key.strip_suffix("_id")) else { continue };
        let lines =
            |object: &Map<String, Value>| object.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let id_of = |line: &Value| line[field.key].as_str()?.parse::<Uuid>().ok();
        let ids = objects.iter().flat_map(lines).filter_map(|line| id_of(&line)).collect();
        let titles = records::titles(db, resource, ids).await?;
        for line in objects.iter_mut().filter_map(|object| object.get_mut(key)?.as_array_mut()).flatten() {
            line[member] =
                id_of(line).and_then(|id| Some(json!({"id": id, "name": titles.get(&id)?}))).unwrap_or_default();
        }
    }
    Ok(())
}

/// Puts `{id, name, resource}` of what links lead to, as far as it is there and the caller sees it.
async fn embed_linked(db: &Db, link: Link, objects: &mut [Map<String, Value>]) -> Result<()> {
    let end = |object: &Map<String, Value>| {
        let resource = object.get(link.kind)?.as_str().and_then(registry::find)?.definition().name;
        Some((resource, object.get(link.id)?.as_str()?.parse::<Uuid>().ok()?))
    };
    let mut ends: HashMap<&str, Vec<Uuid>> = HashMap::new();
    objects.iter().filter_map(end).for_each(|(resource, id)| ends.entry(resource).or_default().push(id));
    let mut titles = HashMap::new();
    for (resource, ids) in ends {
        titles.insert(resource, records::titles(db, resource, ids).await?);
    }
    for object in objects {
        let named = end(object).and_then(|(resource, id)| {
            Some(json!({"id": id, "name": titles.get(resource)?.get(&id)?, "resource": resource}))
        });
        object.insert(link.member().to_owned(), named.unwrap_or(Value::Null));
    }
    Ok(())
}

/// Puts a list of `{id, name}` of what lies in a table of its own.
async fn embed_beside(
    db: &Db,
    definition: &Definition,
    objects: &mut [Map<String, Value>],
    member: &str,
) -> Result<()> {
    let id_of = |object: &Map<String, Value>| object.get("id")?.as_str()?.parse::<Uuid>().ok();
    let ids = objects.iter().filter_map(id_of).collect();
    let mut found = registry::named(definition.name)?.beside(db, member, ids).await?;
    for object in objects {
        let named = id_of(object).and_then(|id| found.remove(&id)).unwrap_or_default();
        let named: Vec<Value> = named.into_iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
        object.insert(member.to_owned(), named.into());
    }
    Ok(())
}
