//! What customers owe at any day, by how long it has been due, and as a statement of one of them.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Datelike, NaiveDate, Utc};
use domain::error::{Code, Error, Fault};
use domain::finance::Invoice;
use domain::finance::receivables::{Receivable, Statement};
use domain::numbering;
use domain::resource::Resource;
use serde::{Deserialize, Serialize};
use store::finance::{receivables, statements};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::Caller;
use crate::http::error::{Refusal, Result};
use crate::http::query;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(ageing).service(statement_file).service(statement);
}

#[derive(Serialize, ToSchema)]
struct Ageing {
    as_of: NaiveDate,
    data: Vec<Receivable>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AsOf {
    as_of: Option<NaiveDate>,
    customer_id: Option<Uuid>,
}

#[derive(Serialize, ToSchema)]
struct Statements {
    from: NaiveDate,
    to: NaiveDate,
    /// One for each currency.
    data: Vec<Statement>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StatementDays {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl StatementDays {
    /// The days meant: without a word, this year until today.
    fn days(&self) -> Result<(NaiveDate, NaiveDate)> {
        let to = self.to.unwrap_or_else(|| numbering::day(Utc::now()));
        let from = self.from.or(NaiveDate::from_ymd_opt(to.year(), 1, 1)).unwrap_or(to);
        if from > to {
            let fault = Fault::new("to", "before_from");
            return Err(Refusal(Error { faults: vec![fault], ..Error::new(Code::BadParameter) }));
        }
        Ok((from, to))
    }
}

/// What did customers owe at a day, and for how long had it been due? Counted are the invoices that the caller sees, less what
/// had come in for them; each figure comes with the filter of the documents that it is made of.
#[utoipa::path(
    tag = "finance",
    operation_id = "list_receivables",
    params(
        ("as_of" = Option<NaiveDate>, Query, description = "The day; today without one."),
        ("customer_id" = Option<Uuid>, Query, description = "Only of this customer."),
    ),
    extensions(("x-permission" = json!("invoices.read"))),
    responses((status = 200, description = "A row for each customer and currency.", body = Ageing)),
)]
#[get("/receivables")]
async fn ageing(caller: Caller, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(Invoice::READ)?;
    let AsOf { as_of, customer_id } = query::of(&request)?;
    let as_of = as_of.unwrap_or_else(|| numbering::day(Utc::now()));
    let data = receivables::at(&db, as_of, customer_id).await?;
    Ok(HttpResponse::Ok().json(Ageing { as_of, data }))
}

/// What did a customer owe before a day, what happened until another, and what was owed then? The invoices and receipts that
/// the caller sees.
#[utoipa::path(
    tag = "finance",
    operation_id = "show_customer_statement",
    params(
        ("id" = Uuid, Path, description = "The customer."),
        ("from" = Option<NaiveDate>, Query, description = "The first day; the first of the year without one."),
        ("to" = Option<NaiveDate>, Query, description = "The last day; today without one."),
    ),
    extensions(("x-permission" = json!("invoices.read"))),
    responses((status = 200, description = "A statement for each currency.", body = Statements)),
)]
#[get("/customers/{id}/statement")]
async fn statement(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(Invoice::READ)?;
    let (from, to) = query::of::<StatementDays>(&request)?.days()?;
    let data = statements::of(&db, *id, from, to).await?;
    Ok(HttpResponse::Ok().json(Statements { from, to, data }))
}

/// The statement of a customer as a file.
#[utoipa::path(
    tag = "finance",
    operation_id = "download_customer_statement",
    params(
        ("id" = Uuid, Path, description = "The customer."),
        ("from" = Option<NaiveDate>, Query, description = "The first day; the first of the year without one."),
        ("to" = Option<NaiveDate>, Query, description = "The last day; today without one."),
    ),
    extensions(("x-permission" = json!("invoices.read"))),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")),
)]
#[get("/customers/{id}/statement/file")]
async fn statement_file(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(Invoice::READ)?;
    let (from, to) = query::of::<StatementDays>(&request)?.days()?;
    let data = statements::of(&db, *id, from, to).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"statement-{from}-{to}.csv\"")))
        .body(csv(&data)?))
}

/// With the mark by which spreadsheets know UTF-8, and the names of the members as headings.
fn csv(statements: &[Statement]) -> Result<Vec<u8>> {
    let failed = |_| Refusal(Error::new(Code::Internal));
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let mut line = |cells: [&str; 7]| writer.write_record(cells).map_err(failed);
    line(["currency", "on", "kind", "number", "debit", "credit", "balance"])?;
    for Statement { currency, opening, lines, debit, credit, closing } in statements {
        line([currency, "", "opening", "", "", "", opening])?;
        for entry in lines {
            let [debit, credit] = [&entry.debit, &entry.credit].map(|amount| amount.as_deref().unwrap_or_default());
            line([currency, &entry.on.to_string(), &entry.kind, &entry.number, debit, credit, &entry.balance])?;
        }
        line([currency, "", "closing", "", debit, credit, closing])?;
    }
    writer.into_inner().map_err(|_| Refusal(Error::new(Code::Internal)))
}
