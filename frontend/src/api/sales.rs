//! The way of opportunities through the stages of their pipeline.

use domain::sales::visits::{Passage, Visit};

use super::{Call, Result, parse};

/// The stages through which an opportunity has gone, first to last.
pub async fn visits(opportunity: &str) -> Result<Vec<Visit>> {
    let mut body = Call::get(format!("/opportunities/{opportunity}/stages")).send().await?.body;
    Ok(parse(body["data"].take()))
}

/// What became of the opportunities that entered the stages of a pipeline since a day, or ever.
pub async fn conversion(pipeline: &str, from: Option<&str>) -> Result<Vec<Passage>> {
    let query = from.map(|day| format!("?from={day}")).unwrap_or_default();
    let mut body = Call::get(format!("/pipelines/{pipeline}/conversion{query}")).send().await?.body;
    Ok(parse(body["data"].take()))
}
