//! Records that are one are put together, as an operation that can be taken back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::permission::Action;
use domain::platform::operations::{OperationKind, OperationState};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::operations::{self, Draft};
use store::records::Merging;
use uuid::Uuid;

use crate::auth::Caller;
use crate::crud::{self, Served, visible_first};
use crate::http::body::Body;
use crate::http::conditional::if_match;
use crate::http::error::Result;
use crate::http::write::{self, Answer};

/// The service of one resource.
pub fn resource(of: Served) -> actix_web::Resource {
    let run = web::post().to(move |caller, id, request, body| run(of, caller, id, request, body));
    web::resource(format!("/{}/{{id}}/merge", of.definition().name)).route(run)
}

/// Which records go, and whose value of a field stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    others: Vec<Uuid>,
    #[serde(default)]
    choices: Map<String, Value>,
}

async fn run(
    of: Served,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let mut db = caller.authorize(crud::permission(of, Action::Merge))?;
    let Wanted { others, choices } = visible_first(of, &db, *id, body.json()).await?;
    // It names the tags of all of them.
    let if_match = visible_first(of, &db, *id, if_match(&request)).await?;
    let told = json!({"id": *id, "others": others, "choices": choices});
    let total = others.len() as i64 + 1;
    let draft = Draft { total, ..Draft::new(OperationKind::Merge, of.definition().name, told, false) };
    db.trace.operation_id = Some(draft.id);
    write::execute(&request, &body, db, async move |tx| {
        operations::start(tx, &draft).await?;
        let merging = Merging { others, choices };
        let (shown, rows) = of.merge(tx, *id, &if_match, &merging).await?;
        operations::record(tx, draft.id, false, &rows).await?;
        operations::finish(tx, draft.id, OperationState::Done).await?;
        let location = Some(format!("/api/v1/operations/{}", draft.id));
        Ok(Answer { location, ..crud::answer(of, tx.db(), StatusCode::OK, &shown) })
    })
    .await
}
