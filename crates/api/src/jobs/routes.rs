//! Jobs over HTTP: what runs, how far it is, and stopping it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde_json::Value;
use store::platform::jobs::{self, Job};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::Caller;
use crate::http::body::Body;
use crate::http::error::Result;
use crate::http::{query, write};

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(list).service(find).service(cancel);
}

/// A job with where its outcome is found.
pub fn body(job: &Job) -> Value {
    let mut body = serde_json::to_value(job).unwrap_or_default();
    let operation = job.payload["operation_id"].as_str();
    body["operation_id"] = operation.into();
    body["error_file"] = match operation {
        Some(id) if job.failed > 0 => format!("/api/v1/operations/{id}/errors.csv").into(),
        _ => Value::Null,
    };
    let export = job.payload["export_id"].as_str().filter(|_| job.state.word() == "succeeded");
    body["download"] = export.map(|id| format!("/api/v1/exports/{id}/content")).into();
    body
}

/// List the caller's jobs, newest first; who holds `operations.read` sees everybody's.
#[utoipa::path(
    tag = "platform",
    operation_id = "list_jobs",
    params(
        ("before" = Option<Uuid>, Query, description = "The last job of the page before."),
        ("limit" = Option<u16>, Query, description = "Jobs on a page.", minimum = 1, maximum = 500),
    ),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "Jobs.", body = ref("#/components/schemas/Jobs"))),
)]
#[get("/jobs")]
async fn list(caller: Caller, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.own()?;
    let list = async |before, limit| Ok(jobs::list(&db, before, limit).await?.iter().map(body).collect());
    query::page::<_, Value>(&request, list).await
}

/// Read a job: its state, how far it is, and where its outcome is found.
#[utoipa::path(
    tag = "platform",
    operation_id = "find_job",
    params(("id" = Uuid, Path, description = "The job.")),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The job.", body = ref("#/components/schemas/Job"))),
)]
#[get("/jobs/{id}")]
async fn find(caller: Caller, id: web::Path<Uuid>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(body(&jobs::find(&caller.own()?, *id).await?)))
}

/// Stop a job: at once if it waits, at its next checkpoint if it runs. What it did stays, and can be undone.
#[utoipa::path(
    tag = "platform",
    operation_id = "cancel_job",
    params(
        ("id" = Uuid, Path, description = "The job."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The job.", body = ref("#/components/schemas/Job"))),
)]
#[post("/jobs/{id}/cancel")]
async fn cancel(caller: Caller, id: web::Path<Uuid>, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    write::execute(&request, &body, caller.own()?, async move |tx| {
        let job = jobs::cancel(tx, *id).await?;
        Ok(write::answer(StatusCode::OK, &self::body(&job)))
    })
    .await
}
