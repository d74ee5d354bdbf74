//! What administrators do with people: give them roles, a new password, and the door.

use actix_web::http::StatusCode;
use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use domain::error::Code;
use domain::platform::User;
use domain::resource::Resource;
use serde::{Deserialize, Serialize};
use store::platform::{second_factors, sessions, user_roles, users};
use store::{records, registry};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use crate::auth::me::HeldRole;
use crate::auth::second_factor::{SecondFactor, because};
use crate::auth::{Auth, Caller, passwords};
use crate::crud::visible_first;
use crate::http::body::Body;
use crate::http::conditional::{if_match, quoted};
use crate::http::error::{Refusal, Result};
use crate::http::write::{self, Answer};

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(list_roles)
        .service(set_roles)
        .service(reset_password)
        .service(second_factor)
        .service(remove_second_factor)
        .service(end_sessions);
}

#[derive(Serialize, ToSchema)]
struct UserRoles {
    data: Vec<HeldRole>,
}

impl UserRoles {
    fn of(held: Vec<user_roles::Held>) -> Self {
        Self { data: held.into_iter().map(HeldRole::of).collect() }
    }
}

#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct WantedRoles {
    /// All roles the person shall hold; others are taken away.
    #[validate(length(max = 50, code = "too_many"))]
    #[schema(required = true, max_items = 50)]
    roles: Vec<Uuid>,
}

/// Which roles does a person hold?
#[utoipa::path(
    tag = "platform",
    operation_id = "list_user_roles",
    params(("id" = Uuid, Path, description = "The user.")),
    extensions(("x-permission" = json!("users.read"))),
    responses((status = 200, description = "The roles.", body = UserRoles,
        headers(("ETag" = String, description = "The version of the user.")))),
)]
#[get("/users/{id}/roles")]
async fn list_roles(caller: Caller, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let db = caller.authorize(User::READ)?;
    let (version, held) = user_roles::of_user(&db, *id).await?;
    let etag = quoted(&records::etag(&db, version));
    Ok(HttpResponse::Ok().insert_header((ETAG, etag)).json(UserRoles::of(held)))
}

/// Give a person exactly these roles. Nobody hands out more than they hold, and one administrator always stays.
#[utoipa::path(
    tag = "platform",
    operation_id = "set_user_roles",
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("If-Match" = String, Header, description = "The ETag of the user."),
    ),
    request_body = inline(WantedRoles),
    extensions(("x-permission" = json!("users.update"))),
    responses((status = 200, description = "The roles now.", body = UserRoles,
        headers(("ETag" = String, description = "The version of the user.")))),
)]
#[put("/users/{id}/roles")]
async fn set_roles(caller: Caller, id: web::Path<Uuid>, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(User::UPDATE)?;
    let if_match = visible_first(registry::of::<User>(), &db, *id, if_match(&request)).await?;
    let mut wanted = body.valid::<WantedRoles>()?.roles;
    wanted.sort();
    wanted.dedup();
    write::execute(&request, &body, db, async move |tx| {
        let (version, held) = user_roles::set(tx, *id, &if_match, &wanted).await?;
        Ok(Answer {
            etag: Some(records::etag(tx.db(), version)),
            record: Some((User::NAME, *id)),
            ..write::answer(StatusCode::OK, &UserRoles::of(held))
        })
    })
    .await
}

#[derive(Serialize, ToSchema)]
struct TemporaryPassword {
    /// Shown once; its owner must choose another when they sign in.
    #[schema(example = "kq7m-vw2x-9tbe-hr4c")]
    password: String,
}

/// Give a person a temporary password. Their sessions end.
#[utoipa::path(
    tag = "platform",
    operation_id = "reset_user_password",
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("If-Match" = String, Header, description = "The ETag of the user."),
    ),
    extensions(("x-permission" = json!("users.update"))),
    responses((status = 200, description = "The password, this once.", body = TemporaryPassword,
        headers(("ETag" = String, description = "The version of the user.")))),
)]
#[post("/users/{id}/password")]
async fn reset_password(
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    auth: web::Data<Auth>,
) -> Result<HttpResponse> {
    let db = caller.authorize(User::UPDATE)?;
    let if_match = visible_first(registry::of::<User>(), &db, *id, if_match(&request)).await?;
    let password = passwords::temporary().ok_or(Refusal::from(Code::Internal))?;
    let hash = auth.passwords.hash(password.clone()).await?;
    // Not by way of `write::execute`, which would keep the answer, and the password in it, for a week.
    let version = db.write(async |tx| users::reset_password(tx, *id, &if_match, &hash).await).await?;
    let etag = quoted(&records::etag(&db, version));
    Ok(HttpResponse::Ok().insert_header((ETAG, etag)).json(TemporaryPassword { password }))
}

/// Is a code asked for when a person signs in?
#[utoipa::path(
    tag = "platform",
    operation_id = "user_second_factor",
    params(("id" = Uuid, Path, description = "The user.")),
    extensions(("x-permission" = json!("users.update"))),
    responses((status = 200, description = "The state of the person's second factor.", body = SecondFactor,
        headers(("ETag" = String, description = "The version of the user.")))),
)]
#[get("/users/{id}/second-factor")]
async fn second_factor(caller: Caller, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let db = caller.authorize(User::UPDATE)?;
    let etag = quoted(&records::etag(&db, records::find::<User>(&db, *id).await?.stamp()));
    Ok(HttpResponse::Ok().insert_header((ETAG, etag)).json(SecondFactor::of(&db, *id).await?))
}

/// Take a person's second factor away, because the phone is gone. Their sessions end. One's own is switched off on one's
/// own page.
#[utoipa::path(
    tag = "platform",
    operation_id = "remove_user_second_factor",
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("If-Match" = String, Header, description = "The ETag of the user."),
    ),
    extensions(("x-permission" = json!("users.update"))),
    responses((status = 204, description = "Taken away; the password alone opens the door again.",
        headers(("ETag" = String, description = "The version of the user.")))),
)]
#[delete("/users/{id}/second-factor")]
async fn remove_second_factor(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = because(caller.authorize(User::UPDATE)?, "second_factor_removed");
    let if_match = visible_first(registry::of::<User>(), &db, *id, if_match(&request)).await?;
    let version = db.write(async |tx| second_factors::take_away(tx, *id, &if_match).await).await?;
    Ok(HttpResponse::NoContent().insert_header((ETAG, quoted(&records::etag(&db, version)))).finish())
}

/// Sign a person out everywhere.
#[utoipa::path(
    tag = "platform",
    operation_id = "end_user_sessions",
    params(("id" = Uuid, Path, description = "The user.")),
    extensions(("x-permission" = json!("users.update"))),
    responses((status = 204, description = "Signed out; it takes a few seconds on other servers.")),
)]
#[delete("/users/{id}/sessions")]
async fn end_sessions(caller: Caller, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let db = caller.authorize(User::UPDATE)?;
    records::find::<User>(&db, *id).await?;
    db.write(async |tx| {
        user_roles::refuse_lesser(tx, *id).await?;
        sessions::end_all(tx, *id, None, "revoked").await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
