//! Addresses of the generic pages.

use domain::Filter;
use domain::listing::Listing;

use crate::api::records;

/// The list of a resource.
pub fn list(resource: &str) -> String {
    format!("/{resource}")
}

/// The board of a resource that has one.
pub fn board(resource: &str) -> String {
    format!("/{resource}/board")
}

/// The tree of a resource whose records lie one below the other.
pub fn tree(resource: &str) -> String {
    format!("/{resource}/tree")
}

/// The list of the records that pass a filter.
pub fn filtered(resource: &str, filter: &Filter) -> String {
    showing(resource, &Listing { filter: filter.clone(), ..Listing::default() })
}

/// The list that a request is for.
pub fn showing(resource: &str, listing: &Listing) -> String {
    let query = records::encode(&listing.to_query());
    if query.is_empty() { list(resource) } else { format!("{}?{query}", list(resource)) }
}

/// What was deleted of a resource.
pub fn bin(resource: &str) -> String {
    format!("/{resource}/bin")
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

/// The decoded pairs of the query in an address bar.
pub fn pairs(search: &str) -> Vec<(String, String)> {
    let params = web_sys::UrlSearchParams::new_with_str(search).ok();
    let pairs = params.and_then(|params| js_sys::try_iter(&params).ok().flatten()).into_iter().flatten();
    pairs
        .filter_map(|pair| {
            let pair = js_sys::Array::from(&pair.ok()?);
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        })
        .collect()
}
