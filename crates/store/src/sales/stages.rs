//! Stages of pipelines. Whoever changes how long opportunities may stand in one changes it for those that stand there.

use domain::resource::Resource;
use domain::sales::{Opportunity, Stage};
use schema::stages;

use crate::db::Tx;
use crate::error::Result;
use crate::records::family;
use crate::sql::{Bind, Sql};
use crate::table::prelude::*;

impl Stored for Stage {
    stored_in!(stages);

    async fn after_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, written: &[Record<Self>]) -> Result<()> {
        let Some(before) = before else { return Ok(()) };
        let other = |stage: &&Record<Self>| stage.data.stale_after != before.data.stale_after;
        for stage in written.iter().filter(other) {
            wait_for_those_in(tx, stage).await?;
        }
        Ok(())
    }
}

/// The open opportunities of a stage may stand there as long as it says now.
async fn wait_for_those_in(tx: &mut Tx<'_>, stage: &Record<Stage>) -> Result<()> {
    let ends = match stage.data.stale_after {
        None => Sql::new("null::date"),
        Some(days) => Sql::new("((stage_since + make_interval(secs => ")
            .bind(Bind::Int(utc_offset(tx).into()))
            .push(")) at time zone 'UTC')::date + (")
            .bind(Bind::Int(days))
            .push(")::integer"),
    };
    let update = family::stamped(tx, Opportunity::TABLE)
        .push(", stale_on = ")
        .append(ends.clone())
        .push(" where status = 'open' and stage_id = ")
        .bind(Bind::Id(stage.stamp.id))
        .push(" and stale_on is distinct from ")
        .append(ends);
    update.rows::<()>().execute(&mut **tx).await?;
    Ok(())
}

/// The seconds by which the writer's days begin before those of the database; the system lives by the latter.
pub(super) fn utc_offset(tx: &Tx<'_>) -> i32 {
    tx.db().viewer().map_or(0, |viewer| viewer.utc_offset)
}

/// The days that an opportunity may stand in a stage.
pub(super) async fn patience(tx: &mut Tx<'_>, id: Uuid) -> QueryResult<Option<i64>> {
    let patience: Option<Option<i64>> =
        stages::table.find(id).select(stages::stale_after).first(&mut **tx).await.optional()?;
    Ok(patience.flatten())
}

/// Where a new opportunity begins: the first stage of the oldest pipeline.
pub(super) async fn first(tx: &mut Tx<'_>) -> QueryResult<Option<Uuid>> {
    use schema::pipelines;
    let of_pipelines = stages::table.inner_join(pipelines::table.on(pipelines::id.eq(stages::pipeline_id)));
    let present = of_pipelines.filter(stages::deleted_at.is_null()).filter(pipelines::deleted_at.is_null());
    let order = (pipelines::created_at, pipelines::id, stages::position, stages::id);
    present.order(order).select(stages::id).first(&mut **tx).await.optional()
}

/// All stages in their order.
pub async fn in_order(tx: &mut Tx<'_>) -> Result<Vec<Uuid>> {
    let present = stages::table.filter(stages::deleted_at.is_null());
    Ok(present.order((stages::pipeline_id, stages::position, stages::id)).select(stages::id).load(&mut **tx).await?)
}

/// The chance that a stage gives.
pub(super) async fn probability(tx: &mut Tx<'_>, id: Uuid) -> QueryResult<Option<i64>> {
    stages::table.find(id).select(stages::probability).first(&mut **tx).await.optional()
}

/// Whether two stages belong to one pipeline.
pub(super) async fn share_a_pipeline(tx: &mut Tx<'_>, one: Uuid, other: Uuid) -> QueryResult<bool> {
    let of_either = stages::table.filter(stages::id.eq_any([one, other]));
    let pipelines: Vec<Uuid> = of_either.select(stages::pipeline_id).distinct().load(&mut **tx).await?;
    Ok(pipelines.len() == 1)
}
