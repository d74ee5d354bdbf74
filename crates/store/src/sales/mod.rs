//! Pipelines and what goes through them.

mod documents;
mod opportunities;
pub(crate) mod owed;
pub mod pipelines;
pub mod stages;
pub mod visits;
