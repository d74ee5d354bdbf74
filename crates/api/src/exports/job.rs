//! An export as a job: lines are sealed into parts of a file that waits for the one who asked.

use chrono::TimeDelta;
use domain::listing::Listing;
use domain::platform::users::Locale;
use domain::transfer::Target;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::operations;
use store::platform::files;
use uuid::Uuid;

use super::run::{Shape, part};
use super::writer::Layout;
use crate::jobs::{Context, End};

/// A file can be fetched for this long after it is ready.
const LIFE: TimeDelta = TimeDelta::minutes(15);

#[derive(Serialize, Deserialize)]
pub struct Payload {
    pub export_id: Uuid,
    pub resource: String,
    pub listing: Listing,
    /// Targets; of a file of JSON lines none.
    pub columns: Vec<String>,
    pub ndjson: bool,
    pub system: String,
    pub locale: Locale,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Place {
    after: Option<Uuid>,
    parts: i32,
    records: i64,
}

pub async fn run(context: &Context) -> anyhow::Result<End> {
    let payload: Payload = context.payload()?;
    let db = context.db(None).await?;
    let shape = shape(&payload);
    let mut place: Place = context.checkpoint();
    loop {
        let lines = part(&db, &payload.resource, &payload.listing, &shape, place.after).await?;
        let head = if place.parts == 0 { shape.head()? } else { Vec::new() };
        let bytes = [head, lines.bytes].concat();
        let next = Place {
            after: lines.last.or(place.after),
            parts: place.parts + i32::from(!bytes.is_empty()),
            records: place.records + lines.records as i64,
        };
        let end = db.write(async |tx| {
            if !bytes.is_empty() {
                files::write_part(tx, payload.export_id, place.parts, &bytes).await?;
            }
            if lines.last.is_none() {
                files::expire_in(tx, payload.export_id, LIFE).await?;
                let told = json!({"resource": payload.resource, "records": next.records, "listing": payload.listing, "columns": payload.columns});
                operations::audit_export(tx, payload.export_id, "create", told).await?;
            }
            context.advance(tx, &next, next.records, 0, None).await
        });
        let end = end.await?;
        place = next;
        match (end, lines.last) {
            (_, None) => return Ok(End::Done),
            (Some(end), _) => return Ok(end),
            (None, Some(_)) => {}
        }
    }
}

fn shape(payload: &Payload) -> Shape {
    let definition = domain::catalogue::find(&payload.resource).filter(|_| !payload.ndjson);
    let Some(definition) = definition else { return Shape::Ndjson };
    let targets = payload.columns.iter().filter_map(|name| Target::named(definition, name)).collect();
    Shape::Csv(Layout::labelled(definition, targets, &payload.system, payload.locale))
}
