//! What is common to all requests, whichever resource they are about.

pub mod address;
pub mod client;
pub mod error;
pub mod fault;
pub mod headers;
pub mod health;
pub mod methods;
pub mod request;
