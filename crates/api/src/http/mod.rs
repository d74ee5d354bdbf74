//! What is common to all requests, whichever resource they are about.

pub mod address;
pub mod body;
pub mod client;
pub mod conditional;
pub mod deadline;
pub mod error;
pub mod fault;
pub mod headers;
pub mod health;
pub mod listing;
pub mod methods;
pub mod problems;
pub mod query;
pub mod reference;
pub mod request;
pub mod trace;
mod unique;
pub mod valid;
pub mod write;
