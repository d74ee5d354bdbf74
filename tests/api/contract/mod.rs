//! What holds for every resource and every operation: loops over the catalogue and over the OpenAPI document, so that
//! a new resource is tested before anybody writes a test for it.

mod acts;
mod answers;
mod batches;
mod bin;
pub mod document;
mod examples;
mod harmless;
mod lists;
mod matrix;
mod references;
mod released;
mod requests;
pub mod samples;
mod schemas;
mod summaries;
mod uninvited;
mod verbs;
