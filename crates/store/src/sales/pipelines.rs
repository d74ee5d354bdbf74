//! Pipelines.

use domain::error::{Code, Error};
use domain::sales::{Pipeline, Stage};
use schema::pipelines;
use serde_json::{Map, Value, json};

use crate::db::Tx;
use crate::error::Result;
use crate::records;
use crate::table::prelude::*;

impl Stored for Pipeline {
    stored_in!(pipelines);
}

/// The stages of the pipeline that a new installation begins with, each with its chance in per cent and the days after
/// which an opportunity in it is stale.
const STAGES: [(&str, i64, i64); 5] =
    [("初步接洽", 10, 30), ("需求确认", 30, 30), ("方案报价", 50, 21), ("商务谈判", 70, 14), ("合同签订", 90, 14)];

/// Brings a pipeline in where there never was one.
pub async fn ship(tx: &mut Tx<'_>) -> Result<()> {
    // Two processes may start at once.
    diesel::sql_query("select pg_advisory_xact_lock(hashtext('pipelines'))").execute(&mut **tx).await?;
    if pipelines::table.count().get_result::<i64>(&mut **tx).await? > 0 {
        return Ok(());
    }
    let pipeline = records::create::<Pipeline>(tx, &object(json!({"name": "销售流程"}))?).await?;
    for (position, (name, probability, stale_after)) in (1..).zip(STAGES) {
        let stage = json!({
            "name": name, "pipeline_id": pipeline.stamp().id, "position": position, "probability": probability,
            "stale_after": stale_after,
        });
        records::create::<Stage>(tx, &object(stage)?).await?;
    }
    Ok(())
}

fn object(value: Value) -> Result<Map<String, Value>> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Error::new(Code::Internal).into()),
    }
}
