//! Files in: their encoding and shape, their lines, and the run that makes records of them.

pub mod format;
pub mod job;
pub mod lines;
pub mod routes;
pub mod run;
mod upload;
