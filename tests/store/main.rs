//! The queries against real PostgreSQL: filters, paging, search, sealing and the change log.

mod connections;
mod counts;
mod families;
mod filters;
mod house;
mod keys;
mod log;
mod paging;
mod plans;
mod records;
mod renewal;
mod restarts;
mod schema;
mod search;
mod summaries;
mod support;
mod tls;
mod waiting;
