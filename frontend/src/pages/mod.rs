//! The pages. They say what is shown; how it looks and behaves is the kit's business.

pub mod gallery;
pub mod not_found;
pub mod workbench;
