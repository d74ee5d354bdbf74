//! Files in: their encoding and shape, their lines, and the run that makes records of them.

pub mod format;
pub mod lines;
pub mod run;
