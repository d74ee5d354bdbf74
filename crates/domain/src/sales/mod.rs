//! From the first sign of interest to money in the bank.

pub mod contracts;
pub mod lines;
pub mod opportunities;
pub mod orders;
pub mod owed;
pub mod pipelines;
pub mod quotes;
pub mod stages;
pub mod visits;

pub use contracts::{Contract, ContractId};
pub use opportunities::{Opportunity, OpportunityId};
pub use orders::{Order, OrderId};
pub use pipelines::{Pipeline, PipelineId};
pub use quotes::{Quote, QuoteId};
pub use stages::{Stage, StageId};
