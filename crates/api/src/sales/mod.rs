//! What can be asked of sales beyond their records.

pub mod stages;
