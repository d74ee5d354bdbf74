//! Operations over HTTP.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use domain::error::Code;
use domain::platform::operations::{OperationState, Outcome};
use serde::Deserialize;
use serde_json::json;
use store::Db;
use store::operations::undo::Undoing;
use store::operations::{self, RowResult, Tally};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::bulk::worth_telling;
use super::undo::{self, Payload, UndoProgress};
use super::{AT_ONCE, explained, with_rows};
use crate::auth::Caller;
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};
use crate::http::{fault, query, write};
use crate::imports::mended::{self, Original};
use crate::imports::routes::begin_job;
use crate::jobs::UNDO;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(list).service(find).service(list_rows).service(errors).service(take_back);
}

/// List the caller's bulk actions, newest first; who holds `operations.read` sees everybody's.
#[utoipa::path(
    tag = "platform",
    operation_id = "list_operations",
    params(
        ("before" = Option<Uuid>, Query, description = "The last operation of the page before."),
        ("limit" = Option<u16>, Query, description = "Operations on a page.", minimum = 1, maximum = 500),
    ),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "Operations.", body = ref("#/components/schemas/Operations"))),
)]
#[get("/operations")]
async fn list(caller: Caller, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.own()?;
    query::page(&request, async |before, limit| Ok(operations::list(&db, before, limit).await?)).await
}

/// Read an operation: what came of it, in numbers.
#[utoipa::path(
    tag = "platform",
    operation_id = "find_operation",
    params(("id" = Uuid, Path, description = "The operation.")),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The operation.", body = ref("#/components/schemas/Operation"))),
)]
#[get("/operations/{id}")]
async fn find(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let (db, locale) = (caller.own()?, fault::locale(&request));
    let operation = operations::find(&db, *id).await?;
    let mut reasons = operations::reasons(&db, *id, REASONS).await?;
    for reason in &mut reasons {
        let params = serde_json::from_value(reason.params.take()).unwrap_or_default();
        reason.detail = fault::sentence(&reason.code, &params, locale);
    }
    let mut body = json!(operation);
    body["reasons"] = json!(reasons);
    Ok(HttpResponse::Ok().json(body))
}

/// Reasons that are told of an operation.
const REASONS: i64 = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowsQuery {
    outcome: Option<Outcome>,
    after: Option<i64>,
    limit: Option<u16>,
    #[serde(default)]
    cells: bool,
}

/// List rows of an operation: those that failed or were skipped, and of a dry run all that would change.
#[utoipa::path(
    tag = "platform",
    operation_id = "list_operation_rows",
    params(
        ("id" = Uuid, Path, description = "The operation."),
        ("outcome" = Option<String>, Query, description = "Only rows of this outcome, such as `failed`."),
        ("after" = Option<i64>, Query, description = "The last row of the page before."),
        ("limit" = Option<u16>, Query, description = "Rows on a page.", minimum = 1, maximum = 500),
        ("cells" = Option<bool>, Query, description = "Of the caller's own import, the cells of each line as well, as they were corrected."),
    ),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "Rows.", body = ref("#/components/schemas/OperationRows"))),
)]
#[get("/operations/{id}/rows")]
async fn list_rows(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let RowsQuery { outcome, after, limit, cells } = query::of(&request)?;
    let db = caller.own()?;
    let rows = operations::rows(&db, *id, outcome, after, query::limit(limit)?).await?;
    let original = if cells { original(&db, *id, &rows).await? } else { None };
    let mut told = Vec::with_capacity(rows.len());
    for row in explained(rows, fault::locale(&request)) {
        let mut body = json!(row);
        let rows = original.as_ref().map(|original| original.told(row.row)).unwrap_or_default();
        if let Some(((_, cells), more)) = rows.split_first() {
            body["cells"] = json!(cells);
            let more = more.iter().map(|(row, cells)| json!({"row": row, "cells": cells}));
            body["lines"] = more.collect();
        }
        told.push(body);
    }
    Ok(HttpResponse::Ok().json(json!({"data": told})))
}

/// Rows that one look into the database fetches.
const PAGE: i64 = 500;

/// Fetch the rows that failed as a file: of an import the lines as they were, with number and reasons behind them, to be
/// mended and imported again as it is.
#[utoipa::path(
    tag = "platform",
    operation_id = "fetch_operation_errors",
    params(("id" = Uuid, Path, description = "The operation.")),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")),
)]
#[get("/operations/{id}/errors.csv")]
async fn errors(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.own()?;
    let locale = fault::locale(&request);
    let definition = mended::definition(&operations::find(&db, *id).await?.resource);
    let mut rows = Vec::new();
    loop {
        let after = rows.last().map(|row: &RowResult| row.row);
        let more = operations::rows(&db, *id, Some(Outcome::Failed), after, PAGE).await?;
        if more.is_empty() {
            break;
        }
        rows.extend(more);
    }
    let original = original(&db, *id, &rows).await?;
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let unwritable = |_| Refusal::from(Code::Internal);
    let headers = original.iter().flat_map(|original| original.headers.iter().map(String::as_str));
    file.write_record(headers.chain(mended::headings(locale))).map_err(unwritable)?;
    for row in explained(rows, locale) {
        for line in mended::lines_of(definition, original.as_ref(), &row, locale) {
            file.write_record(line).map_err(unwritable)?;
        }
    }
    let bytes = file.into_inner().map_err(|_| Refusal::from(Code::Internal))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"errors.csv\""))
        .body(bytes))
}

/// The lines of an import's file that rows are about, in the order of their numbers.
async fn original(db: &Db, id: Uuid, rows: &[RowResult]) -> Result<Option<Original>> {
    let payload = operations::payload(db, id).await?.and_then(|payload| serde_json::from_value(payload).ok());
    let Some(payload) = payload else { return Ok(None) };
    let numbers: Vec<i64> = rows.iter().map(|row| row.row).collect();
    Ok(Original::read(db, &payload, &numbers).await?)
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Undo)]
struct UndoOrder {
    /// Tell what would be put back, and change nothing.
    dry_run: bool,
    /// Delete what the operation made even if somebody changed it since, with what was added to it.
    changed_too: bool,
}

/// Undo an operation: every record that nobody has changed since goes back to what it was; the others, and those on which
/// something of later hangs, are listed as skipped with the reason. People of the demo data who stay are disabled. An undo is an operation too. Few rows are answered at once, many as a job.
#[utoipa::path(
    tag = "platform",
    operation_id = "undo_operation",
    params(
        ("id" = Uuid, Path, description = "The operation to take back."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    extensions(("x-permission" = json!("signed_in"))),
    request_body(content = UndoOrder),
    responses(
        (status = 200, description = "The undo, with the rows that it left alone.", body = ref("#/components/schemas/Operation")),
        (status = 202, description = "The job.", body = ref("#/components/schemas/Job"),
            headers(("Location" = String, description = "Address of the job."))),
    ),
)]
#[post("/operations/{id}/undo")]
async fn take_back(caller: Caller, id: web::Path<Uuid>, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let UndoOrder { dry_run, changed_too } = if body.bytes()?.is_empty() { UndoOrder::default() } else { body.json()? };
    let mut db = caller.own()?;
    let (undone, undo_id) = (*id, Uuid::now_v7());
    // Whether it may be undone is asked again inside, by the constraint; a repeated request must find its answer first.
    db.trace.operation_id = Some(undo_id);
    let context = request.clone();
    write::execute(&request, &body, db, async move |tx| {
        let draft = undo::draft(tx.db(), undo_id, undone, dry_run, None)
            .await
            .map_err(|refusal| store::Error::from(refusal.0))?;
        if draft.total > AT_ONCE * 2 {
            let payload = serde_json::to_value(Payload { operation_id: undo_id, undone, dry_run, changed_too })
                .unwrap_or_default();
            let total = draft.total;
            return begin_job(tx, UNDO, payload, draft, Some(total)).await;
        }
        operations::start(tx, &draft).await?;
        let undoing = Undoing { operation: undone, dry_run, changed_too };
        let (mut place, mut tally) = (UndoProgress::default(), Tally::default());
        loop {
            let (next, more) = undo::chunk(tx, undo_id, &undoing, place).await?;
            tally.add(more);
            if next.seen == place.seen {
                break;
            }
            place = next;
        }
        operations::finish(tx, undo_id, OperationState::Done).await?;
        let operation = operations::find_in(tx, undo_id).await?;
        let rows = operations::rows_in(tx, undo_id, None, None, PAGE).await?;
        Ok(write::answer(StatusCode::OK, &with_rows(&operation, worth_telling(rows, dry_run), &context)))
    })
    .await
}
