//! A refusal on its way out of a handler. It becomes problem+json where the request's language and id are known.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use domain::error::{Code, Error};

pub type Result<T, E = Refusal> = std::result::Result<T, E>;

#[derive(Debug)]
pub struct Refusal(pub Error);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A bare response that carries the reason; `fault::explain` puts it into words.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self(code.into())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        match &error {
            store::Error::Refused(_) => {}
            store::Error::NoConnection(_) => tracing::warn!(%error, "the database cannot be reached"),
            _ => tracing::error!(%error, "a request failed"),
        }
        Self(error.into())
    }
}
