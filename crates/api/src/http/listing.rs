//! A request for a list as it comes in: the query string, decoded into domain values.

use actix_web::HttpRequest;
use domain::listing::Listing;

use super::error::Result;

/// Reads the query string of a list.
pub fn of_query(request: &HttpRequest) -> Result<Listing> {
    Ok(Listing::from_query(&pairs(request.query_string()))?)
}

/// The pairs of a query string in their order, repeated ones included.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    actix_web::web::Query::<Vec<(String, String)>>::from_query(query)
        .map(|pairs| pairs.into_inner())
        .unwrap_or_default()
}
