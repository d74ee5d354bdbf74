//! Pipelines and what goes through them.

mod documents;
mod opportunities;
pub mod pipelines;
pub mod stages;
pub mod visits;
