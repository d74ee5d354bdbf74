//! The pages. They say what is shown; how it looks and behaves is the kit's business.

pub mod activity;
pub mod bin;
pub mod finance;
#[cfg(feature = "gallery")]
pub mod gallery;
pub mod help;
pub mod import;
pub mod keys;
pub mod me;
pub mod merge;
pub mod not_found;
pub mod operations;
pub mod roles;
pub mod sales;
pub mod setup;
pub mod sign_in;
pub mod tree;
pub mod users;
pub mod workbench;
