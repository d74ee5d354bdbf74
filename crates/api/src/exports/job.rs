//! An export as a job: lines are sealed into parts of a file that waits for the one who asked.

use std::collections::HashSet;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use domain::filter::{Filter, Op};
use domain::instant;
use domain::listing::Listing;
use domain::platform::users::Locale;
use domain::transfer::Target;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::operations::export;
use store::platform::files;
use store::{Db, operations};
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
    /// What the one who asked could take along then.
    #[serde(default)]
    pub reach: String,
    /// Targets; of a file of JSON lines none.
    pub columns: Vec<String>,
    pub ndjson: bool,
    pub system: String,
    pub locale: Locale,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Written {
    /// The last record written, by its place in the order.
    after: Option<Vec<Value>>,
    parts: i32,
    records: i64,
    /// Whether the list came to its end.
    ended: bool,
}

pub async fn run(context: &Context) -> anyhow::Result<End> {
    let payload: Payload = context.payload()?;
    let db = context.db(None).await?;
    let (shape, place): (_, Written) = (shape(&db, &payload), context.checkpoint());
    // Who goes on after a crash does not know what was written before, and leaves out what moved rather than writing
    // some of it twice.
    let written = (!payload.listing.sort.is_empty() && place.parts == 0).then(HashSet::new);
    let listing = payload.listing.clone();
    let mut run = Run { context, db, payload, shape, place, written };
    if !run.place.ended {
        let began = Utc::now() - TimeDelta::minutes(1);
        let mut end = run.walk(&listing, false).await?;
        if end.is_none() && run.written.is_some() {
            end = run.walk(&since(&listing, began), true).await?;
        }
        if let Some(end) = end {
            return Ok(end);
        }
    }
    run.finish().await?;
    Ok(End::Done)
}

struct Run<'a> {
    context: &'a Context,
    db: Db,
    payload: Payload,
    shape: Shape,
    place: Written,
    /// What this run wrote of a list whose records may move in it meanwhile.
    written: Option<HashSet<Uuid>>,
}

impl Run<'_> {
    /// Writes a list from where the run stands, or catches up with what moved to where the list was written already.
    async fn walk(&mut self, listing: &Listing, catching_up: bool) -> anyhow::Result<Option<End>> {
        let mut after = if catching_up { None } else { self.place.after.clone() };
        loop {
            self.renew().await?;
            let known = |id| catching_up && self.written.as_ref().is_some_and(|written| written.contains(&id));
            let lines = part(&self.db, &self.payload.resource, listing, &self.shape, after.as_deref(), known).await?;
            let head = if self.place.parts == 0 { self.shape.head()? } else { Vec::new() };
            let bytes = [head, lines.bytes].concat();
            let ended = lines.last.is_none();
            after = lines.last;
            let next = Written {
                after: after.clone(),
                parts: self.place.parts + i32::from(!bytes.is_empty()),
                records: self.place.records + lines.ids.len() as i64,
                ended: ended || catching_up,
            };
            let (file, number) = (self.payload.export_id, self.place.parts);
            let end = self.db.write(async |tx| {
                if !bytes.is_empty() {
                    files::write_part(tx, file, number, &bytes).await?;
                }
                self.context.advance(tx, &next, next.records, 0, None).await
            });
            let end = end.await?;
            self.place = next;
            if let Some(written) = &mut self.written {
                written.extend(lines.ids);
            }
            if ended || end.is_some() {
                return Ok(end.filter(|_| !ended));
            }
        }
    }

    /// Goes on with the rights of now, if they are those of the beginning: a file does not mix what was allowed before with
    /// what is allowed since.
    async fn renew(&mut self) -> anyhow::Result<()> {
        self.db = self.db.renewed().await?;
        let definition = self.db.catalogue().find(&self.payload.resource).context("the resource is unknown")?;
        Ok(export::refuse_other_reach(&self.db, definition, &self.payload.reach)?)
    }

    /// From now on the file can be fetched, for a while.
    async fn finish(&self) -> store::Result<()> {
        let Payload { export_id, resource, listing, columns, .. } = &self.payload;
        let told = json!({"resource": resource, "records": self.place.records, "listing": listing, "columns": columns});
        self.db
            .write(async |tx| {
                files::expire_in(tx, *export_id, LIFE).await?;
                operations::audit_export(tx, *export_id, "create", told.clone()).await
            })
            .await
    }
}

/// The records of a list that were changed since, in an order in which they stay.
fn since(listing: &Listing, began: DateTime<Utc>) -> Listing {
    let changed = Filter::test("updated_at", Op::Gte, instant::format(began));
    Listing { filter: Filter::all(vec![listing.filter.clone(), changed]), sort: Vec::new(), ..listing.clone() }
}

fn shape(db: &Db, payload: &Payload) -> Shape {
    let definition = db.catalogue().find(&payload.resource).filter(|_| !payload.ndjson);
    let Some(definition) = definition else { return Shape::Ndjson };
    let targets = payload.columns.iter().filter_map(|name| Target::named(definition, name)).collect();
    Shape::Csv(Layout::labelled(definition, targets, &payload.system, payload.locale))
}
