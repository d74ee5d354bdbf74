//! The keys of the installation over HTTP: what signs and seals, replaced while everybody works.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use domain::error::{Error, Fault};
use domain::platform::keys::{self, Key, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::keys::damage::{self, Unreadable};
use store::keys::{random, rotation};
use store::platform::jobs;
use store::{Db, Tx};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::application;
use crate::auth::Caller;
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};
use crate::http::write;
use crate::jobs::{RESEAL, reseal, routes};
use crate::openapi::schemas;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(list).service(replace).service(withdraw).service(seal_anew);
}

/// Puts a new key in the place of the one in use; its id. What an older one sealed will be sealed anew.
pub async fn rotate(tx: &mut Tx<'_>, purpose: Purpose) -> store::Result<String> {
    let secret = match purpose {
        Purpose::Sign => application::new_signing_key()?,
        _ => random::<32>()?.to_vec(),
    };
    if purpose == Purpose::Seal {
        reseal::enqueue(tx).await?;
    }
    rotation::rotate(tx, purpose, &secret).await
}

#[derive(Serialize, ToSchema)]
struct Keys {
    /// By purpose, newest first.
    data: Vec<Key>,
    /// The latest job that seals anew what older keys sealed; nothing if there was none yet.
    #[schema(schema_with = schemas::job_or_nothing)]
    resealing: Option<Value>,
    /// How many fields hold something that cannot be opened: it was altered, moved or put back from before, or its key is
    /// gone.
    #[schema(example = 0)]
    unreadable: i64,
    /// Those that were noticed last.
    #[schema(schema_with = schemas::unreadable)]
    unreadable_fields: Vec<Unreadable>,
}

/// Fields that the list names, of all that cannot be opened.
const NAMED: i64 = 100;

/// Which keys are there, who made them, and how far is the sealing anew?
#[utoipa::path(
    tag = "platform",
    operation_id = "list_keys",
    extensions(("x-permission" = json!("keys.read"))),
    responses((status = 200, description = "All keys there ever were, without their secrets.", body = Keys)),
)]
#[get("/keys")]
async fn list(caller: Caller) -> Result<HttpResponse> {
    let db = caller.authorize(keys::READ)?;
    let data = rotation::list(&db).await?;
    let resealing = jobs::latest_of(&mut *db.read().await?, RESEAL).await?.as_ref().map(routes::body);
    let (unreadable, unreadable_fields) = damage::list(&db, NAMED).await?;
    Ok(HttpResponse::Ok().json(Keys { data, resealing, unreadable, unreadable_fields }))
}

#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NewKey {
    /// Only keys that sign and keys that seal are replaced.
    #[validate(required(code = "required"))]
    #[schema(required = true, value_type = Purpose)]
    purpose: Option<Purpose>,
    /// Stands in the change log.
    #[validate(length(max = 200, code = "too_long"))]
    #[schema(max_length = 200, example = "每季度更换")]
    reason: Option<String>,
}

/// Put a new key in the place of the one in use. Every server learns of it first and uses it some seconds later; what the
/// old one signed or sealed stays good. What it sealed is then sealed anew in the background.
#[utoipa::path(
    tag = "platform",
    operation_id = "replace_key",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat.")),
    request_body = inline(NewKey),
    extensions(("x-permission" = json!("keys.update"))),
    responses((status = 201, description = "The new key.", body = Key)),
)]
#[post("/keys")]
async fn replace(caller: Caller, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(keys::UPDATE)?;
    let NewKey { purpose, reason } = body.valid()?;
    let Some(purpose) = purpose.filter(|purpose| purpose.is_replaced()) else {
        return Err(Refusal(Error::invalid(vec![Fault::field("purpose", "not_a_choice")])));
    };
    write::execute(&request, &body, because(db, reason), async move |tx| {
        let id = rotate(tx, purpose).await?;
        Ok(write::answer(StatusCode::CREATED, &rotation::find_in(tx, &id).await?))
    })
    .await
}

#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Withdrawal {
    /// Stands in the change log.
    #[validate(length(max = 200, code = "too_long"))]
    #[schema(max_length = 200, example = "可能已泄露")]
    reason: Option<String>,
}

/// End a key that has been replaced. Tokens that it signed are refused by every server within five seconds; a key by which
/// anything is still sealed is not withdrawn.
#[utoipa::path(
    tag = "platform",
    operation_id = "withdraw_key",
    params(
        ("id" = String, Path, description = "The key, such as `sign-1`.", example = "sign-1"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    request_body = inline(Withdrawal),
    extensions(("x-permission" = json!("keys.update"))),
    responses((status = 200, description = "The key, withdrawn.", body = Key)),
)]
#[post("/keys/{id}/withdraw")]
async fn withdraw(caller: Caller, id: web::Path<String>, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(keys::UPDATE)?;
    let Withdrawal { reason } = body.valid()?;
    write::execute(&request, &body, because(db, reason), async move |tx| {
        rotation::withdraw(tx, &id).await?;
        Ok(write::answer(StatusCode::OK, &rotation::find_in(tx, &id).await?))
    })
    .await
}

/// Seal anew, in the background, what older keys sealed. Replacing the key that seals does so by itself; this begins again
/// after the job was stopped or has failed.
#[utoipa::path(
    tag = "platform",
    operation_id = "reseal",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat.")),
    extensions(("x-permission" = json!("keys.update"))),
    responses((status = 202, description = "The job, which may have been at it already.",
        body = ref("#/components/schemas/Job"))),
)]
#[post("/keys/reseal")]
async fn seal_anew(caller: Caller, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(keys::UPDATE)?;
    write::execute(&request, &body, db, async move |tx| {
        reseal::enqueue(tx).await?;
        let job = jobs::latest_of(tx, RESEAL).await?;
        Ok(write::answer(StatusCode::ACCEPTED, &job.as_ref().map(routes::body)))
    })
    .await
}

/// The same connection, whose changes bear this reason, if somebody gave one.
fn because(mut db: Db, reason: Option<String>) -> Db {
    db.trace.reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    db
}
