//! An import as a job: the file's parts are fetched, read and written side by side.

use std::io::{self, Read};

use chrono::TimeDelta;
use domain::platform::operations::OperationState;
use domain::resource::Definition;
use domain::transfer::Target;
use futures_util::future::join;
use serde::{Deserialize, Serialize};
use store::operations::{self, Tally};
use store::platform::files;
use store::{Db, Tx};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::corrections::Corrections;
use super::format::Format;
use super::lines::{self, Again, FilePlace, Source};
use super::run::{self, Request, Watcher};
use crate::jobs::{Context, End};

#[derive(Clone, Serialize, Deserialize)]
pub struct Payload {
    pub operation_id: Uuid,
    pub file_id: Uuid,
    pub request: Request,
    pub format: Format,
    /// What each column stands for.
    pub columns: Vec<Option<String>>,
    #[serde(default)]
    pub corrections: Corrections,
    /// The hash of the file, by which it is known again.
    #[serde(default)]
    pub digest: String,
}

impl Payload {
    /// How its file is read.
    pub fn source(&self, definition: &Definition) -> Source {
        let mapping = self.columns.iter().map(|name| Target::named(definition, name.as_deref()?)).collect();
        Source { format: self.format.clone(), mapping, corrections: self.corrections.clone() }
    }
}

/// How far the import has come.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Reached {
    #[serde(flatten)]
    place: FilePlace,
    done: i64,
    failed: i64,
}

pub async fn run(context: &Context) -> anyhow::Result<End> {
    let payload: Payload = context.payload()?;
    let Payload { operation_id, file_id, request, .. } = &payload;
    let (operation_id, file_id) = (*operation_id, *file_id);
    let db = context.db(Some(operation_id)).await?;
    let definition = db.catalogue().find(&request.resource).ok_or(domain::Error::new(domain::Code::NotFound));
    let definition = definition.map_err(store::Error::from)?;
    let reached: Reached = context.checkpoint();
    let (parts, received) = mpsc::channel(2);
    let file = Parts { received, part: Vec::new(), from: 0 };
    let mut batches = lines::spawn(definition, file, payload.source(definition), reached.place);
    let mut progress = Progress { context, reached, end: None };
    let (fed, worked) = join(feed(&db, file_id, parts), async {
        let worked = run::run(&db, request, operation_id, &mut batches, &mut progress).await;
        // Whoever reads ahead need not go on.
        batches.close();
        while batches.try_recv().is_ok() {}
        worked
    })
    .await;
    worked?;
    fed?;
    let reached = progress.reached;
    if let Some(end) = progress.end {
        return Ok(end);
    }
    db.write(async |tx| {
        let total = reached.done + reached.failed;
        operations::set_total(tx, operation_id, total).await?;
        context.advance(tx, &reached, reached.done, reached.failed, Some(total)).await?;
        if reached.failed > 0 {
            // The lines that did not come in are told from it.
            files::expire_in(tx, file_id, LIFE_WITH_FAULTS).await?;
        }
        operations::finish(tx, operation_id, OperationState::Done).await
    })
    .await?;
    Ok(End::Done)
}

/// Hands the parts of the file to its reader, over and over until it has read enough. An empty part ends each reading.
async fn feed(db: &Db, file: Uuid, parts: mpsc::Sender<Vec<u8>>) -> store::Result<()> {
    let mut number = 0;
    loop {
        let part = files::read_part(db, file, number).await?;
        number = if part.is_some() { number + 1 } else { 0 };
        if parts.send(part.unwrap_or_default()).await.is_err() {
            return Ok(());
        }
    }
}

/// A file of which lines did not come in is kept so long, to be mended.
const LIFE_WITH_FAULTS: TimeDelta = TimeDelta::days(7);

/// The parts of a file as one stream, for a reader on a thread of its own. Whoever has read to the end reads it again.
struct Parts {
    received: mpsc::Receiver<Vec<u8>>,
    part: Vec<u8>,
    from: usize,
}

impl Read for Parts {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.from == self.part.len() {
            (self.part, self.from) = (self.received.blocking_recv().unwrap_or_default(), 0);
        }
        let count = into.len().min(self.part.len() - self.from);
        into[..count].copy_from_slice(&self.part[self.from..self.from + count]);
        self.from += count;
        Ok(count)
    }
}

impl Again for Parts {
    fn again(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Progress<'a> {
    context: &'a Context,
    reached: Reached,
    end: Option<End>,
}

impl Watcher for Progress<'_> {
    async fn after_chunk(&mut self, tx: &mut Tx<'_>, place: FilePlace, tally: Tally) -> store::Result<bool> {
        let Reached { done, failed, .. } = self.reached;
        self.reached = Reached { place, done: done + tally.done(), failed: failed + tally.not_done() };
        self.end = self.context.advance(tx, &self.reached, self.reached.done, self.reached.failed, None).await?;
        Ok(self.end.is_none())
    }
}
