//! The queries against real PostgreSQL: filters, paging, search, sealing and the change log.

mod connections;
mod families;
mod filters;
mod house;
mod keys;
mod log;
mod paging;
mod plans;
mod records;
mod restarts;
mod schema;
mod search;
mod support;
mod tls;
mod waiting;
