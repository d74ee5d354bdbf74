//! The application as a process: HTTP, sign-in, jobs, and the PostgreSQL it may run itself.

mod activity;
pub mod application;
pub mod auth;
mod by_external;
pub mod cluster;
pub mod config;
mod crud;
pub mod database;
mod duplicates;
pub mod exports;
mod finance;
pub mod http;
pub mod imports;
pub mod jobs;
mod meta;
pub mod openapi;
pub mod operations;
pub mod platform;
mod present;
pub mod root_key;
pub mod routes;
pub mod sales;
pub mod server;
pub mod telemetry;
mod timeline;
