//! Different changes to different records in one request: each through its verb, with the rights it needs alone.

use domain::error::Error;
use domain::resource::ExternalId;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Outcome, RowResult};
use crate::db::Tx;
use crate::error::Result;
use crate::external_ids::{self, Precondition};
use crate::records::{self, Edition, IfMatch};
use crate::table::Stored;

/// What is wanted of one record.
#[derive(Clone, Debug)]
pub enum Item {
    Create { data: Map<String, Value> },
    Update { id: Uuid, if_match: IfMatch, data: Map<String, Value> },
    Upsert { name: ExternalId, precondition: Precondition, data: Map<String, Value> },
    Delete { id: Uuid, if_match: IfMatch, move_to: Option<Uuid> },
}

/// What came of an item that went well.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    pub id: Uuid,
    pub outcome: Outcome,
    /// The record's state now; a deleted one tells none.
    pub edition: Option<Edition>,
}

/// Carries items out in their order. One that is refused, or was not understood to begin with, harms no other.
pub async fn run<R: Stored>(tx: &mut Tx<'_>, items: &[Result<Item, Error>]) -> Result<Vec<Result<Done, Error>>> {
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                results.push(Err(error.clone()));
                continue;
            }
        };
        results.push(match tx.savepoint(async |tx| one::<R>(tx, item).await).await {
            Ok(done) => Ok(done),
            Err(crate::Error::Refused(error)) => Err(error),
            Err(error) => return Err(error),
        });
    }
    Ok(results)
}

async fn one<R: Stored>(tx: &mut Tx<'_>, item: &Item) -> Result<Done> {
    let db = tx.db();
    // As with a single request: a permission that is not held at all is missed first, before any record is looked for.
    match item {
        Item::Create { .. } => drop(db.rows(R::CREATE)?),
        Item::Update { .. } => drop(db.rows(R::UPDATE)?),
        Item::Upsert { .. } => drop(db.rows(R::CREATE).or_else(|_| db.rows(R::UPDATE))?),
        Item::Delete { .. } => drop(db.rows(R::DELETE)?),
    }
    let changed = |changed: bool| if changed { Outcome::Updated } else { Outcome::Unchanged };
    let (record, outcome) = match item {
        Item::Create { data } => (records::create::<R>(tx, data).await?, Outcome::Created),
        Item::Update { id, if_match, data } => {
            let written = records::update::<R>(tx, *id, if_match, data).await?;
            (written.record, changed(written.changed))
        }
        Item::Upsert { name, precondition, data } => {
            let upserted = external_ids::upsert::<R>(tx, name, precondition, data).await?;
            (upserted.record, if upserted.created { Outcome::Created } else { changed(upserted.changed) })
        }
        Item::Delete { id, if_match, move_to } => {
            records::delete::<R>(tx, *id, if_match, *move_to).await?;
            return Ok(Done { id: *id, outcome: Outcome::Deleted, edition: None });
        }
    };
    let stamp = record.stamp();
    Ok(Done { id: stamp.id, outcome, edition: Some(stamp.into()) })
}

/// An item's fate as the operation keeps it; `id` is the one that the item named.
pub fn row(number: i64, id: Option<Uuid>, result: &Result<Done, Error>) -> RowResult {
    match result {
        Ok(done) => RowResult::new(number, Some(done.id), done.outcome),
        Err(error) => RowResult::refused(number, id, error.clone()),
    }
}
