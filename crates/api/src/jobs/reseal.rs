//! The job that seals anew what older keys sealed, while everybody goes on working.

use std::time::Duration;

use store::keys::reseal::{Position, Walk};
use store::platform::jobs::{self, Draft};
use store::{Result, Tx};

use super::kinds::RESEAL;
use super::{Context, End};

/// Rows that somebody was writing when we came by are looked at again after this time.
const PAUSE: Duration = Duration::from_secs(1);

/// Puts the work into the queue, unless it is there already or being done.
pub async fn enqueue(tx: &mut Tx<'_>) -> Result<bool> {
    let draft = Draft { kind: RESEAL, payload: serde_json::json!({}), total: None, unique_key: Some(RESEAL) };
    Ok(jobs::enqueue(tx, draft).await?.is_some())
}

pub async fn run(context: &Context) -> anyhow::Result<End> {
    let db = context.system();
    let mut position: Position = context.checkpoint();
    let mut planned = plan(context).await?;
    while let Some(walk) = planned {
        let before = position.sealed;
        loop {
            let step = db.write(async |tx| {
                let next = walk.step(tx, &position).await?;
                let at = next.as_ref().unwrap_or(&position);
                let end = context.advance(tx, at, at.seen, at.damaged, Some(walk.total())).await?;
                Ok((next, end))
            });
            match step.await? {
                (_, Some(end)) => return Ok(end),
                (Some(next), None) => position = next,
                (None, None) => break,
            }
        }
        let is_damaged = position.damaged > 0;
        let left = walk.left(&db).await?;
        tracing::info!(rows = position.sealed, damaged = position.damaged, ?left, "values were sealed anew");
        let is_done = left.is_empty() || (is_damaged && position.sealed == before);
        // Meanwhile another key may have taken the place of ours.
        planned = plan(context).await?.filter(|next| !(is_done && next.is_like(&walk)));
        position = position.again();
        if !is_done {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(End::Done)
}

/// What is to be done, as soon as every process seals with the new key.
async fn plan(context: &Context) -> anyhow::Result<Option<Walk>> {
    for _ in 0..store::keys::IN_USE_AFTER {
        if let Ok(walk) = Walk::plan(&context.store).await {
            return Ok(walk);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(Walk::plan(&context.store).await?)
}
