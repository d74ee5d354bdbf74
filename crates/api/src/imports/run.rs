//! The run of an import: chunk after chunk, each in one transaction with what came of it.

use std::collections::HashMap;

use domain::permission::Action;
use serde::{Deserialize, Serialize};
use store::operations::import::{Line, Mode, Plan};
use store::operations::{self, RowResult, Tally};
use store::{Db, Tx, registry};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::lines::{Batch, Chunk, FilePlace};
use crate::crud::{self, Served};

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
        Plan { mode: self.mode, system: self.system.clone(), dry_run: self.dry_run }
    }
}

/// Who is told after each chunk, in its transaction; answers whether to go on.
pub trait Watcher {
    fn after_chunk(
        &mut self,
        tx: &mut Tx<'_>,
        place: FilePlace,
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
    let resource = registry::find(&request.resource).filter(|verbs| verbs.definition().transferred);
    let Some(resource) = resource else { anyhow::bail!("{} cannot be imported", request.resource) };
    let plan = request.plan();
    while let Some(batch) = batches.recv().await {
        let Chunk { lines, place } = batch.map_err(|reason| anyhow::anyhow!("the file cannot be read: {reason}"))?;
        let db = db.renewed().await?;
        db.rows(crud::permission(resource, Action::Import))?;
        let go_on = db.write(async |tx| {
            let results = chunk(resource, tx, &plan, request.dry_run, lines).await?;
            let tally = operations::record(tx, operation_id, request.dry_run, &results).await?;
            watcher.after_chunk(tx, place, tally).await
        });
        if !go_on.await? {
            return Ok(End::Stopped);
        }
    }
    Ok(End::Finished)
}

/// A dry run goes the same way and is taken back.
async fn chunk(
    resource: Served,
    tx: &mut Tx<'_>,
    plan: &Plan,
    dry_run: bool,
    lines: Vec<Line>,
) -> store::Result<Vec<RowResult>> {
    if dry_run {
        tx.rehearse(async |tx| resource.import(tx, plan, lines).await).await
    } else {
        resource.import(tx, plan, lines).await
    }
}
