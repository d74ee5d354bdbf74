//! Signing in, staying signed in, signing out.

use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::Utc;
use domain::error::Code;
use serde::{Deserialize, Serialize};
use store::platform::attempts::{self, Guess};
use store::platform::sessions::Open;
use store::platform::{challenges, credentials, second_factors, sessions};
use store::{Db, Store};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::{Validate, ValidationError};

use super::{Auth, agent, device, nobody, proof, tokens};
use crate::http::address::client_address;
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(login).service(login_with_code).service(refresh).service(logout);
}

/// What a person types to sign in.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Login {
    #[validate(length(max = 60, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 60, example = "li.wei")]
    username: String,
    #[validate(length(max = 128, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 128, format = Password)]
    password: String,
}

pub(super) fn given(text: &str) -> std::result::Result<(), ValidationError> {
    if text.is_empty() { Err(ValidationError::new("required")) } else { Ok(()) }
}

/// An access token for the memory of a page; the refresh token travels in a cookie that no script can read.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(example = 600)]
    expires_in: i64,
    /// Whether nothing is allowed before the person has chosen a password of their own.
    must_change_password: bool,
}

impl Auth {
    /// The answer to everybody whose session is open.
    pub(super) async fn signed_in(&self, request: &HttpRequest, db: &Db, open: Open) -> Result<HttpResponse> {
        let token = self.tokens.issue(open.user_id, open.session_id, Utc::now());
        let credential = credentials::of_user(db, open.user_id).await?;
        let body = SignedIn {
            access_token: token.ok_or(Refusal::from(Code::Internal))?,
            token_type: "Bearer",
            expires_in: tokens::LIFETIME,
            must_change_password: credential.is_some_and(|credential| credential.temporary),
        };
        let device = device::cookie(self, request, &db.keys(), open.user_id);
        let mut response = HttpResponse::Ok();
        for cookie in [self.cookie.with(open.token, open.expires_at), device] {
            response.append_header((SET_COOKIE, cookie.to_string()));
        }
        Ok(response.json(body))
    }
}

/// Half a sign-in: the password was right, and the person has a second factor. No session is open yet.
#[derive(Serialize, ToSchema)]
struct CodeWanted {
    /// Comes back with the code. Opens nothing else.
    challenge: String,
    /// Seconds for which the challenge is good.
    #[schema(example = 300)]
    expires_in: i64,
}

/// Sign in with a name and a password. Whoever has a second factor is asked for a code next.
#[utoipa::path(
    tag = "platform",
    operation_id = "sign_in",
    request_body = inline(Login),
    extensions(("x-public" = json!(true))),
    responses(
        (status = 200, description = "Signed in. The cookie holds the refresh token.", body = SignedIn,
            headers(("Set-Cookie" = String, description = "`__Host-refresh`"))),
        (status = 202, description = "The password was right; `POST /auth/login/code` opens the session.",
            body = CodeWanted),
        (status = 401, description = "`bad_credentials`: Wrong name or password; never says which.",
            body = inline(serde_json::Value), content_type = "application/problem+json"),
    ),
)]
#[post("/auth/login")]
async fn login(
    request: HttpRequest,
    auth: web::Data<Auth>,
    store: web::Data<Store>,
    body: Body,
) -> Result<HttpResponse> {
    let Login { username, password } = body.valid()?;
    let username = username.trim().to_lowercase();
    let db = nobody(&request, &store, "sign-in");
    let credential = credentials::of_username(&db, &username).await?;
    let (user_id, hash) = credential.map(|credential| (credential.user_id, credential.password_hash)).unzip();
    let origin = device::origin(&auth, &request, &db.keys(), user_id);
    let attempt = db.write(async |tx| attempts::begin(tx, Guess::Password, &username, &origin).await).await?;
    let right = auth.passwords.verify(password, hash).await?;
    let Some(user_id) = user_id.filter(|_| right) else { return Err(Code::BadCredentials.into()) };
    if second_factors::state(&db, user_id).await?.active_since.is_some() {
        let issued = db.write(async |tx| {
            attempts::forgive(tx, &attempt).await?;
            challenges::issue(tx, user_id).await
        });
        let wanted = CodeWanted { challenge: issued.await?, expires_in: challenges::LIFETIME.num_seconds() };
        return Ok(HttpResponse::Accepted().json(wanted));
    }
    let address = client_address(&request).to_string();
    let open = db.write(async |tx| {
        attempts::forgive(tx, &attempt).await?;
        sessions::open(tx, user_id, &address, agent(&request)).await
    });
    auth.signed_in(&request, &db, open.await?).await
}

/// The second step of a sign-in.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct LoginCode {
    /// From the first step.
    #[validate(length(max = 100, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 100)]
    challenge: String,
    /// What the authenticator app shows, or a recovery code; spaces and dashes do not matter.
    #[validate(length(max = 60, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 60, example = "492039")]
    code: String,
}

/// Finish a sign-in with a code. Each code is good once: the present one of the app, the one before or the one after.
#[utoipa::path(
    tag = "platform",
    operation_id = "sign_in_with_code",
    request_body = inline(LoginCode),
    extensions(("x-public" = json!(true))),
    responses(
        (status = 200, description = "Signed in. The cookie holds the refresh token.", body = SignedIn,
            headers(("Set-Cookie" = String, description = "`__Host-refresh`"))),
        (status = 401, description = "`bad_code`: The code is wrong or was used; or `sign_in_expired`: the challenge is \
            older than five minutes, was used, or the password has changed since. Begin again with name and password.",
            body = inline(serde_json::Value), content_type = "application/problem+json"),
    ),
)]
#[post("/auth/login/code")]
async fn login_with_code(
    request: HttpRequest,
    auth: web::Data<Auth>,
    store: web::Data<Store>,
    body: Body,
) -> Result<HttpResponse> {
    let LoginCode { challenge, code } = body.valid()?;
    let db = nobody(&request, &store, "sign-in");
    let holder = challenges::holder(&db, &challenge).await?;
    let user_id = holder.ok_or(Refusal::from(Code::SignInExpired))?;
    let address = client_address(&request).to_string();
    let origin = device::origin(&auth, &request, &db.keys(), Some(user_id));
    let open = proof::by_code(&db, &origin, user_id, &code, async |tx| {
        if !challenges::take(tx, &challenge).await? {
            return Err(Code::SignInExpired.into());
        }
        sessions::open(tx, user_id, &address, agent(&request)).await
    });
    auth.signed_in(&request, &db, open.await?.ok_or(Refusal::from(Code::BadCode))?).await
}

/// Get the next access token. Each refresh token is good once; one that comes again after ten seconds ends the session, and
/// its owner is told (`GET /me/notices`).
#[utoipa::path(
    tag = "platform",
    operation_id = "refresh_session",
    params(
        ("X-Requested-By" = String, Header, description = "Always `crm`.", example = "crm"),
        ("Origin" = String, Header, description = "Sent by browsers; must be this server."),
    ),
    extensions(("x-public" = json!(true))),
    responses(
        (status = 200, description = "The next access token; the cookie holds the next refresh token.", body = SignedIn),
        (status = 401, description = "The session is over.",
            body = inline(serde_json::Value), content_type = "application/problem+json"),
        (status = 403, description = "The request does not come from our own page.",
            body = inline(serde_json::Value), content_type = "application/problem+json"),
    ),
)]
#[post("/auth/refresh")]
async fn refresh(request: HttpRequest, auth: web::Data<Auth>, store: web::Data<Store>) -> Result<HttpResponse> {
    let token = auth.cookie.token(&request)?;
    let db = nobody(&request, &store, "refresh");
    let open = match token {
        Some(token) => db.write(async |tx| sessions::refresh(tx, &token).await).await?,
        None => None,
    };
    match open {
        Some(open) => auth.signed_in(&request, &db, open).await,
        None => Err(Code::Unauthenticated.into()),
    }
}

/// Sign out: the session ends, whichever of its tokens is presented.
#[utoipa::path(
    tag = "platform",
    operation_id = "sign_out",
    params(
        ("X-Requested-By" = String, Header, description = "Always `crm`.", example = "crm"),
        ("Origin" = String, Header, description = "Sent by browsers; must be this server."),
    ),
    extensions(("x-public" = json!(true))),
    responses(
        (status = 204, description = "Signed out; the cookie is taken away."),
        (status = 403, description = "The request does not come from our own page.",
            body = inline(serde_json::Value), content_type = "application/problem+json"),
    ),
)]
#[post("/auth/logout")]
async fn logout(request: HttpRequest, auth: web::Data<Auth>, store: web::Data<Store>) -> Result<HttpResponse> {
    if let Some(token) = auth.cookie.token(&request)? {
        let db = nobody(&request, &store, "sign-out");
        if let Some(session) = db.write(async |tx| sessions::end_by_token(tx, &token).await).await? {
            auth.forget(session).await;
        }
    }
    Ok(HttpResponse::NoContent().cookie(auth.cookie.gone()).finish())
}

/// The public keys that access tokens are signed with, RFC 7517.
#[get("/.well-known/jwks.json")]
pub async fn key_set(auth: web::Data<Auth>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/jwk-set+json")
        .insert_header(("Cache-Control", "public, max-age=300"))
        .body(auth.tokens.key_set().to_string())
}
