//! Devices on which somebody signed in before. Guesses that strangers make at the same name do not slow them down.
//!
//! A device knows itself by a cookie that is bound to one account and to this installation's keys; it opens nothing. Each
//! account has its own, so that two people at one desk do not take it from each other.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use store::KeyRing;
use store::platform::attempts::Origin;
use uuid::Uuid;

use super::{Auth, counted_address};

/// Browsers keep no cookie for longer.
const LIFE_SECONDS: i64 = 400 * 24 * 3600;

/// Where an attempt at an account comes from: a device that it knows, or an address.
pub fn origin(auth: &Auth, request: &HttpRequest, keys: &KeyRing, user_id: Option<Uuid>) -> Origin {
    match user_id.and_then(|user_id| known(auth, request, keys, user_id)) {
        Some(device) => Origin::Known(device),
        None => Origin::Address(counted_address(request)),
    }
}

/// The device of a request, if the account signed in there before.
fn known(auth: &Auth, request: &HttpRequest, keys: &KeyRing, user_id: Uuid) -> Option<Uuid> {
    let cookie = request.cookie(&name(auth, keys, user_id))?;
    let (device, seal) = cookie.value().split_once('.')?;
    let device = device.parse().ok()?;
    (seal == self::seal(keys, user_id, device)).then_some(device)
}

/// The cookie that makes a device known to an account, or keeps it so.
pub fn cookie(auth: &Auth, request: &HttpRequest, keys: &KeyRing, user_id: Uuid) -> Cookie<'static> {
    let device = known(auth, request, keys, user_id).unwrap_or_else(Uuid::new_v4);
    let value = format!("{device}.{}", seal(keys, user_id, device));
    auth.cookie.build(name(auth, keys, user_id), value, LIFE_SECONDS)
}

/// Tells nobody which account it is.
fn name(auth: &Auth, keys: &KeyRing, user_id: Uuid) -> String {
    let tag = keys.tag(&[b"device-name", user_id.as_bytes()]);
    auth.cookie.named(&format!("device-{}", BASE64.encode(&tag[..6])))
}

fn seal(keys: &KeyRing, user_id: Uuid, device: Uuid) -> String {
    BASE64.encode(keys.tag(&[b"device", user_id.as_bytes(), device.as_bytes()]))
}
