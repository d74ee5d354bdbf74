//! Files in and out: which column stands for which field, and how a cell is read and written.
//!
//! Import and export share this, so that what goes out comes in again unchanged.

pub mod cells;
pub mod columns;

pub use columns::{Companion, Target, companion};
