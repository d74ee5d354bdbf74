//! Opportunities. A new one stands at the first stage, and takes the chance of each stage that it comes to.

use domain::error::{Code, Error, Fault};
use domain::sales::opportunities::OpportunityStatus;
use domain::sales::{Opportunity, StageId};
use schema::opportunities;

use super::stages;
use crate::db::Tx;
use crate::error::Result;
use crate::table::prelude::*;

impl Stored for Opportunity {
    stored_in!(opportunities);

    async fn before_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        let data = &mut record.data;
        if data.stage_id.is_none() {
            data.stage_id = stages::first(tx).await?.map(StageId::new);
        }
        if let (Some(from), Some(to)) = (before.and_then(|before| before.data.stage_id), data.stage_id)
            && from != to
            && !stages::share_a_pipeline(tx, from.uuid(), to.uuid()).await?
        {
            return Err(Error::at(Code::Invalid, Fault::field("stage_id", "of_another_pipeline")).into());
        }
        let moved = before.is_some_and(|before| before.data.stage_id != data.stage_id);
        let unsaid = before.is_none_or(|before| moved && before.data.probability == data.probability);
        let follows = data.probability.is_none() || (moved && unsaid);
        if let (true, OpportunityStatus::Open, Some(stage)) = (follows, data.status, data.stage_id) {
            data.probability = stages::probability(tx, stage.uuid()).await?;
        }
        Ok(())
    }
}
