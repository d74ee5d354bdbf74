//! What only sales has.

mod lines;
mod numbers;
mod stages;
