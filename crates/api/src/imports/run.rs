//! The run of an import: chunk after chunk, each in one transaction with what came of it.

use std::collections::HashMap;

use domain::resource::Resource;
use serde::{Deserialize, Serialize};
use store::operations::import::{self, Imported, Line, Mode, Plan};
use store::operations::{self, RowResult, Tally};
use store::with_imported;
use store::{Db, Tx};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::lines::Batch;

/// What a file shall become.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    pub resource: String,
    pub mode: Mode,
    /// The system whose names for records the file gives.
    pub system: String,
    #[serde(default)]
    pub dry_run: bool,
    /// Header to target; columns that are not named are left out. Without it the columns are guessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<HashMap<String, Option<String>>>,
}

/// The system of files that do not say where they come from.
pub const ANY_SYSTEM: &str = "file";

impl Request {
    pub fn plan(&self) -> Plan {
        Plan { mode: self.mode, system: self.system.clone() }
    }
}

/// Whether lines of this resource can be read into records.
pub fn can_import(resource: &str) -> bool {
    with_imported!(resource, R => R::NAME == resource, else false)
}

/// Who is told after each chunk, in its transaction; answers whether to go on.
pub trait Watcher {
    fn after_chunk(
        &mut self,
        tx: &mut Tx<'_>,
        last_row: i64,
        tally: Tally,
    ) -> impl Future<Output = store::Result<bool>>;
}

/// How a run ended, unless it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Finished,
    /// Its watcher wanted no more.
    Stopped,
}

/// Works through the lines. The database connection bears the id of the operation, which has begun.
pub async fn run(
    db: &Db,
    request: &Request,
    operation_id: Uuid,
    batches: &mut mpsc::Receiver<Batch>,
    watcher: &mut impl Watcher,
) -> anyhow::Result<End> {
    with_imported!(
        request.resource.as_str(),
        R => run_of::<R>(db, request, operation_id, batches, watcher).await,
        else anyhow::bail!("{} cannot be imported", request.resource)
    )
}

async fn run_of<R: Imported>(
    db: &Db,
    request: &Request,
    operation_id: Uuid,
    batches: &mut mpsc::Receiver<Batch>,
    watcher: &mut impl Watcher,
) -> anyhow::Result<End> {
    let plan = request.plan();
    while let Some(batch) = batches.recv().await {
        let lines = batch.map_err(|reason| anyhow::anyhow!("the file cannot be read: {reason}"))?;
        let last_row = lines.last().map_or(0, |line| line.row);
        let go_on = db.write(async |tx| {
            let results = chunk::<R>(tx, &plan, request.dry_run, lines).await?;
            let tally = operations::record(tx, operation_id, request.dry_run, &results).await?;
            watcher.after_chunk(tx, last_row, tally).await
        });
        if !go_on.await? {
            return Ok(End::Stopped);
        }
    }
    Ok(End::Finished)
}

/// A dry run goes the same way and is taken back.
async fn chunk<R: Imported>(
    tx: &mut Tx<'_>,
    plan: &Plan,
    dry_run: bool,
    lines: Vec<Line>,
) -> store::Result<Vec<RowResult>> {
    if dry_run {
        tx.rehearse(async |tx| import::chunk::<R>(tx, plan, lines).await).await
    } else {
        import::chunk::<R>(tx, plan, lines).await
    }
}
