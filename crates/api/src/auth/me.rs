//! What people may see and change of themselves, whatever their roles.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use chrono::{DateTime, Utc};
use domain::error::{Code, Error, Fault};
use domain::permission::{FieldRight, Grant, Right};
use domain::platform::users::Locale;
use domain::platform::{User, passwords};
use serde::{Deserialize, Serialize};
use store::Db;
use store::platform::{credentials, sessions, user_roles, users};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::sign_in::given;
use super::{Auth, Caller, proof};
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};
use crate::http::write;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(profile).service(change_profile).service(change_password).service(list_sessions).service(end_session);
}

/// The caller: profile, roles and what they allow.
#[derive(Serialize, ToSchema)]
pub struct Me {
    id: Uuid,
    name: String,
    username: String,
    email: Option<String>,
    title: Option<String>,
    locale: Locale,
    department_id: Option<Uuid>,
    roles: Vec<HeldRole>,
    /// Everything that all roles together allow.
    grants: Vec<Grant>,
    /// Fields that the caller may not both read and write, with what is left.
    fields: Vec<FieldRight>,
    /// Whether nothing else is allowed before the password is changed.
    must_change_password: bool,
    session_id: Uuid,
}

#[derive(Serialize, ToSchema)]
pub struct HeldRole {
    pub id: Uuid,
    pub name: String,
    /// The key of a role that came with the product.
    pub shipped_key: Option<String>,
}

impl HeldRole {
    pub fn of(held: user_roles::Held) -> Self {
        Self { id: held.id, name: held.name, shipped_key: held.shipped_key }
    }
}

/// Who am I, and what may I do?
#[utoipa::path(
    tag = "platform",
    operation_id = "who_am_i",
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The caller.", body = Me)),
)]
#[get("/me")]
async fn profile(caller: Caller) -> Result<HttpResponse> {
    let db = caller.own()?;
    Ok(HttpResponse::Ok().json(me(&caller, &db).await?))
}

async fn me(caller: &Caller, db: &Db) -> Result<Me> {
    let user = proof::caller(db).await?;
    let roles = user_roles::held(db, user.stamp.id).await?;
    let credential = credentials::of_user(db, user.stamp.id).await?;
    let rights = &caller.viewer.rights;
    let readable = rights.grants().into_iter().filter_map(|grant| db.catalogue().find(&grant.resource));
    let mut resources: Vec<_> = readable.collect();
    resources.dedup_by_key(|resource| resource.name);
    let narrowed = |resource: &'static domain::Definition| {
        resource.all_fields().map(move |field| FieldRight {
            resource: resource.name.to_owned(),
            field: field.key.to_owned(),
            right: rights.field(resource.name, field),
        })
    };
    Ok(Me {
        id: user.stamp.id,
        name: user.data.name,
        username: user.data.username,
        email: user.data.email,
        title: user.data.title,
        locale: user.data.locale,
        department_id: user.stamp.department_id,
        roles: roles.into_iter().map(HeldRole::of).collect(),
        grants: rights.grants(),
        fields: resources.into_iter().flat_map(narrowed).filter(|field| field.right != Right::Write).collect(),
        must_change_password: credential.is_some_and(|credential| credential.temporary),
        session_id: caller.viewer.session_id,
    })
}

/// What people may change of their own profile.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ProfileChanges {
    #[validate(length(max = 80, code = "too_long"), custom(function = "given"))]
    #[schema(max_length = 80)]
    name: Option<String>,
    locale: Option<Locale>,
}

/// Change my name or my language.
#[utoipa::path(
    tag = "platform",
    operation_id = "change_my_profile",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat.")),
    extensions(("x-permission" = json!("signed_in"))),
    request_body = inline(ProfileChanges),
    responses((status = 200, description = "The caller, changed.", body = Me)),
)]
#[patch("/me")]
async fn change_profile(caller: Caller, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let db = caller.own()?;
    let ProfileChanges { name, locale } = body.valid_patch()?;
    let name = name.map(|name| name.trim().to_owned());
    let mut changed = me(&caller, &db).await?;
    changed.name = name.clone().unwrap_or(changed.name);
    changed.locale = locale.unwrap_or(changed.locale);
    write::execute(&request, &body, db, async move |tx| {
        let change = |user: &mut User| {
            user.name = name.unwrap_or_else(|| std::mem::take(&mut user.name));
            user.locale = locale.unwrap_or(user.locale);
        };
        users::change_own(tx, change).await?;
        Ok(write::answer(StatusCode::OK, &changed))
    })
    .await
}

/// The present password as proof, and the next one.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct PasswordChange {
    #[validate(length(max = 128, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 128, format = Password)]
    current: String,
    #[validate(custom(function = "given"))]
    #[schema(required = true, min_length = 10, max_length = 128, format = Password)]
    new: String,
}

/// Choose another password. All other sessions of the caller end.
#[utoipa::path(
    tag = "platform",
    operation_id = "change_my_password",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = inline(PasswordChange),
    responses((status = 204, description = "Changed.")),
)]
#[post("/me/password")]
async fn change_password(caller: Caller, auth: web::Data<Auth>, body: Body) -> Result<HttpResponse> {
    let db = caller.own()?;
    let PasswordChange { current, new } = body.valid()?;
    let user = proof::caller(&db).await?;
    let mut faults = passwords::faults("/new", &new, &user.data.username);
    if new == current {
        faults.push(Fault::field("new", "same_password"));
    }
    if !faults.is_empty() {
        return Err(Refusal(Error::invalid(faults)));
    }
    proof::by_password(&auth, &db, current, "current").await?;
    let hash = auth.passwords.hash(new).await?;
    let session = caller.viewer.session_id;
    db.write(async |tx| {
        credentials::set(tx, user.stamp.id, &hash, false).await?;
        sessions::end_all(tx, user.stamp.id, Some(session), "password_changed").await
    })
    .await?;
    auth.forget(session).await;
    Ok(HttpResponse::NoContent().finish())
}

/// A session of the caller.
#[derive(Serialize, ToSchema)]
struct MySession {
    id: Uuid,
    /// Whether it is the one that asks.
    current: bool,
    #[serde(with = "domain::instant")]
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    #[serde(with = "domain::instant")]
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: DateTime<Utc>,
    #[serde(with = "domain::instant")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime<Utc>,
    address: String,
    /// What the browser calls itself.
    agent: String,
}

#[derive(Serialize, ToSchema)]
struct MySessions {
    data: Vec<MySession>,
}

/// Where am I signed in?
#[utoipa::path(
    tag = "platform",
    operation_id = "list_my_sessions",
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The caller's open sessions, the latest used first.", body = MySessions)),
)]
#[get("/me/sessions")]
async fn list_sessions(caller: Caller) -> Result<HttpResponse> {
    let db = caller.own()?;
    let current = caller.viewer.session_id;
    let open = sessions::of_user(&db, caller.viewer.user_id).await?;
    let data = open.into_iter().map(|session| MySession {
        current: session.id == current,
        id: session.id,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
        address: session.address,
        agent: session.agent,
    });
    Ok(HttpResponse::Ok().json(MySessions { data: data.collect() }))
}

/// End one of my sessions.
#[utoipa::path(
    tag = "platform",
    operation_id = "end_my_session",
    params(("id" = Uuid, Path, description = "The session.")),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 204, description = "Ended.")),
)]
#[delete("/me/sessions/{id}")]
async fn end_session(caller: Caller, auth: web::Data<Auth>, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let db = caller.own()?;
    let user = caller.viewer.user_id;
    if !db.write(async |tx| sessions::end_one(tx, user, *id).await).await? {
        return Err(Code::NotFound.into());
    }
    auth.forget(*id).await;
    Ok(HttpResponse::NoContent().finish())
}
