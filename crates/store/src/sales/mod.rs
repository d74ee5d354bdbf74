//! Pipelines and what goes through them.

mod opportunities;
pub mod pipelines;
pub mod stages;
pub mod visits;
