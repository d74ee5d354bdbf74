//! Taking an operation back, at once or in a job.

use domain::platform::operations::{OperationKind, OperationState};
use serde_json::json;
use store::operations::undo::{self, Undoing};
use store::operations::{self, Draft, RowResult, Tally};
use store::{Db, Tx, registry};
use uuid::Uuid;

use crate::http::error::Result;
use crate::jobs::{Context, End};

/// An undo about to begin, if the caller may undo the operation at all.
pub async fn draft(db: &Db, id: Uuid, operation: Uuid, dry_run: bool, job_id: Option<Uuid>) -> Result<Draft> {
    let undone = undo::undoable(db, operation).await?;
    undo::refuse_second(db, operation).await?;
    let total = undo::count(db, operation).await?;
    let request = json!({"operation_id": operation});
    // A rehearsal takes nothing back, so it does not stand in the way of the undo itself.
    let undo_of = (!dry_run).then_some(operation);
    Ok(Draft { id, undo_of, total, job_id, ..Draft::new(OperationKind::Undo, &undone.resource, request, dry_run) })
}

/// Where an undo has come to: the entry it took back last, and how many it has seen.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct UndoProgress {
    pub before: Option<i64>,
    pub seen: i64,
}

/// Takes the next entries back. At the end, where the place does not move, those who must not stay go.
pub async fn chunk(
    tx: &mut Tx<'_>,
    draft_id: Uuid,
    undoing: &Undoing,
    place: UndoProgress,
) -> store::Result<(UndoProgress, Tally)> {
    let entries = undo::entries(tx, undoing.operation, place.before, undo::CHUNK).await?;
    let first = place.seen + 1;
    let work = async |tx: &mut Tx<'_>| match entries.is_empty() {
        true => undo::dismiss(tx, undoing, first).await,
        false => registry::take_back(tx, undoing, first, &entries).await,
    };
    let results: Vec<RowResult> = if undoing.dry_run { tx.rehearse(work).await? } else { work(tx).await? };
    let tally = operations::record(tx, draft_id, undoing.dry_run, &results).await?;
    let before = entries.last().map_or(place.before, |last| Some(last.sequence));
    Ok((UndoProgress { before, seen: place.seen + entries.len() as i64 }, tally))
}

/// Begins an undo and does all of it, a transaction a chunk. For callers who wait.
pub async fn run_now(db: &Db, draft: &Draft, undoing: &Undoing) -> store::Result<Tally> {
    db.write(async |tx| operations::start(tx, draft).await).await?;
    let (mut place, mut tally) = (UndoProgress::default(), Tally::default());
    loop {
        let (next, more) = db.write(async |tx| chunk(tx, draft.id, undoing, place).await).await?;
        tally.add(more);
        if next.seen == place.seen {
            break;
        }
        place = next;
    }
    db.write(async |tx| operations::finish(tx, draft.id, OperationState::Done).await).await?;
    Ok(tally)
}

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Payload {
    pub operation_id: Uuid,
    pub undone: Uuid,
    pub dry_run: bool,
    #[serde(default)]
    pub changed_too: bool,
}

/// How far an undo in a job has come.
#[derive(Clone, Copy, Default, serde::Serialize, serde::Deserialize)]
struct Progress {
    place: UndoProgress,
    done: i64,
    failed: i64,
}

pub async fn run_job(context: &Context) -> anyhow::Result<End> {
    let Payload { operation_id, undone, dry_run, changed_too } = context.payload()?;
    let undoing = Undoing { operation: undone, dry_run, changed_too };
    let db = context.db(Some(operation_id)).await?;
    let mut progress: Progress = context.checkpoint();
    loop {
        let db = db.renewed().await?;
        operations::find(&db, undone).await?;
        let step = db.write(async |tx| {
            let (place, tally) = chunk(tx, operation_id, &undoing, progress.place).await?;
            let at_end = place.seen == progress.place.seen;
            if at_end {
                operations::finish(tx, operation_id, OperationState::Done).await?;
                return Ok((progress, Some(End::Done)));
            }
            let (done, failed) = (progress.done + tally.done(), progress.failed + tally.not_done());
            let next = Progress { place, done, failed };
            Ok((next, context.advance(tx, &next, done, failed, None).await?))
        });
        let (next, end) = step.await?;
        progress = next;
        if let Some(end) = end {
            return Ok(end);
        }
    }
}
