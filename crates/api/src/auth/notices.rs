//! What the house has to tell somebody who signs in: that a session of theirs was stolen, and to those who look after the
//! house, that nothing can be saved.

use actix_web::{HttpResponse, delete, get, web};
use chrono::{DateTime, Utc};
use domain::error::Code;
use domain::platform::Role;
use domain::resource::Resource;
use serde::Serialize;
use store::platform::sessions;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::Caller;
use crate::http::error::Result;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(list).service(take_note);
}

/// Something that its reader should know. Kinds may be added; ignore those you do not know.
#[derive(Serialize, ToSchema)]
struct Notice {
    /// What it is taken note of by; nothing if it goes away by itself.
    id: Option<Uuid>,
    /// `session_stolen`: a used sign-in of yours was presented again, so that the session ended; or `storage_full`: the
    /// disk of the database is full and nothing can be saved.
    #[schema(example = "session_stolen")]
    kind: &'static str,
    /// When it happened.
    #[serde(with = "domain::instant::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<DateTime<Utc>>,
    /// Where the session that ended was opened.
    address: Option<String>,
    /// What the browser calls itself in which it was opened.
    agent: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Notices {
    data: Vec<Notice>,
}

/// What should I know?
#[utoipa::path(
    tag = "platform",
    operation_id = "list_my_notices",
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "What the caller should know and has not taken note of.", body = Notices)),
)]
#[get("/me/notices")]
async fn list(caller: Caller) -> Result<HttpResponse> {
    let db = caller.own()?;
    let stolen = sessions::stolen(&db, caller.viewer.user_id).await?;
    let mut data: Vec<Notice> = stolen
        .into_iter()
        .map(|session| Notice {
            id: Some(session.id),
            kind: "session_stolen",
            at: Some(session.ended_at),
            address: Some(session.address),
            agent: Some(session.agent),
        })
        .collect();
    if caller.store().health().is_full() && caller.viewer.rights.may(Role::UPDATE) {
        data.push(Notice { id: None, kind: "storage_full", at: None, address: None, agent: None });
    }
    Ok(HttpResponse::Ok().json(Notices { data }))
}

/// Take note of something, so that it is not told again.
#[utoipa::path(
    tag = "platform",
    operation_id = "note_my_notice",
    params(("id" = Uuid, Path, description = "The notice.")),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 204, description = "Taken note of.")),
)]
#[delete("/me/notices/{id}")]
async fn take_note(caller: Caller, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let db = caller.own()?;
    let user = caller.viewer.user_id;
    match db.write(async |tx| sessions::note_stolen(tx, user, *id).await).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Code::NotFound.into()),
    }
}
