//! The first administrator. There are no default accounts: whoever starts the server gets a link, once.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use domain::error::{Code, Error, Fault};
use domain::messages;
use domain::platform::users::Locale;
use domain::platform::{Department, User, passwords};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::platform::sessions::Open;
use store::platform::{administrators, credentials, roles, sessions, setup, user_roles};
use store::{Store, Tx, records};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::sign_in::{SignedIn, given};
use super::{Auth, agent, nobody};
use crate::http::address::client_address;
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(state).service(set_up);
}

#[derive(Serialize, ToSchema)]
struct SetupState {
    /// Whether there is nobody yet who could sign in.
    needed: bool,
}

/// Is the first administrator still to be made?
#[utoipa::path(
    tag = "platform",
    operation_id = "setup_state",
    extensions(("x-public" = json!(true))),
    responses((status = 200, description = "Whether the set-up link is still to be used.", body = SetupState)),
)]
#[get("/setup")]
async fn state(request: HttpRequest, store: web::Data<Store>) -> Result<HttpResponse> {
    let needed = setup::is_needed(&nobody(&request, &store, "set-up")).await?;
    Ok(HttpResponse::Ok().json(SetupState { needed }))
}

/// The first administrator, and the company they work for.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Setup {
    /// From the set-up link.
    #[validate(length(max = 100, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 100)]
    token: String,
    /// The name of the company, which becomes the root of the departments.
    #[schema(max_length = 80)]
    company: Option<String>,
    #[validate(custom(function = "given"))]
    #[schema(required = true, max_length = 80)]
    name: String,
    #[validate(custom(function = "given"))]
    #[schema(required = true, max_length = 60, example = "admin")]
    username: String,
    #[validate(custom(function = "given"))]
    #[schema(required = true, min_length = 10, max_length = 128, format = Password)]
    password: String,
    locale: Option<Locale>,
}

/// Make the first administrator, and sign them in. Works once.
#[utoipa::path(
    tag = "platform",
    operation_id = "set_up",
    request_body = inline(Setup),
    extensions(("x-public" = json!(true))),
    responses(
        (status = 200, description = "Set up and signed in.", body = SignedIn),
        (status = 410, description = "`gone`: The link was used, has expired, or was replaced by a newer one.",
            body = inline(serde_json::Value), content_type = "application/problem+json"),
    ),
)]
#[post("/setup")]
async fn set_up(
    request: HttpRequest,
    auth: web::Data<Auth>,
    store: web::Data<Store>,
    body: Body,
) -> Result<HttpResponse> {
    let mut setup: Setup = body.valid()?;
    setup.username = setup.username.trim().to_lowercase();
    let db = nobody(&request, &store, "set-up");
    // Hashing is costly; strangers do not get it for free.
    if !setup::is_open(&db, &setup.token).await? {
        return Err(Code::Gone.into());
    }
    let faults = passwords::faults("/password", &setup.password, &setup.username);
    if !faults.is_empty() {
        return Err(Refusal(Error::invalid(faults)));
    }
    let hash = auth.passwords.hash(setup.password.clone()).await?;
    let address = client_address(&request).to_string();
    let open = db.write(async |tx| {
        let user_id = first_administrator(tx, &setup, &hash).await?;
        sessions::open(tx, user_id, &address, agent(&request)).await
    });
    let open: Open = open.await?;
    auth.signed_in(&request, &db, open).await
}

async fn first_administrator(tx: &mut Tx<'_>, setup: &Setup, hash: &str) -> store::Result<Uuid> {
    if !setup::take_link(tx, &setup.token).await? {
        return Err(Code::Gone.into());
    }
    let locale = setup.locale.unwrap_or(Locale::Chinese);
    let company = setup.company.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let company = company.map_or_else(|| messages::text(locale, "setup.own-company", &BTreeMap::new()), str::to_owned);
    let company = records::create::<Department>(tx, &object(json!({"name": company}))).await;
    let company = company.map_err(|error| at_member(error, "company"))?;
    let user = json!({
        "name": setup.name.trim(), "username": setup.username, "locale": locale,
        "department_id": company.stamp().id,
    });
    let user = records::create::<User>(tx, &object(user)).await?.stamp().id;
    credentials::set(tx, user, hash, false).await?;
    roles::translate(tx, locale).await?;
    let role = administrators::role_id(tx).await?;
    user_roles::add(tx, user, &[role]).await?;
    Ok(user)
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// A department's name is the member `company` here.
fn at_member(error: store::Error, member: &str) -> store::Error {
    match error {
        store::Error::Refused(mut refusal) => {
            let renamed = |fault: Fault| Fault { pointer: format!("/{member}"), ..fault };
            refusal.faults = refusal.faults.into_iter().map(renamed).collect();
            refusal.into()
        }
        other => other,
    }
}
