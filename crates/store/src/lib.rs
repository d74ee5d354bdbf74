//! Every query of Zhiyin. The only crate that speaks diesel.
//!
//! Rows are reached through a [`Db`], which knows who asks; there is no connection without one. The five verbs stand
//! in [`records`], once for all resources; what a resource adds is its [`table::Stored`].

pub mod activity;
mod catalog;
pub mod catalogue;
mod column;
mod connect;
mod constraints;
pub mod db;
pub mod duplicates;
mod error;
pub mod external_ids;
mod filter;
pub mod finance;
pub mod health;
pub mod history;
pub mod idempotency;
pub mod keys;
mod lineage;
mod migrate;
mod numbering;
pub mod operations;
mod paging;
mod personal;
pub mod platform;
mod pools;
mod readiness;
mod reason;
pub mod records;
pub mod registry;
mod relations;
pub mod reveal;
pub mod sales;
pub mod search;
mod service;
mod sql;
pub mod summary;
mod table;
pub mod timeline;
mod turns;

pub use db::{Connection, Db, Store, Trace, Tx};
pub use error::{Error, Result};
pub use keys::KeyRing;
pub use lineage::settle;
pub use migrate::{migrate, pending_migrations, revert_all, revert_from};
pub use paging::Listed;
pub use pools::Connections;
pub use registry::Verbs;
pub use table::Stored;
