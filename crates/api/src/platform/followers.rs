//! Following a record: whoever follows one is told of it by the bell, see `store::platform::followers`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::permission::Action;
use domain::resource::Definition;
use serde_json::json;
use store::platform::followers;
use uuid::Uuid;

use crate::auth::Caller;
use crate::crud::{Served, permission};
use crate::http::body::Body;
use crate::http::error::Result;
use crate::http::write;

/// Whether records of a resource can be followed.
pub fn follow(definition: &Definition) -> bool {
    followers::can_be_followed(definition.name)
}

/// Tells whether the caller follows a record that he sees.
pub async fn shown(of: Served, caller: Caller, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Read))?;
    of.find(&db, *id).await?;
    let following = followers::is_following(&db, *id).await?;
    Ok(HttpResponse::Ok().json(json!({ "following": following })))
}

/// Makes the caller follow a record, or no longer follow it; to be repeated at will.
pub async fn set(
    of: Served,
    follows: bool,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Read))?;
    write::execute(&request, &body, db, async move |tx| {
        followers::set(tx, of.definition().name, *id, follows).await?;
        Ok(write::answer(StatusCode::OK, &json!({ "following": follows })))
    })
    .await
}
