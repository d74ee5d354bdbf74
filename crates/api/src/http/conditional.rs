//! Conditional requests, RFC 9110: nobody overwrites what they have not seen.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use domain::error::Code;
use store::records::IfMatch;

use super::error::{Refusal, Result};

/// The version the caller has seen. Every change of an existing record must name one.
pub fn if_match(request: &HttpRequest) -> Result<IfMatch> {
    match header(request, IF_MATCH) {
        None => Err(Code::PreconditionRequired.into()),
        // Only machines with a scope of their own may force a change, and there are none yet.
        Some("*") => Err(Refusal::from(Code::Forbidden)),
        Some(tag) => Ok(IfMatch::Tag(tag.trim().trim_matches('"').to_owned())),
    }
}

/// Whether the caller holds this version already.
pub fn is_known(request: &HttpRequest, etag: &str) -> bool {
    let known = header(request, IF_NONE_MATCH).unwrap_or_default();
    known
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|tag| tag == etag || tag == "*")
}

pub fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

fn header(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}
