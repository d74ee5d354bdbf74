//! What only sales has.

mod lines;
