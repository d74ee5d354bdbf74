//! A second factor of one's own: a secret that the server shares with an app on the phone, confirmed by a first code,
//! and recovery codes for the day on which the phone is gone.

use actix_web::{HttpResponse, get, post, web};
use domain::error::Code;
use domain::platform::second_factor::{self, Typed};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::{Deserialize, Serialize};
use store::Db;
use store::platform::attempts::{self, Guess};
use store::platform::{second_factors, sessions};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::sign_in::given;
use super::{Auth, Caller, passwords, proof};
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(my_second_factor).service(begin).service(confirm).service(renew_recovery_codes).service(switch_off);
}

/// Whether a person proves more than the password.
#[derive(Serialize, ToSchema)]
pub struct SecondFactor {
    /// Since when a code is asked for at sign-in; nothing if it is not.
    #[schema(format = DateTime)]
    active_since: Option<String>,
    /// Recovery codes that were not used yet.
    #[schema(example = 10)]
    recovery_codes_left: i64,
}

impl SecondFactor {
    pub async fn of(db: &Db, user_id: Uuid) -> Result<Self> {
        let state = second_factors::state(db, user_id).await?;
        Ok(Self {
            active_since: state.active_since.map(domain::instant::format),
            recovery_codes_left: state.recovery_codes_left,
        })
    }
}

/// Is a code asked for when I sign in?
#[utoipa::path(
    tag = "platform",
    operation_id = "my_second_factor",
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The state of the caller's second factor.", body = SecondFactor)),
)]
#[get("/me/second-factor")]
async fn my_second_factor(caller: Caller) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(SecondFactor::of(&caller.own()?, caller.viewer.user_id).await?))
}

/// The present password, as proof.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ByPassword {
    #[validate(length(max = 128, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 128, format = Password)]
    password: String,
}

/// What an authenticator app must learn. The server does not tell it a second time.
#[derive(Serialize, ToSchema)]
struct Enrolment {
    /// In base 32, for typing.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same for an app on this device.
    #[schema(
        example = "otpauth://totp/Zhiyin:li.wei%40crm.example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Zhiyin"
    )]
    uri: String,
    /// The same for the camera of another device: an SVG picture, dark on white whatever surrounds it.
    #[schema(example = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 45 45\"></svg>")]
    qr_code: String,
}

/// Begin to use a second factor. It is asked for only once a first code has confirmed it; until then, and no longer than
/// a quarter of an hour, this can be begun anew.
#[utoipa::path(
    tag = "platform",
    operation_id = "begin_my_second_factor",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = inline(ByPassword),
    responses((status = 200, description = "What the app must learn, this once.", body = Enrolment)),
)]
#[post("/me/second-factor")]
async fn begin(caller: Caller, auth: web::Data<Auth>, body: Body) -> Result<HttpResponse> {
    let db = caller.own()?;
    let ByPassword { password } = body.valid()?;
    let user = proof::by_password(&auth, &db, password, "password").await?;
    let account = format!("{}@{}", user.data.username, auth.host);
    let shared = db.write(async |tx| second_factors::begin(tx, user.stamp.id, &account).await).await?;
    let qr_code = qr_code(&shared.uri).ok_or(Refusal::from(Code::Internal))?;
    Ok(HttpResponse::Ok().json(Enrolment { secret: shared.secret, uri: shared.uri, qr_code }))
}

/// A code that the app shows.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ByCode {
    #[validate(length(max = 60, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 60, example = "492039")]
    code: String,
}

/// Recovery codes, each good for one sign-in without the phone.
#[derive(Serialize, ToSchema)]
struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

/// Confirm the second factor with a first code. From now on one is asked for; all other sessions of the caller end.
#[utoipa::path(
    tag = "platform",
    operation_id = "confirm_my_second_factor",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = inline(ByCode),
    responses((status = 200, description = "The recovery codes, this once.", body = RecoveryCodes)),
)]
#[post("/me/second-factor/confirmation")]
async fn confirm(caller: Caller, auth: web::Data<Auth>, body: Body) -> Result<HttpResponse> {
    let db = because(caller.own()?, "second_factor_on");
    let ByCode { code } = body.valid()?;
    let (user_id, session) = (caller.viewer.user_id, caller.viewer.session_id);
    let (origin, account) = (proof::session(&db), user_id.to_string());
    let attempt = db.write(async |tx| attempts::begin(tx, Guess::Code, &account, &origin).await).await?;
    let typed = Typed::of(&code).ok_or_else(proof::wrong_code)?;
    let codes = Codes::new()?;
    let confirmed = db.write(async |tx| {
        if !second_factors::confirm(tx, user_id, &typed, &codes.plain()).await? {
            return Ok(false);
        }
        attempts::forgive(tx, &attempt).await?;
        sessions::end_all(tx, user_id, Some(session), "second_factor_on").await?;
        Ok(true)
    });
    if !confirmed.await? {
        return Err(proof::wrong_code());
    }
    auth.forget(session).await;
    Ok(codes.answer())
}

/// The present password and a code, as proof.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ByBoth {
    #[validate(length(max = 128, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 128, format = Password)]
    password: String,
    /// From the app, or a recovery code.
    #[validate(length(max = 60, code = "too_long"), custom(function = "given"))]
    #[schema(required = true, max_length = 60, example = "492039")]
    code: String,
}

/// Make new recovery codes. The earlier ones open nothing any more.
#[utoipa::path(
    tag = "platform",
    operation_id = "renew_my_recovery_codes",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = inline(ByBoth),
    responses((status = 200, description = "The recovery codes, this once.", body = RecoveryCodes)),
)]
#[post("/me/second-factor/recovery-codes")]
async fn renew_recovery_codes(caller: Caller, auth: web::Data<Auth>, body: Body) -> Result<HttpResponse> {
    let db = because(caller.own()?, "recovery_codes_renewed");
    let ByBoth { password, code } = body.valid()?;
    let user_id = proof::by_password(&auth, &db, password, "password").await?.stamp.id;
    let codes = Codes::new()?;
    let origin = proof::session(&db);
    let done = proof::by_code(&db, &origin, user_id, &code, async |tx| {
        second_factors::renew_recovery_codes(tx, user_id, &codes.plain()).await
    });
    done.await?.ok_or_else(proof::wrong_code)?;
    Ok(codes.answer())
}

/// Do without a second factor again. Asks for the password and a code, so that an unlocked screen is not enough.
#[utoipa::path(
    tag = "platform",
    operation_id = "switch_off_my_second_factor",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = inline(ByBoth),
    responses((status = 204, description = "Off; the secret and the recovery codes are forgotten.")),
)]
#[post("/me/second-factor/removal")]
async fn switch_off(caller: Caller, auth: web::Data<Auth>, body: Body) -> Result<HttpResponse> {
    let db = because(caller.own()?, "second_factor_off");
    let ByBoth { password, code } = body.valid()?;
    let user_id = proof::by_password(&auth, &db, password, "password").await?.stamp.id;
    let origin = proof::session(&db);
    let done = proof::by_code(&db, &origin, user_id, &code, async |tx| second_factors::switch_off(tx, user_id).await);
    done.await?.ok_or_else(proof::wrong_code)?;
    Ok(HttpResponse::NoContent().finish())
}

/// The same connection, whose changes bear this reason in the history of the person.
pub fn because(mut db: Db, reason: &str) -> Db {
    db.trace.reason = Some(reason.to_owned());
    db
}

/// Fresh recovery codes, in groups that can be copied by hand.
struct Codes(Vec<String>);

impl Codes {
    fn new() -> Result<Self> {
        let codes: Option<_> = (0..second_factor::RECOVERY_CODES).map(|_| passwords::temporary()).collect();
        Ok(Self(codes.ok_or(Refusal::from(Code::Internal))?))
    }

    /// As they are kept.
    fn plain(&self) -> Vec<String> {
        self.0.iter().map(|code| second_factor::plain(code)).collect()
    }

    fn answer(self) -> HttpResponse {
        HttpResponse::Ok().json(RecoveryCodes { recovery_codes: self.0 })
    }
}

/// Modules of quiet space that a camera wants around the code.
const QUIET: i32 = 4;

/// A QR code as a picture of one path.
fn qr_code(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let cells = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dark = cells.filter(|(x, y)| code.get_module(*x, *y));
    let path: String = dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET)).collect();
    let side = code.size() + 2 * QUIET;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_dark_on_white_with_quiet_space_around_it() {
        let svg = qr_code(
            "otpauth://totp/Zhiyin:li.wei%40crm.example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Zhiyin",
        );
        let svg = svg.expect("fits");
        // Version 6 has 41 modules a side; the corner of the first eye stands behind the quiet space.
        assert!(svg.contains("viewBox=\"0 0 49 49\"") && svg.contains("fill=\"#fff\" d=\"M0 0h49v49H0z\""), "{svg}");
        assert!(svg.contains("d=\"M4 4h1v1h-1zM5 4h1v1h-1z"), "{svg}");
        assert!(!svg.contains("M3 "), "nothing in the quiet space");
    }
}
