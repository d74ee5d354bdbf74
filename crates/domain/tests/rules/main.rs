//! The rules of the house as tables: what a field of each kind takes and refuses, what each operator finds, what each
//! right shows, how a name is found.
//!
//! A table is read by kind, by scope, by right. A new one does not compile, or fails a test, until it has its row.

mod fields;
mod filters;
mod kinds;
mod lists;
mod masks;
mod records;
mod rights;

#[cfg(feature = "store")]
mod names;
#[cfg(feature = "store")]
mod passwords;
#[cfg(feature = "store")]
mod transfer;
