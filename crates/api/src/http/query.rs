//! The query string: what holds for every one, and the reading of those of what is no list of records: a page that is
//! walked by ids, the settings of one request.

use actix_web::{HttpRequest, HttpResponse, web};
use domain::error::{Code, Error, Fault};
use domain::listing::{DEFAULT_LIMIT, MAX_LIMIT};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::{Refusal, Result};
use super::listing::pairs;
use super::methods::Methods;

/// What is wrong with an address, whatever it is asked for: bytes that are no text, parameters that the operation does
/// not take, and those that are given twice. Filters are left to the lists, which name all of their faults at once.
pub fn fault(request: &HttpRequest) -> Option<Error> {
    let uri = request.uri();
    if !is_text(uri.path()) || !is_text(request.query_string()) {
        return Some(Code::Malformed.into());
    }
    if request.query_string().is_empty() {
        return None;
    }
    let methods = request.app_data::<web::Data<Methods>>()?;
    let known = methods.parameters(request.method().as_str(), request.path())?;
    if known.iter().any(|name| name == "filter") {
        return None;
    }
    let mut faults: Vec<Fault> = Vec::new();
    let given = pairs(request.query_string());
    for (index, (name, _)) in given.iter().enumerate() {
        if given[..index].iter().any(|(earlier, _)| earlier == name) {
            faults.push(Fault::new(name.as_str(), "repeated"));
        } else if !known.contains(name) {
            faults.push(Fault::new(name.as_str(), "unknown"));
        }
    }
    (!faults.is_empty()).then(|| Error { faults, ..Error::new(Code::BadParameter) })
}

/// The same where nobody needs to be known first. Elsewhere callers are told when it is known that they may ask.
pub fn fault_of_stranger(request: &HttpRequest) -> Option<Error> {
    let methods = request.app_data::<web::Data<Methods>>()?;
    if methods.needs_token(request.path()) { None } else { fault(request) }
}

/// Whether the bytes that stand for a part of an address are UTF-8.
fn is_text(part: &str) -> bool {
    if !part.contains('%') {
        return true;
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &behind[2..] } else { behind };
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// Reads a query string; a struct that denies unknown fields refuses unknown parameters.
pub fn of<T: DeserializeOwned>(request: &HttpRequest) -> Result<T> {
    if let Some(fault) = fault(request) {
        return Err(Refusal(fault));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_utf_8_is_text() {
        for (part, text) in [("a%20b%2Fc", true), ("%E4%B8%AD", true), ("%E4%B8", false), ("%ff", false), ("50%", true)]
        {
            assert_eq!(is_text(part), text, "{part}");
        }
    }
}
