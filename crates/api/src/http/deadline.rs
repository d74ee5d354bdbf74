//! No request runs longer than it may: whoever waits is told so, and may try again.
//!
//! The database ends a single statement after five seconds; this is for requests of many statements, and for bodies that
//! come in drop by drop. Should the database hang, nobody waits for it: who asks is told within five seconds. A write that has begun goes on to its end (see `write.rs`), so that a repetition with the same
//! `Idempotency-Key` finds out what became of it. A file on its way out is not meant: its answer has begun in time.

use std::fmt;
use std::time::Duration;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError, web};
use domain::error::Code;
use store::Store;

use super::fault::{self, Reader};
use super::headers::Finish;
use super::request;

/// Requests that bring a file, whose size and line decide how long that takes.
fn brings_file(path: &str) -> bool {
    path.starts_with("/api/v1/imports") || path.ends_with("/attachments")
}

/// Seconds after which it makes sense to try again.
const PAUSE: u64 = 5;

/// Passes a request on, and gives it up after its time.
pub async fn keep<B>(
    request: ServiceRequest,
    next: Next<B>,
    limit: Duration,
    finish: Finish,
) -> Result<ServiceResponse<B>, Error> {
    let brings_file = request.method() == Method::POST && brings_file(request.path());
    // The routes need the request for themselves alone; what is told of it later is taken out before.
    let reader = Reader::of(request.request());
    let silence = silence(&request);
    let late = |code| Err(Late { code, reader, finish }.into());
    tokio::select! {
        // What needs no database is answered whatever becomes of it.
        biased;
        outcome = next.call(request) => outcome,
        () = silence => late(Code::Unavailable),
        () = tokio::time::sleep(limit), if !brings_file => late(Code::TooSlow),
    }
}

/// Ends when the database does not answer; elsewhere than in the API nobody needs it.
fn silence(request: &ServiceRequest) -> impl Future<Output = ()> + use<> {
    let store = request.app_data::<web::Data<Store>>().filter(|_| request.path().starts_with("/api/"));
    let silence = store.map(|store| store.health().silence());
    async move {
        match silence {
            Some(silence) => silence.await,
            None => std::future::pending().await,
        }
    }
}

/// The refusal of a request that took too long, on a way on which nobody else can complete it.
#[derive(Debug)]
struct Late {
    code: Code,
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
        let error = domain::Error::new(self.code).retry_after(PAUSE);
        let mut response = fault::told(&self.reader, error);
        self.finish.complete(response.headers_mut());
        request::name(response.headers_mut(), self.reader.request_id());
        response
    }
}
