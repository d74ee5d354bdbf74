//! What can go wrong, said once: a stable code, its HTTP status, and the faults in the input.
//!
//! Not allowed to know it exists: `NotFound`. Allowed to know, not allowed to do: `Forbidden`. The rejected value is
//! never echoed.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $status:literal $word:literal),+ $(,)?) => {
        /// A stable machine word. Titles are at the message keys `problem.<word>` and `problem.<word>.detail`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$meta])* $variant),+ }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            pub const fn word(self) -> &'static str {
                match self { $(Code::$variant => $word),+ }
            }

            pub const fn status(self) -> u16 {
                match self { $(Code::$variant => $status),+ }
            }
        }
    };
}

codes! {
    /// The request is not what the protocol asks for: broken JSON, a broken id.
    Malformed = 400 "malformed",
    /// A query parameter is unknown, given twice or of the wrong type.
    BadParameter = 400 "bad_parameter",
    /// The cursor was altered, belongs to another list or to another caller, or is older than a day.
    InvalidCursor = 400 "invalid_cursor",
    /// This request needs an `Idempotency-Key`.
    KeyMissing = 400 "idempotency_key_missing",
    /// No credentials, or credentials that no longer count.
    Unauthenticated = 401 "unauthenticated",
    /// Name or password is wrong; never says which.
    BadCredentials = 401 "bad_credentials",
    /// The code of the second step is wrong, or was used.
    BadCode = 401 "bad_code",
    /// The first step of a sign-in was too long ago, was used, or no longer counts.
    SignInExpired = 401 "sign_in_expired",
    Forbidden = 403 "forbidden",
    /// A field that the caller may not read was used to filter, sort or group.
    FieldForbidden = 403 "field_forbidden",
    /// Absent, or not visible to the caller: the two are not told apart.
    NotFound = 404 "not_found",
    MethodNotAllowed = 405 "method_not_allowed",
    NotAcceptable = 406 "not_acceptable",
    /// Another record already holds this value.
    Duplicate = 409 "duplicate",
    /// The record is still used by others.
    InUse = 409 "in_use",
    /// The record's state does not allow this.
    Conflict = 409 "conflict",
    /// The first request with this idempotency key is still running.
    KeyInFlight = 409 "idempotency_key_in_flight",
    /// The link was used or has expired.
    Gone = 410 "gone",
    StaleVersion = 412 "stale_version",
    PayloadTooLarge = 413 "payload_too_large",
    UriTooLong = 414 "uri_too_long",
    UnsupportedMediaType = 415 "unsupported_media_type",
    /// The content breaks the rules named in `errors`.
    Invalid = 422 "invalid",
    /// The same idempotency key came with another request.
    KeyReused = 422 "idempotency_key_reused",
    PreconditionRequired = 428 "precondition_required",
    QuotaExceeded = 429 "quota_exceeded",
    /// The caller asks too many costly questions at the same time.
    TooManyAtOnce = 429 "too_many_at_once",
    Internal = 500 "internal",
    /// Draining, overloaded, or without a writable database.
    Unavailable = 503 "unavailable",
    /// The database cut the request off after its time limit.
    TooSlow = 503 "too_slow",
    /// The disk of the database has no room: reading goes on, writing does not.
    StorageFull = 503 "storage_full",
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal on its way to the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    pub code: Code,
    pub faults: Vec<Fault>,
    /// The version a stale writer should have named, for the `ETag` header of a 412.
    pub current: Option<String>,
    /// Seconds until a retry makes sense.
    pub retry_after: Option<u64>,
}

impl Error {
    pub const fn new(code: Code) -> Self {
        Self { code, faults: Vec::new(), current: None, retry_after: None }
    }

    pub const fn invalid(faults: Vec<Fault>) -> Self {
        Self { code: Code::Invalid, faults, current: None, retry_after: None }
    }

    pub fn at(code: Code, fault: Fault) -> Self {
        Self { faults: vec![fault], ..Self::new(code) }
    }

    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.word())?;
        self.faults.iter().try_for_each(|fault| write!(f, "; {} {}", fault.pointer, fault.code))
    }
}

impl std::error::Error for Error {}

/// One thing that is wrong with the input: where, and which rule. The words are at `fault.<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Fault {
    /// RFC 6901 pointer into the request body, or the name of a query parameter.
    pub pointer: String,
    pub code: String,
    /// The rule's figures, such as `max`, for clients that phrase it themselves.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// The sentence in the caller's language; empty until it goes over the wire.
    #[serde(default)]
    pub detail: String,
}

impl Fault {
    pub fn new(pointer: impl Into<String>, code: &str) -> Self {
        Self { pointer: pointer.into(), code: code.to_owned(), params: BTreeMap::new(), detail: String::new() }
    }

    /// A fault at the member `key` of the body.
    pub fn field(key: &str, code: &str) -> Self {
        Self::new(format!("/{key}"), code)
    }

    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// The body of every failure, RFC 9457.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `/problems/<slug>`, a readable page.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    #[serde(default)]
    pub instance: String,
    /// Stable machine word.
    pub code: String,
    #[serde(default)]
    pub request_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}
