//! Taking records out as a file: asked for here, fetched from its job when it is ready.

use domain::Filter;
use domain::listing::Sort;
use serde_json::json;

use super::jobs::Job;
use super::{Call, Result, parse};

/// Which records and columns go out, and how they are written.
pub struct Wish {
    pub resource: &'static str,
    pub filter: Filter,
    pub q: Option<String>,
    pub sort: Vec<Sort>,
    /// All columns when absent.
    pub columns: Option<Vec<String>>,
    pub format: String,
}

pub async fn start(wish: &Wish) -> Result<Job> {
    let sort: Vec<String> = wish.sort.iter().cloned().map(String::from).collect();
    let body = json!({
        "resource": wish.resource,
        "filter": wish.filter,
        "q": wish.q,
        "sort": sort.join(","),
        "columns": wish.columns,
        "format": wish.format,
    });
    Ok(parse(Call::post("/exports", &body).send().await?.body))
}
