//! Conditional requests, RFC 9110: nobody overwrites what they have not seen.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use domain::error::{Code, Error, Fault};
use store::external_ids::Precondition;
use store::records::IfMatch;

use super::error::{Refusal, Result};

/// The version the caller has seen. Every change of an existing record must name one.
pub fn if_match(request: &HttpRequest) -> Result<IfMatch> {
    match version(header(request, IF_MATCH)) {
        IfMatch::Refused(code) => Err(code.into()),
        named => Ok(named),
    }
}

/// The versions that a text names, if there is one: a tag or, as RFC 9110 has it, a list of them.
pub fn version(tags: Option<&str>) -> IfMatch {
    match tags.map(|tags| tags.trim().trim_matches('"')) {
        None => IfMatch::Refused(Code::PreconditionRequired),
        // Only machines with a scope of their own may force a change, and there are none yet.
        Some("*") => IfMatch::Refused(Code::Forbidden),
        Some(tags) => IfMatch::Tags(tags.split(',').map(|tag| tag.trim().trim_matches('"').to_owned()).collect()),
    }
}

/// What must be true of a record that may or may not be there.
pub fn precondition(request: &HttpRequest) -> Result<Precondition> {
    match (header(request, IF_MATCH), header(request, IF_NONE_MATCH).map(str::trim)) {
        (None, None) => Ok(Precondition::None),
        (Some(tag), None) => Ok(Precondition::Match(version(Some(tag)))),
        (None, Some("*")) => Ok(Precondition::Absent),
        _ => Err(Refusal(Error::at(Code::Malformed, Fault::new("If-None-Match", "malformed")))),
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
