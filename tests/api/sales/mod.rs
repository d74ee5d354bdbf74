//! What only sales has.

mod lines;
mod stages;
