//! What can go wrong below the API: a refusal in the domain's words, or a failure of the machinery.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as Diesel};
use domain::error::Code;

use crate::constraints;
use crate::health::LOOK_AGAIN;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug)]
pub enum Error {
    /// The caller is told.
    Refused(domain::Error),
    /// The log is told; the caller learns that something went wrong, or that waiting may help.
    Failed(Diesel),
    /// No connection could be had in time.
    NoConnection(String),
    /// A sealed value could not be opened, or a key is missing.
    Secret(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(refusal) => refusal.fmt(f),
            Error::Failed(error) => write!(f, "database: {error}"),
            Error::NoConnection(reason) => write!(f, "no database connection: {reason}"),
            Error::Secret(reason) => write!(f, "secret: {reason}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match constraints::refusal(&error) {
            Some(refusal) => Error::Refused(refusal),
            None => Error::Failed(error),
        }
    }
}

impl From<domain::Error> for Error {
    fn from(refusal: domain::Error) -> Self {
        Error::Refused(refusal)
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Error::Refused(code.into())
    }
}

impl From<Error> for domain::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal,
            Error::NoConnection(_) => domain::Error::new(Code::Unavailable).retry_after(2),
            Error::Failed(Diesel::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _)) => {
                domain::Error::new(Code::Unavailable).retry_after(5)
            }
            Error::Failed(Diesel::DatabaseError(_, info)) if info.message().contains("No space left on device") => {
                domain::Error::new(Code::StorageFull).retry_after(LOOK_AGAIN)
            }
            Error::Failed(error) if is_lost(&error) => domain::Error::new(Code::Unavailable).retry_after(1),
            Error::Failed(Diesel::DatabaseError(_, info)) if info.message().contains("statement timeout") => {
                domain::Error::new(Code::TooSlow).retry_after(5)
            }
            // Two requests waited for each other, and this one was chosen to give way.
            Error::Failed(Diesel::DatabaseError(_, info)) if info.message().contains("deadlock detected") => {
                domain::Error::new(Code::Unavailable).retry_after(1)
            }
            Error::Failed(_) | Error::Secret(_) => domain::Error::new(Code::Internal),
        }
    }
}

/// Whether a question lost its connection, or found none under it. What PostgreSQL refused it would refuse again.
pub(crate) fn is_lost(error: &Diesel) -> bool {
    match error {
        Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _) => true,
        // The last word of a server that is told to end.
        Diesel::DatabaseError(_, info) => info.message().contains("terminating connection"),
        _ => false,
    }
}
