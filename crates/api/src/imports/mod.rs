//! Files in: their encoding and shape, their lines, and the run that makes records of them.

pub mod corrections;
mod documents;
mod family;
pub mod format;
pub mod head;
pub mod job;
pub mod lines;
pub mod mended;
mod records;
pub mod routes;
pub mod run;
mod upload;
