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

/// The wizard that brings records in from a file.
pub fn import(resource: &str) -> String {
    format!("/{resource}/import")
}
