//! The nouns and rules of Zhiyin: resources, fields, filters, permissions, errors.
//!
//! Nothing here does I/O, waits, or looks at a clock; time, ids and chance are arguments. The same code is compiled
//! into the server and, without the feature `store`, into the browser, so that a rule is written once.

pub mod act;
pub mod catalog;
pub mod catalogue;
pub mod check;
pub mod choice;
pub mod custom;
pub mod duplicates;
pub mod error;
pub mod field;
pub mod filter;
pub mod finance;
pub mod id;
pub mod instant;
pub mod lens;
pub mod lines;
pub mod listing;
pub mod masking;
#[cfg(feature = "store")]
pub mod messages;
pub mod money;
pub mod numbering;
pub mod permission;
pub mod platform;
pub mod preset;
pub mod references;
pub mod relations;
pub mod resource;
pub mod sales;
pub mod service;
pub mod summary;
pub mod text;
#[cfg(feature = "store")]
pub mod transfer;
pub mod viewer;

pub use act::Act;
pub use catalogue::CATALOGUE;
pub use error::{Code, Error, Fault, Problem};
pub use field::{Field, Kind};
pub use filter::Filter;
pub use id::Id;
pub use preset::Preset;
pub use resource::{Area, Definition, Record, Resource, Stamp};
