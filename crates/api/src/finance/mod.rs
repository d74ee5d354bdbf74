//! What can be asked of what customers owe beyond its documents.

pub mod receivables;
