//! The stream: what happened lately to all the records that the caller sees, of everybody or of one department.

use actix_web::{HttpRequest, HttpResponse, get};
use domain::error::{Code, Error};
use domain::instant;
use serde::Deserialize;
use serde_json::json;
use store::activity::{self, ActivityPlace};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::Caller;
use crate::http::error::Result;
use crate::http::query;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(latest);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    department_id: Option<Uuid>,
    before: Option<String>,
    limit: Option<u16>,
}

fn write(place: ActivityPlace) -> String {
    format!("{}_{}", instant::format(place.at), place.sequence)
}

fn read(text: &str) -> Option<ActivityPlace> {
    let (at, sequence) = text.split_once('_')?;
    Some(ActivityPlace { at: at.parse().ok()?, sequence: sequence.parse().ok()? })
}

/// What happened lately to the records that the caller sees, latest first: what was made, changed and brought back, and by
/// whom. A page may be short, and even empty, before the last one: go on as long as there is a cursor.
#[utoipa::path(
    tag = "platform",
    operation_id = "list_activity",
    params(
        ("department_id" = Option<Uuid>, Query, description = "Only records of this department."),
        ("before" = Option<String>, Query, description = "The `next_cursor` of the page before."),
        ("limit" = Option<u16>, Query, description = "Entries on a page.", minimum = 1, maximum = 500),
    ),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "What happened.", body = ref("#/components/schemas/Activity"))),
)]
#[get("/activity")]
async fn latest(caller: Caller, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.own()?;
    let asked: Asked = query::of(&request)?;
    let limit = usize::try_from(query::limit(asked.limit)?).unwrap_or_default();
    let before = match &asked.before {
        Some(text) => Some(read(text).ok_or(Error::new(Code::InvalidCursor))?),
        None => None,
    };
    let (data, next) = activity::latest(&db, asked.department_id, before, limit).await?;
    let page = json!({"next_cursor": next.map(write), "has_more": next.is_some()});
    Ok(HttpResponse::Ok().json(json!({"data": data, "page": page})))
}
