//! Stages of pipelines.

use domain::sales::Stage;
use schema::stages;

use crate::db::Tx;
use crate::error::Result;
use crate::table::prelude::*;

impl Stored for Stage {
    stored_in!(stages);
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
