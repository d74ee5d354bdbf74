//! From the first sign of interest to money in the bank.

pub mod opportunities;
pub mod pipelines;
pub mod stages;
pub mod visits;

pub use opportunities::{Opportunity, OpportunityId};
pub use pipelines::{Pipeline, PipelineId};
pub use stages::{Stage, StageId};
