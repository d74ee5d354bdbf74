//! Operations over HTTP: what was done to many records at once, row by row, and taking it back.

pub mod batch;
pub mod bulk;
pub mod merge;
pub mod routes;
pub mod undo;

use actix_web::HttpRequest;
use domain::platform::users::Locale;
use serde_json::{Value, json};
use store::operations::{Operation, RowResult};

use crate::http::fault;

/// Rows whose fate is told in the answer itself; more of them are worked on in a job.
pub const AT_ONCE: i64 = 200;

/// Puts the faults of rows into the reader's words.
pub fn explained(rows: Vec<RowResult>, locale: Locale) -> Vec<RowResult> {
    let mut rows = rows;
    for found in rows.iter_mut().flat_map(|row| &mut row.faults) {
        found.detail = fault::sentence(&found.code, &found.params, locale);
    }
    rows
}

/// An operation with rows of it.
fn with_rows(operation: &Operation, rows: Vec<RowResult>, request: &HttpRequest) -> Value {
    let mut body = json!(operation);
    body["rows"] = json!(explained(rows, fault::locale(request)));
    body
}
