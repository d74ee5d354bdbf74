//! Imports over HTTP: look at a file, then let it become records.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, post, web};
use domain::error::{Code, Error, Fault};
use domain::permission::{Action, Permission};
use domain::platform::operations::{ImportMode, OperationKind};
use domain::platform::users::Locale;
use domain::resource::{Definition, ExternalId};
use domain::transfer::{Target, columns};
use encoding_rs::Encoding;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Db;
use store::operations::{self, Draft};
use store::platform::jobs;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::corrections::{Correction, Corrections};
use super::format::{OFFERED, encoding_named};
use super::job::Payload;
use super::run::{ANY_SYSTEM, Request};
use super::upload::{self, Uploaded};
use super::{head, lines};
use crate::auth::Caller;
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};
use crate::http::query;
use crate::http::write::{self, Answer};
use crate::jobs::IMPORT;
use crate::openapi::schemas;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(preview).service(begin);
}

/// Lines that a preview shows.
const SHOWN: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PreviewQuery {
    resource: String,
    name: Option<String>,
    encoding: Option<String>,
    file_id: Option<Uuid>,
}

/// What a file shall become: of a file that was previewed, or of the one in the body of this request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportOrder)]
struct ImportOrder {
    resource: String,
    /// `dry_run` changes nothing and tells what `upsert` would do; `create` refuses records that are there already.
    mode: Mode,
    /// The system the file comes from, which names the records in the column of external ids.
    #[serde(default)]
    system: Option<String>,
    /// A dry run of the mode.
    #[serde(default)]
    dry_run: bool,
    /// A file that was previewed.
    #[serde(default)]
    file_id: Option<Uuid>,
    /// The encoding of the file, such as `gb18030` or `windows-1252`; found out if absent.
    #[serde(default)]
    encoding: Option<String>,
    /// Import a file once more that was imported already and whose lines nothing tells from those of then.
    #[serde(default)]
    again: bool,
    /// An earlier dry run of the file, whose corrections hold here too.
    #[serde(default)]
    trial: Option<Uuid>,
    /// Cells that shall be read otherwise than the file says; laid over those of `trial`, together 500 lines at most.
    #[serde(default)]
    #[schema(max_items = 500)]
    corrections: Vec<Correction>,
    /// Header to target, such as `{"Company": "name"}`; columns that are not named are left out. Guessed if absent.
    #[serde(default)]
    #[schema(schema_with = schemas::mapping)]
    mapping: Option<HashMap<String, Option<String>>>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportMode)]
enum Mode {
    DryRun,
    Create,
    Upsert,
}

/// The same in the address, for a file in the body; `mapping` is JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeginQuery {
    resource: String,
    mode: Mode,
    system: Option<String>,
    #[serde(default)]
    dry_run: bool,
    name: Option<String>,
    encoding: Option<String>,
    #[serde(default)]
    again: bool,
    mapping: Option<String>,
}

/// A connection for somebody who may import this resource.
fn authorize(caller: &Caller, resource: &str) -> Result<(Db, &'static Definition)> {
    let definition = caller.store().catalogue().find(resource).filter(|found| found.transferred);
    let refusal = Refusal(Error::invalid(vec![Fault::field("resource", "not_a_choice")]));
    let definition = definition.ok_or(refusal)?;
    Ok((caller.authorize(Permission::new(definition.name, Action::Import))?, definition))
}

/// The encoding that a caller names.
fn encoding(pointer: &str, label: Option<&str>) -> Result<Option<&'static Encoding>> {
    let named =
        |label| encoding_named(label).ok_or_else(|| Refusal(Error::invalid(vec![Fault::new(pointer, "not_a_choice")])));
    label.map(named).transpose()
}

/// Take in a file and show what is in it: its columns, what they most likely stand for, and its first lines. The file
/// is kept for a day; name it by its `file_id` to import it, or to look at it again in another encoding.
#[utoipa::path(
    tag = "platform",
    operation_id = "preview_import",
    params(
        ("resource" = String, Query, description = "What the lines are, such as `customers`."),
        ("name" = Option<String>, Query, description = "The name of the file."),
        ("encoding" = Option<String>, Query, description = "The encoding of the file, such as `gb18030`; found out if absent."),
        ("file_id" = Option<Uuid>, Query, description = "A file that came in earlier, instead of one in the body."),
    ),
    extensions(("x-permission" = json!("customers.import"))),
    request_body(content = String, content_type = "text/csv", description = "CSV in UTF-8, UTF-16 or GB18030, with a header."),
    responses((status = 200, description = "What is in the file.", body = ref("#/components/schemas/ImportPreview"))),
)]
#[post("/imports/preview")]
async fn preview(caller: Caller, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    let PreviewQuery { resource, name, encoding: label, file_id } = query::of(&request)?;
    let (db, definition) = authorize(&caller, &resource)?;
    let named = encoding("encoding", label.as_deref())?;
    let file = match file_id {
        Some(id) => upload::earlier(&db, id, named).await.map_err(at_the_file)?,
        None => upload::receive(&db, name.as_deref().unwrap_or_default(), named, payload).await?,
    };
    let head = upload::head(&db, &file, definition, None, SHOWN).await?;
    let guesses = columns::guess(definition, &head.headers);
    let columns: Vec<Value> = head
        .headers
        .iter()
        .zip(guesses)
        .enumerate()
        .filter(|(_, (header, _))| !head::is_ours(header))
        .map(|(index, (header, guess))| {
            let samples: Vec<&str> = head.lines.iter().filter_map(|line| Some(line.get(index)?.as_str())).collect();
            json!({"header": header, "target": guess.map(|target| target.to_string()), "samples": samples})
        })
        .collect();
    let targets: Vec<Value> = Target::all(definition).iter().map(|target| described(definition, target)).collect();
    Ok(HttpResponse::Ok().json(json!({
        "file_id": file.id,
        "resource": definition.name,
        "format": {
            "encoding": file.format.encoding,
            "delimiter": file.format.delimiter,
            "heading": head.line,
            "encodings": OFFERED,
        },
        "columns": columns,
        "lines": head.lines,
        "targets": targets,
    })))
}

fn described(definition: &Definition, target: &Target) -> Value {
    let label = |locale| target.label(definition, locale);
    json!({
        "target": target.to_string(),
        "label": {"zh-CN": label(Locale::Chinese), "en": label(Locale::English)},
        "required": target.is_required(),
    })
}

/// Import a file: one operation, run as a job, that can be undone. Poll the job; the operation tells what came of every
/// row.
#[utoipa::path(
    tag = "platform",
    operation_id = "begin_import",
    params(
        ("Idempotency-Key" = String, Header, description = "Makes the request safe to repeat."),
        ("resource" = Option<String>, Query, description = "For a file in the body: what the lines are."),
        ("mode" = Option<String>, Query, description = "For a file in the body: `dry_run`, `create` or `upsert`."),
        ("system" = Option<String>, Query, description = "For a file in the body: the system it comes from."),
        ("dry_run" = Option<bool>, Query, description = "For a file in the body: change nothing."),
        ("name" = Option<String>, Query, description = "For a file in the body: its name."),
        ("encoding" = Option<String>, Query, description = "For a file in the body: its encoding."),
        ("again" = Option<bool>, Query, description = "For a file in the body: import it once more."),
        ("mapping" = Option<String>, Query, description = "For a file in the body: header to target, as JSON."),
    ),
    extensions(("x-permission" = json!("customers.import"))),
    request_body(content((ImportOrder = "application/json"), (String = "text/csv"))),
    responses((status = 202, description = "The job.", body = ref("#/components/schemas/Job"),
        headers(("Location" = String, description = "Address of the job.")))),
)]
#[post("/imports")]
async fn begin(caller: Caller, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_json = media_type.starts_with("application/json");
    write::require_key(&request)?;
    if is_json {
        let body = Body::read(&request, payload).await;
        let wanted: ImportOrder = body.json()?;
        let (db, definition) = authorize(&caller, &wanted.resource)?;
        let missing = || Refusal(Error::invalid(vec![Fault::field("file_id", "required")]));
        let file_id = wanted.file_id.ok_or_else(missing)?;
        let named = encoding("/encoding", wanted.encoding.as_deref())?;
        let file = upload::earlier(&db, file_id, named).await.map_err(at_the_file)?;
        return enqueue(&request, &body, db, definition, wanted, file).await;
    }
    let BeginQuery { resource, mode, system, dry_run, name, encoding: label, again, mapping } = query::of(&request)?;
    let (db, definition) = authorize(&caller, &resource)?;
    if !media_type.starts_with("text/csv") {
        return Err(Code::UnsupportedMediaType.into());
    }
    let mapping = mapping.map(|text| serde_json::from_str(&text)).transpose();
    let mapping = mapping.map_err(|_| Refusal(Error::at(Code::BadParameter, Fault::new("mapping", "malformed"))))?;
    let named = encoding("encoding", label.as_deref())?;
    let file = upload::receive(&db, name.as_deref().unwrap_or_default(), named, payload).await?;
    let (file_id, trial, corrections) = (Some(file.id), None, Vec::new());
    let wanted =
        ImportOrder { resource, mode, system, dry_run, file_id, encoding: label, again, trial, corrections, mapping };
    let body = Body::digested("text/csv", &file.digest);
    enqueue(&request, &body, db, definition, wanted, file).await
}

/// The address was found; it is a member of the body that names what is not there.
fn at_the_file(refusal: Refusal) -> Refusal {
    let unknown = || Refusal(Error::invalid(vec![Fault::field("file_id", "not_found")]));
    if refusal.0.code == Code::NotFound { unknown() } else { refusal }
}

async fn enqueue(
    request: &HttpRequest,
    body: &Body,
    mut db: Db,
    definition: &'static Definition,
    wanted: ImportOrder,
    mut file: Uploaded,
) -> Result<HttpResponse> {
    let system = wanted.system.filter(|system| !system.trim().is_empty()).unwrap_or(ANY_SYSTEM.to_owned());
    let name = ExternalId::of(&system, &file.id.to_string());
    let faults = name.faults();
    if !faults.is_empty() {
        return Err(Refusal(Error::invalid(faults)));
    }
    let system = name.system;
    let head = upload::head(&db, &file, definition, wanted.mapping.as_ref(), 0).await?;
    file.format.heading = head.line;
    let earlier = match wanted.trial {
        Some(trial) => Corrections::of_trial(&db, trial, file.id).await?,
        None => Corrections::default(),
    };
    let mapping = lines::mapping(definition, &head.headers, wanted.mapping.as_ref());
    let (mapping, corrections) = both(mapping, earlier.and(&head.headers, &wanted.corrections))?;
    if mapping.iter().all(Option::is_none) {
        return Err(Refusal(Error::invalid(vec![Fault::field("mapping", "required")])));
    }
    let digest: String = file.digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if !recognises(definition, &mapping) && !wanted.again {
        refuse_again(&db, definition, &digest).await?;
    }
    let (mode, dry_run) = match wanted.mode {
        Mode::DryRun => (ImportMode::Upsert, true),
        Mode::Create => (ImportMode::Create, wanted.dry_run),
        Mode::Upsert => (ImportMode::Upsert, wanted.dry_run),
    };
    let request_of_import = Request { resource: wanted.resource, mode, system, dry_run, mapping: None };
    let told = serde_json::to_value(&request_of_import).unwrap_or_default();
    let draft = Draft::new(OperationKind::Import, definition.name, told, dry_run);
    db.trace.operation_id = Some(draft.id);
    let columns = mapping.iter().map(|target| target.map(|target| target.to_string())).collect();
    let (file_id, format) = (file.id, file.format);
    let operation_id = draft.id;
    let payload = Payload { operation_id, file_id, request: request_of_import, format, columns, corrections, digest };
    let payload = serde_json::to_value(&payload).unwrap_or_default();
    write::execute(request, body, db, async move |tx| begin_job(tx, IMPORT, payload, draft, None).await).await
}

/// Two parts of a request, or the faults of both.
fn both<A, B>(a: std::result::Result<A, Vec<Fault>>, b: std::result::Result<B, Vec<Fault>>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => {
            let faults = a.err().into_iter().chain(b.err()).flatten().collect();
            Err(Refusal(Error::invalid(faults)))
        }
    }
}

/// Whether a line of such a file finds the record that it made when the file is loaded again.
fn recognises(definition: &Definition, mapping: &[Option<Target>]) -> bool {
    mapping.iter().flatten().any(|target| match target {
        Target::ExternalId => true,
        Target::Field(field) => Some(field.key) == definition.key,
        Target::Companion(..) | Target::Line(..) => false,
    })
}

/// A file whose lines make new records each time would double everything.
async fn refuse_again(db: &Db, definition: &Definition, digest: &str) -> Result<()> {
    match operations::imported_before(db, definition.name, digest).await? {
        Some(operation) => {
            let fault = Fault::field("again", "imported_before").with("operation", operation);
            Err(Refusal(Error::at(Code::Conflict, fault)))
        }
        None => Ok(()),
    }
}

/// Enqueues the job of an operation and begins it; answers with the job.
pub async fn begin_job(
    tx: &mut store::Tx<'_>,
    kind: &str,
    payload: Value,
    mut draft: Draft,
    total: Option<i64>,
) -> store::Result<Answer> {
    let id = jobs::enqueue(tx, jobs::Draft { kind, payload, total, unique_key: None }).await?;
    draft.job_id = id;
    operations::start(tx, &draft).await?;
    accepted(tx, id).await
}

/// The answer that names a job.
pub async fn accepted(tx: &mut store::Tx<'_>, id: Option<Uuid>) -> store::Result<Answer> {
    let id = id.ok_or(Error::new(Code::Conflict))?;
    let job = jobs::find_in(tx, id).await?;
    let location = Some(format!("/api/v1/jobs/{id}"));
    Ok(Answer { location, ..write::answer(StatusCode::ACCEPTED, &crate::jobs::routes::body(&job)) })
}
