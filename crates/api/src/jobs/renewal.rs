//! The job that makes search entries and sort keys anew after an upgrade, while everybody goes on working.

use store::search::renewal::{self, Position};

use super::{Context, End};

pub async fn run(context: &Context) -> anyhow::Result<End> {
    let db = context.system();
    let mut position: Position = context.checkpoint();
    loop {
        let step = db.write(async |tx| {
            let Some(next) = renewal::step(tx, &position).await? else { return Ok(None) };
            let end = context.advance(tx, &next, next.seen, 0, None).await?;
            Ok(Some((next, end)))
        });
        match step.await? {
            None => break,
            Some((_, Some(end))) => return Ok(end),
            Some((next, None)) => position = next,
        }
    }
    if position.renewed > 0 {
        tracing::info!(entries = position.renewed, "search entries were made anew");
    }
    Ok(End::Done)
}
