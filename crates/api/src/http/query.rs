//! The query string of what is no list of records: a page that is walked by ids, the settings of one request.

use actix_web::{HttpRequest, HttpResponse, web};
use domain::error::{Code, Error, Fault};
use domain::listing::{DEFAULT_LIMIT, MAX_LIMIT};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::{Refusal, Result};

/// Reads a query string; a struct that denies unknown fields refuses unknown parameters.
pub fn of<T: DeserializeOwned>(request: &HttpRequest) -> Result<T> {
    // No parameter holds the one character that PostgreSQL cannot store.
    if request.query_string().contains("%00") {
        return Err(Code::BadParameter.into());
    }
    let query = web::Query::<T>::from_query(request.query_string());
    Ok(query.map_err(|_| Refusal::from(Code::BadParameter))?.into_inner())
}

/// What may be asked of a list that is walked by ids, newest first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery<I> {
    /// The last id of the page before.
    before: Option<I>,
    limit: Option<u16>,
}

/// Answers with a page of such a list.
pub async fn page<I: DeserializeOwned, T: Serialize>(
    request: &HttpRequest,
    list: impl AsyncFnOnce(Option<I>, i64) -> Result<Vec<T>>,
) -> Result<HttpResponse> {
    let PageQuery { before, limit: wanted } = of(request)?;
    let data = list(before, limit(wanted)?).await?;
    Ok(HttpResponse::Ok().json(json!({"data": data})))
}

pub fn limit(wanted: Option<u16>) -> Result<i64> {
    let limit = wanted.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(i64::from(limit));
    }
    Err(Refusal(Error::at(Code::BadParameter, Fault::new("limit", "out_of_range"))))
}
