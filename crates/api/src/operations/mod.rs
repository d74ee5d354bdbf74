//! Operations over HTTP: what was done to many records at once, and taking it back.

pub mod undo;
