//! Addresses of the generic pages.

/// The list of a resource.
pub fn list(resource: &str) -> String {
    format!("/{resource}")
}

pub fn record(resource: &str, id: &str) -> String {
    format!("/{resource}/{id}")
}

pub fn create(resource: &str) -> String {
    format!("/{resource}/new")
}

pub fn edit(resource: &str, id: &str) -> String {
    format!("/{resource}/{id}/edit")
}

/// Says in the address of a person that they were written down just now, and cannot sign in yet.
pub const FIRST_PASSWORD: &str = "first-password";

/// Where one goes on after a new record, if there is something left to do for it.
pub fn next_after_creation(resource: &str, id: &str) -> Option<String> {
    (resource == "users").then(|| format!("{}?{FIRST_PASSWORD}=1", record(resource, id)))
}

/// The wizard that brings records in from a file.
pub fn import(resource: &str) -> String {
    format!("/{resource}/import")
}
