//! No request runs longer than it may: whoever waits is told so, and may try again.
//!
//! The database ends a single statement after five seconds; this is for requests of many statements, and for bodies that
//! come in drop by drop. A write that has begun goes on to its end (see `write.rs`), so that a repetition with the same
//! `Idempotency-Key` finds out what became of it. A file on its way out is not meant: its answer has begun in time.

use std::fmt;
use std::time::Duration;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError};
use domain::error::Code;

use super::fault::{self, Reader};
use super::headers::Finish;
use super::request;

/// Requests that bring a file, whose size and line decide how long that takes.
const WITH_FILES: &str = "/api/v1/imports";

/// Seconds after which it makes sense to try again.
const PAUSE: u64 = 5;

/// Passes a request on, and gives it up after its time.
pub async fn keep<B>(
    request: ServiceRequest,
    next: Next<B>,
    limit: Duration,
    finish: Finish,
) -> Result<ServiceResponse<B>, Error> {
    if request.method() == Method::POST && request.path().starts_with(WITH_FILES) {
        return next.call(request).await;
    }
    // The routes need the request for themselves alone; what is told of it later is taken out before.
    let reader = Reader::of(request.request());
    let outcome = tokio::time::timeout(limit, next.call(request)).await;
    outcome.unwrap_or_else(|_| Err(Late { reader, finish }.into()))
}

/// The refusal of a request that took too long, on a way on which nobody else can complete it.
#[derive(Debug)]
struct Late {
    reader: Reader,
    finish: Finish,
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request took too long")
    }
}

impl ResponseError for Late {
    fn status_code(&self) -> StatusCode {
        StatusCode::SERVICE_UNAVAILABLE
    }

    fn error_response(&self) -> HttpResponse {
        let error = domain::Error::new(Code::TooSlow).retry_after(PAUSE);
        let mut response = fault::told(&self.reader, error);
        self.finish.complete(response.headers_mut());
        request::name(response.headers_mut(), self.reader.request_id());
        response
    }
}
