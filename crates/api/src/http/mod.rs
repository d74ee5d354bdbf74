//! What is common to all requests, whichever resource they are about.

pub mod client;
pub mod fault;
pub mod headers;
pub mod health;
pub mod request;
