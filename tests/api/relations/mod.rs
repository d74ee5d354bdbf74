//! What only customers and what belongs to them have.

mod duplicates;
mod merge;
mod tags;
