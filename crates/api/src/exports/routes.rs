//! Exports over HTTP: ask for a file, then fetch it once.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::TimeDelta;
use domain::Filter;
use domain::error::{Code, Error, Fault};
use domain::listing::{Listing, Sort};
use domain::permission::{Action, Permission};
use domain::platform::operations::FileKind;
use domain::transfer::Target;
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use store::Db;
use store::operations::{self, export};
use store::platform::files::{self, File};
use store::platform::jobs;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::job::Payload;
use super::run;
use crate::auth::Caller;
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};
use crate::http::request::is_head;
use crate::http::{fault, write};
use crate::imports::routes::accepted;
use crate::imports::run::ANY_SYSTEM;
use crate::jobs::EXPORT;
use crate::openapi::schemas;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(begin).service(content);
}

/// Which records and columns a file shall have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExportOrder)]
struct ExportOrder {
    resource: String,
    /// The records; all that the caller may export, if absent.
    #[serde(default)]
    #[schema(schema_with = schemas::filter)]
    filter: Filter,
    #[serde(default)]
    q: Option<String>,
    /// The order of the lines, such as `-updated_at,name`; that in which the records were made, if absent.
    #[serde(default)]
    sort: Option<String>,
    /// Targets such as `name`, `external_id`, `contact.name`, `lines.quantity`; all of them, if absent. With a column of its
    /// lines a document has as many rows as lines, and the rest of it stands in each.
    #[serde(default)]
    columns: Option<Vec<String>>,
    #[serde(default = "csv")]
    format: Format,
    /// The system whose ids stand in the column of external ids.
    #[serde(default)]
    system: Option<String>,
}

fn csv() -> Format {
    Format::Csv
}

#[derive(Clone, Copy, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportFormat)]
enum Format {
    Csv,
    Ndjson,
}

/// Export records into a file: a job with the rows and fields that the caller may see. The file can be fetched once,
/// within 15 minutes, by who asked for it.
#[utoipa::path(
    tag = "platform",
    operation_id = "begin_export",
    params(("Idempotency-Key" = String, Header, description = "Makes the request safe to repeat.")),
    extensions(("x-permission" = json!("customers.export"))),
    request_body(content = ExportOrder),
    responses((status = 202, description = "The job.", body = ref("#/components/schemas/Job"),
        headers(("Location" = String, description = "Address of the job.")))),
)]
#[post("/exports")]
async fn begin(caller: Caller, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let wanted: ExportOrder = body.json()?;
    let invalid = |pointer: &str| Refusal(Error::invalid(vec![Fault::new(pointer, "not_a_choice")]));
    let definition = caller.store().catalogue().find(&wanted.resource).filter(|found| found.transferred);
    let definition = definition.ok_or_else(|| invalid("/resource"))?;
    let db = caller.authorize(Permission::new(definition.name, Action::Export))?;
    write::require_key(&request)?;
    let all = || Target::all(definition).iter().map(|target| target.to_string()).collect();
    let columns: Vec<String> = wanted.columns.unwrap_or_else(all);
    if let Some(index) = columns.iter().position(|name| Target::named(definition, name).is_none()) {
        return Err(invalid(&format!("/columns/{index}")));
    }
    let words = wanted.sort.iter().flat_map(|sort| sort.split(','));
    let sort = words.filter(|word| !word.is_empty()).map(|word| Sort::from(word.to_owned())).collect();
    let listing = Listing { filter: wanted.filter, q: wanted.q, sort, ..Listing::default() };
    listing.check(definition)?;
    let total = run::count(&db, definition.name, &listing).await?;
    let reach = export::reach(&db, definition)?;
    let locale = fault::locale(&request);
    let ndjson = wanted.format == Format::Ndjson;
    let system = wanted.system.unwrap_or(ANY_SYSTEM.to_owned());
    write::execute(&request, &body, db, async move |tx| {
        let (extension, media_type) = if ndjson { ("ndjson", "application/x-ndjson") } else { ("csv", "text/csv") };
        let name = format!("{}-{}.{extension}", definition.name, tx.now().format("%Y%m%d-%H%M%S"));
        // Long enough for the job; the quarter of an hour begins when the file is ready.
        let export_id = files::create(tx, FileKind::Export, &name, media_type, TimeDelta::days(1)).await?;
        files::note_reach(tx, export_id, definition.name, &reach).await?;
        let resource = definition.name.to_owned();
        let payload = Payload { export_id, resource, reach, listing, columns, ndjson, system, locale };
        let payload = serde_json::to_value(&payload).unwrap_or_default();
        let id = jobs::enqueue(tx, jobs::Draft { kind: EXPORT, payload, total: Some(total), unique_key: None }).await?;
        accepted(tx, id).await
    })
    .await
}

/// Fetch an exported file, once, with the rights that it was made with. `HEAD` tells of it and leaves it there.
#[utoipa::path(
    tag = "platform",
    operation_id = "fetch_export",
    params(("id" = Uuid, Path, description = "The export, as its job names it.")),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"),
        (status = 410, description = "`gone`: It was fetched already, or has expired.", content_type = "application/problem+json", body = serde_json::Value)),
)]
#[get("/exports/{id}/content")]
async fn content(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.own()?;
    let file = files::find_own(&db, FileKind::Export, *id).await?;
    refuse_other_reach(&db, &file).await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, format!("{}; charset=utf-8", file.media_type)))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)));
    if is_head(&request) {
        return Ok(response.finish());
    }
    db.write(async |tx| {
        files::fetch(tx, file.id).await?;
        operations::audit_export(tx, file.id, "update", json!({"fetched": [null, true]})).await
    })
    .await?;
    let parts = stream::unfold(Some((db, file, 0)), |state| async move {
        let (db, file, number) = state?;
        match next_part(&db, &file, number).await {
            Ok(Some(part)) => Some((Ok(web::Bytes::from(part)), Some((db, file, number + 1)))),
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "an export cannot be handed out to its end");
                Some((Err(actix_web::error::ErrorInternalServerError("")), None))
            }
        }
    });
    Ok(response.streaming(Box::pin(parts)))
}

/// On a slow line a download takes long; what is taken away meanwhile ends it.
async fn next_part(db: &Db, file: &File, number: i32) -> store::Result<Option<Vec<u8>>> {
    refuse_other_reach(db, file).await?;
    files::read_part(db, file.id, number).await
}

async fn refuse_other_reach(db: &Db, file: &File) -> store::Result<()> {
    let resource = file.resource.as_deref().and_then(|name| db.catalogue().find(name));
    let (Some(resource), Some(reach)) = (resource, &file.reach) else { return Err(Code::Gone.into()) };
    export::refuse_other_reach(&db.renewed().await?, resource, reach)
}
