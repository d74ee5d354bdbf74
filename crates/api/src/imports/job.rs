//! An import as a job: the file's parts are fetched, read and written side by side.

use std::io::{self, Read};

use domain::platform::operations::OperationState;
use domain::transfer::Target;
use futures_util::future::join;
use serde::{Deserialize, Serialize};
use store::operations::{self, Tally};
use store::platform::files;
use store::{Db, Tx};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::format::Format;
use super::lines;
use super::run::{self, Request, Watcher};
use crate::jobs::{Context, End};

#[derive(Serialize, Deserialize)]
pub struct Payload {
    pub operation_id: Uuid,
    pub file_id: Uuid,
    pub request: Request,
    pub format: Format,
    /// What each column stands for.
    pub columns: Vec<Option<String>>,
}

/// How far the import has come.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Place {
    row: i64,
    done: i64,
    failed: i64,
}

pub async fn run(context: &Context) -> anyhow::Result<End> {
    let Payload { operation_id, file_id, request, format, columns } = context.payload()?;
    let db = context.db(Some(operation_id)).await?;
    let definition = domain::catalogue::find(&request.resource).ok_or(domain::Error::new(domain::Code::NotFound));
    let definition = definition.map_err(store::Error::from)?;
    let mapping = columns.iter().map(|name| Target::named(definition, name.as_deref()?)).collect();
    let place: Place = context.checkpoint();
    let (parts, received) = mpsc::channel(2);
    let mut batches =
        lines::spawn(definition, Parts { received, part: Vec::new(), from: 0 }, format, mapping, place.row);
    let mut progress = Progress { context, place, end: None };
    let (fed, worked) = join(feed(&db, file_id, parts), async {
        let worked = run::run(&db, &request, operation_id, &mut batches, &mut progress).await;
        // Whoever reads ahead need not go on.
        batches.close();
        while batches.try_recv().is_ok() {}
        worked
    })
    .await;
    worked?;
    fed?;
    let place = progress.place;
    if let Some(end) = progress.end {
        return Ok(end);
    }
    db.write(async |tx| {
        let total = place.done + place.failed;
        operations::set_total(tx, operation_id, total).await?;
        context.advance(tx, &place, place.done, place.failed, Some(total)).await?;
        operations::finish(tx, operation_id, OperationState::Done).await
    })
    .await?;
    Ok(End::Done)
}

/// Hands the parts of the file to its reader.
async fn feed(db: &Db, file: Uuid, parts: mpsc::Sender<Vec<u8>>) -> store::Result<()> {
    for number in 0.. {
        let Some(part) = files::read_part(db, file, number).await? else { break };
        if parts.send(part).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// The parts of a file as one stream, for a reader on a thread of its own.
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

struct Progress<'a> {
    context: &'a Context,
    place: Place,
    end: Option<End>,
}

impl Watcher for Progress<'_> {
    async fn after_chunk(&mut self, tx: &mut Tx<'_>, last_row: i64, tally: Tally) -> store::Result<bool> {
        let Place { done, failed, .. } = self.place;
        self.place = Place { row: last_row, done: done + tally.done(), failed: failed + tally.not_done() };
        self.end = self.context.advance(tx, &self.place, self.place.done, self.place.failed, None).await?;
        Ok(self.end.is_none())
    }
}
