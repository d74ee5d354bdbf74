//! The timeline of a record: everything that tells of it, latest first, a page at a time.

use std::cmp::Reverse;

use actix_web::{HttpRequest, HttpResponse, web};
use domain::catalogue::Catalogue;
use domain::error::{Code, Error, Fault};
use domain::listing::Listing;
use domain::permission::Action;
use domain::resource::Definition;
use domain::{Kind, instant};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::records::Shown;
use store::timeline::{CHANGES, Position, Subject, TimelineEntry, Told};
use store::{Db, registry};
use uuid::Uuid;

use crate::auth::Caller;
use crate::crud::{Served, permission};
use crate::http::error::{Refusal, Result};
use crate::http::query;
use crate::present;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The cursor of the last entry of the page before.
    before: Option<String>,
    /// Kinds of entries, separated by commas; all if absent.
    kinds: Option<String>,
    limit: Option<u16>,
}

/// Whether records of a resource have a timeline: others tell of them.
pub fn is_told(definition: &Definition) -> bool {
    Catalogue::built().telling(definition.name).next().is_some()
}

/// The kinds of entries in the timelines of a resource: those of one moment stand in this order.
pub fn kinds(definition: &Definition) -> Vec<&'static str> {
    Catalogue::built().telling(definition.name).map(|of| of.name).chain([CHANGES]).collect()
}

/// A place between two entries.
#[derive(Clone, Copy)]
struct Cursor {
    position: Position,
    kind: usize,
}

impl Cursor {
    fn write(&self, kinds: &[&str]) -> String {
        format!("{}_{}_{}", instant::format(self.position.at), kinds[self.kind], self.position.key)
    }

    fn read(text: &str, kinds: &[&str]) -> Option<Self> {
        let (at, rest) = text.split_once('_')?;
        let (kind, key) = rest.split_once('_')?;
        let position = Position { at: at.parse().ok()?, key: key.parse().ok()? };
        Some(Self { position, kind: kinds.iter().position(|known| *known == kind)? })
    }

    /// What lies beyond it, for entries of another kind: of the same moment those whose kind comes later.
    fn of_kind(&self, kind: usize) -> Position {
        match kind.cmp(&self.kind) {
            std::cmp::Ordering::Equal => self.position,
            std::cmp::Ordering::Greater => Position { key: Uuid::max(), ..self.position },
            std::cmp::Ordering::Less => Position { key: Uuid::nil(), ..self.position },
        }
    }
}

fn refusal(parameter: &str, code: &str) -> Refusal {
    Refusal(Error::at(Code::BadParameter, Fault::new(parameter, code)))
}

/// A page of a record's timeline, as the caller may see each part of it.
pub async fn of_record(of: Served, caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Read))?;
    let asked: Asked = query::of(&request)?;
    let definition = of.definition_in(&db);
    let kinds = kinds(definition);
    let limit = query::limit(asked.limit)?;
    let wanted = wanted_kinds(&kinds, asked.kinds.as_deref())?;
    let cursor = match &asked.before {
        Some(text) => Some(Cursor::read(text, &kinds).ok_or(Error::new(Code::InvalidCursor))?),
        None => None,
    };
    // Who may not see the record learns nothing of what tells of it.
    of.find(&db, *id).await?;
    let about = Subject { resource: definition.name, id: *id };
    let mut told: Vec<(usize, Told)> = Vec::new();
    for kind in wanted {
        let before = cursor.map_or(Position::END, |cursor| cursor.of_kind(kind));
        let found = match kinds[kind] {
            CHANGES => of.told_changes(&db, *id, &before, limit + 1).await?,
            resource => registry::named(resource)?.told(&db, &about, &before, limit + 1).await?,
        };
        told.extend(found.into_iter().map(|told| (kind, told)));
    }
    told.sort_by_key(|(kind, told)| (Reverse(told.position.at), *kind, Reverse(told.position.key)));
    let more = told.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    told.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let cursors: Vec<String> =
        told.iter().map(|(kind, told)| Cursor { position: told.position, kind: *kind }.write(&kinds)).collect();
    let next = cursors.last().filter(|_| more).cloned();
    let data = entries(&db, &kinds, told, cursors).await?;
    Ok(HttpResponse::Ok().json(json!({"data": data, "page": {"next_cursor": next, "has_more": more}})))
}

/// The places of the kinds that are asked for.
fn wanted_kinds(kinds: &[&str], asked: Option<&str>) -> Result<Vec<usize>> {
    let Some(asked) = asked else { return Ok((0..kinds.len()).collect()) };
    let place =
        |word: &str| kinds.iter().position(|known| *known == word).ok_or_else(|| refusal("kinds", "not_a_choice"));
    let mut places = Vec::new();
    for word in asked.split(',').map(str::trim) {
        let place = place(word)?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}

/// The entries as they are sent: of records with the names of what they refer to.
async fn entries(
    db: &Db,
    kinds: &[&'static str],
    told: Vec<(usize, Told)>,
    cursors: Vec<String>,
) -> Result<Vec<Value>> {
    let mut records: Vec<Vec<Shown>> = kinds.iter().map(|_| Vec::new()).collect();
    let mut heads = Vec::with_capacity(told.len());
    for ((kind, told), cursor) in told.into_iter().zip(cursors) {
        let mut head = Map::new();
        head.insert("kind".into(), kinds[kind].into());
        head.insert("at".into(), instant::format(told.position.at).into());
        head.insert("cursor".into(), cursor.into());
        match told.entry {
            TimelineEntry::Record(shown) => records[kind].push(shown),
            TimelineEntry::Change(change) => drop(head.insert("change".into(), json!(change))),
        }
        heads.push((kind, head));
    }
    let mut named = Vec::with_capacity(kinds.len());
    for (kind, shown) in kinds.iter().zip(records) {
        named.push(match registry::find(kind) {
            Some(of) => with_names(db, of.definition_in(db), shown).await?.into_iter(),
            None => Vec::new().into_iter(),
        });
    }
    let entry = |(kind, mut head): (usize, Map<String, Value>)| {
        if let Some(shown) = named[kind].next().filter(|_| !head.contains_key("change")) {
            head.insert("record".into(), json!(shown));
        }
        Value::Object(head)
    };
    Ok(heads.into_iter().map(entry).collect())
}

/// Records with the names of their owners and of whom else they name.
async fn with_names(db: &Db, definition: &Definition, shown: Vec<Shown>) -> Result<Vec<Shown>> {
    // What is nobody's tells who made it.
    let whose = if definition.owned { "owner_id" } else { "created_by" };
    let references = definition.all_fields().filter(|field| {
        matches!(field.kind, Kind::Reference(_)) && (field.key == whose || definition.own_field(field.key).is_some())
    });
    let expand = references.map(|field| field.key.trim_end_matches("_id").to_owned()).collect();
    present::wanted(db, definition, &Listing { expand, ..Listing::default() }, shown).await
}
