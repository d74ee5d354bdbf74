//! What only sales has.

mod documents;
mod lines;
mod numbers;
mod stages;
