//! Users, departments, roles and what belongs to signing in, in their tables.

mod departments;
pub mod roles;
pub mod settings;
pub mod users;
