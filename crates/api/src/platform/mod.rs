//! What there is to do with people and roles besides the five verbs.

pub mod attachments;
pub mod followers;
pub mod keys;
pub mod roles;
pub mod users;
