//! The matrix of a role: what it allows, over which rows, and which fields it opens.

use actix_web::http::StatusCode;
use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, put, web};
use domain::catalogue;
use domain::error::Error;
use domain::permission::{Action, FieldRight, Grant, Right, Scope};
use domain::platform::Role;
use domain::resource::Resource;
use domain::viewer::RoleRights;
use serde::{Deserialize, Serialize};
use store::platform::roles;
use store::{records, registry};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use crate::auth::Caller;
use crate::crud::visible_first;
use crate::http::body::Body;
use crate::http::conditional::{if_match, quoted};
use crate::http::error::{Refusal, Result};
use crate::http::write::{self, Answer};

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(show_rights).service(set_rights).service(permissions);
}

/// What a role gives.
#[derive(Serialize, ToSchema)]
struct RoleMatrix {
    /// The right to personal fields where `fields` says nothing.
    personal: Right,
    grants: Vec<Grant>,
    /// Fields that differ from the rule.
    fields: Vec<FieldRight>,
}

impl RoleMatrix {
    fn of(RoleRights { personal, grants, fields }: RoleRights) -> Self {
        Self { personal, grants, fields }
    }
}

/// All that a role shall give; what is not named is taken away.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct WantedMatrix {
    /// Stays as it is unless given.
    personal: Option<Right>,
    #[validate(length(max = 1000, code = "too_many"))]
    #[schema(required = true, max_items = 1000)]
    grants: Vec<Grant>,
    #[validate(length(max = 2000, code = "too_many"))]
    #[schema(required = true, max_items = 2000)]
    fields: Vec<FieldRight>,
}

/// What does a role give?
#[utoipa::path(
    tag = "platform",
    operation_id = "show_role_rights",
    params(("id" = Uuid, Path, description = "The role.")),
    extensions(("x-permission" = json!("roles.read"))),
    responses((status = 200, description = "The rights.", body = RoleMatrix,
        headers(("ETag" = String, description = "The version of the role.")))),
)]
#[get("/roles/{id}/rights")]
async fn show_rights(caller: Caller, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let db = caller.authorize(Role::READ)?;
    let (version, rights) = roles::rights(&db, *id).await?;
    let etag = quoted(&records::etag(&db, version));
    Ok(HttpResponse::Ok().insert_header((ETAG, etag)).json(RoleMatrix::of(rights)))
}

/// Change all that a role gives. Nobody hands out more than they hold; the administrator's role holds everything.
#[utoipa::path(
    tag = "platform",
    operation_id = "set_role_rights",
    params(
        ("id" = Uuid, Path, description = "The role."),
        ("If-Match" = String, Header, description = "The ETag of the role."),
    ),
    request_body = inline(WantedMatrix),
    extensions(("x-permission" = json!("roles.update"))),
    responses((status = 200, description = "The rights now.", body = RoleMatrix,
        headers(("ETag" = String, description = "The version of the role.")))),
)]
#[put("/roles/{id}/rights")]
async fn set_rights(caller: Caller, id: web::Path<Uuid>, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(Role::UPDATE)?;
    let if_match = visible_first(registry::of::<Role>(), &db, *id, if_match(&request)).await?;
    let WantedMatrix { personal, grants, fields } = body.valid()?;
    let wanted = RoleRights { personal: personal.unwrap_or(Right::None), grants, fields };
    let faults = wanted.faults(db.catalogue());
    if !faults.is_empty() {
        return Err(Refusal(Error::invalid(faults)));
    }
    write::execute(&request, &body, db, async move |tx| {
        let next = |present| RoleRights { personal: personal.unwrap_or(present), ..wanted };
        let (version, rights) = roles::set_rights(tx, *id, &if_match, next).await?;
        Ok(Answer {
            etag: Some(records::etag(tx.db(), version)),
            record: Some((Role::NAME, *id)),
            ..write::answer(StatusCode::OK, &RoleMatrix::of(rights))
        })
    })
    .await
}

/// All that can be granted.
#[derive(Serialize, ToSchema)]
struct Permissions {
    resources: Vec<ResourcePermissions>,
    /// Row scopes, from narrow to wide.
    scopes: &'static [&'static str],
    /// Field rights, from nothing to everything.
    rights: &'static [&'static str],
}

#[derive(Serialize, ToSchema)]
struct ResourcePermissions {
    /// Labels are at the message key `resource.<name>`.
    name: &'static str,
    area: &'static str,
    actions: Vec<&'static str>,
    /// How far a grant may reach. Of what has no records everything is granted, or nothing.
    scopes: Vec<&'static str>,
    fields: Vec<FieldPermission>,
}

#[derive(Serialize, ToSchema)]
struct FieldPermission {
    key: &'static str,
    /// Follows the role's right to personal fields unless it is named.
    personal: bool,
    /// A field that is not to be hidden, because no record is complete without it.
    required: bool,
}

/// What can a role allow?
#[utoipa::path(
    tag = "platform",
    operation_id = "list_permissions",
    extensions(("x-permission" = json!("roles.read"))),
    responses((status = 200, description = "Resources, actions and fields in the order of the menu.", body = Permissions)),
)]
#[get("/permissions")]
async fn permissions(caller: Caller) -> Result<HttpResponse> {
    let edition = caller.authorize(Role::READ)?.catalogue();
    let resources = catalogue::grantable().map(|grantable| ResourcePermissions {
        name: grantable.name,
        area: grantable.area.word(),
        actions: grantable.actions.into_iter().map(Action::word).collect(),
        scopes: grantable.scopes.iter().map(|scope| scope.word()).collect(),
        fields: edition.find(grantable.name).into_iter().flat_map(|of| of.governed_fields()).map(field).collect(),
    });
    let body = Permissions { resources: resources.collect(), scopes: Scope::WORDS, rights: Right::WORDS };
    Ok(HttpResponse::Ok().json(body))
}

fn field(field: &domain::Field) -> FieldPermission {
    FieldPermission { key: field.key, personal: field.personal, required: field.required }
}
