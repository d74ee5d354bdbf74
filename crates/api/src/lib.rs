//! The application as a process: HTTP, sign-in, jobs, and the PostgreSQL it may run itself.

pub mod application;
pub mod auth;
pub mod cluster;
pub mod config;
pub mod database;
pub mod http;
pub mod root_key;
pub mod server;
pub mod telemetry;
