//! Files out: records as lines, as the caller may see them.

pub mod job;
pub mod routes;
pub mod run;
pub mod writer;
