//! Users, departments, roles and what belongs to signing in, in their tables.

pub mod administrators;
pub mod attachments;
pub mod attempts;
pub mod challenges;
mod comments;
pub mod credentials;
pub mod departments;
pub mod fields;
pub mod files;
pub mod jobs;
mod notifications;
mod number_rules;
pub mod on_behalf;
pub mod processes;
pub mod quotas;
pub mod roles;
pub mod schedules;
pub mod second_factors;
pub mod sessions;
pub mod settings;
pub mod setup;
mod tasks;
pub mod upkeep;
pub mod user_roles;
pub mod users;
pub mod viewers;
