//! The run of an export: chunk after chunk of a list, handed on as bytes.

use domain::error::Code;
use domain::filter::paths;
use domain::listing::Listing;
use domain::transfer::{self, Target};
use serde_json::Value;
use store::operations::export::Exported;
use store::{Db, records, registry};
use uuid::Uuid;

use super::writer::{Layout, Titles, json_line};
use crate::crud::Served;

/// How the lines are written.
pub enum Shape {
    Csv(Layout),
    Ndjson,
}

impl Shape {
    pub fn head(&self) -> anyhow::Result<Vec<u8>> {
        match self {
            Shape::Csv(layout) => layout.head(),
            Shape::Ndjson => Ok(Vec::new()),
        }
    }
}

/// Some lines, which records they tell, and where the next ones begin.
pub struct Part {
    pub bytes: Vec<u8>,
    pub ids: Vec<Uuid>,
    pub last: Option<Vec<Value>>,
}

/// The next lines of a list; none of them at its end. Records for which `skip` says so are left out.
pub async fn part(
    db: &Db,
    resource: &str,
    listing: &Listing,
    shape: &Shape,
    after: Option<&[Value]>,
    skip: impl Fn(Uuid) -> bool,
) -> anyhow::Result<Part> {
    let mut records = transferred(resource)?.export(db, listing, after).await?;
    let last = records.last().map(|record| record.place.clone());
    records.retain(|record| !skip(record.id));
    let bytes = match shape {
        Shape::Csv(layout) => layout.lines(&records, &titles(db, layout, &records).await?)?,
        Shape::Ndjson => {
            let companion = transfer::companion(resource).map(|companion| companion.prefix);
            records.iter().map(|record| json_line(record, companion)).collect::<String>().into_bytes()
        }
    };
    Ok(Part { bytes, ids: records.iter().map(|record| record.id).collect(), last })
}

/// How many records an export would hold.
pub async fn count(db: &Db, resource: &str, listing: &Listing) -> store::Result<i64> {
    transferred(resource)?.count_export(db, listing).await
}

/// A resource whose records are written to files.
fn transferred(resource: &str) -> store::Result<Served> {
    let verbs = registry::named(resource)?;
    if verbs.definition().transferred { Ok(verbs) } else { Err(Code::NotFound.into()) }
}

/// The names of what the records refer to, as far as they are written.
async fn titles(db: &Db, layout: &Layout, records: &[Exported]) -> store::Result<Titles> {
    let mut titles = Titles::new();
    for target in layout.targets.iter().flatten() {
        let (Target::Field(field) | Target::Line(_, field)) = target else { continue };
        let Some(resource) = field.kind.referred() else { continue };
        let ids: Vec<Uuid> = records.iter().flat_map(|record| named(record, *target)).collect();
        if !ids.is_empty() {
            let found = records::told_apart(db, resource, ids).await?;
            titles.extend(found.into_iter().map(|(id, title)| (id.to_string(), title)));
        }
    }
    Ok(titles)
}

/// What a record names in a column.
fn named(exported: &Exported, target: Target) -> Vec<Uuid> {
    match target {
        Target::Line(lines, field) => {
            let lines = exported.record.get(lines.key).and_then(Value::as_array);
            lines.into_iter().flatten().flat_map(|line| paths::ids(line.get(field.key))).collect()
        }
        Target::Field(field) => paths::ids(exported.record.get(field.key)).into_iter().collect(),
        Target::ExternalId | Target::Companion(..) => Vec::new(),
    }
}
