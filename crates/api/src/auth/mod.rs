//! Who calls, and what they may do.

pub mod caller;

pub use caller::Caller;

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::error::Code;
use domain::viewer::Viewer;
use store::Store;

use crate::http::error::{Refusal, Result};

/// The viewer whom a request's bearer token names.
async fn viewer_of(_request: &HttpRequest, _store: &Store) -> Result<Arc<Viewer>> {
    Err(Refusal::from(Code::Unauthenticated))
}
