//! Who calls, and what they may do.

pub mod caller;
pub mod cookie;
mod device;
pub mod first_start;
pub mod me;
pub mod notices;
pub mod passwords;
mod proof;
pub mod quota;
pub mod second_factor;
pub mod setup;
pub mod sign_in;
pub mod tokens;
pub mod upkeep;
mod viewers;

pub use caller::Caller;

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, USER_AGENT};
use actix_web::{HttpMessage, HttpRequest, web};
use domain::error::Code;
use domain::viewer::Viewer;
use store::{Db, Store};

use crate::config::Config;
use crate::http::address::client_address;
use crate::http::error::{Refusal, Result};
use crate::http::request::RequestId;

use cookie::RefreshCookie;
use passwords::Passwords;
use quota::Quota;
use tokens::{Claims, Tokens};
use viewers::Viewers;

/// Everything about signing in that the workers of a process share.
pub struct Auth {
    pub tokens: Tokens,
    pub passwords: Passwords,
    pub cookie: RefreshCookie,
    pub quota: Quota,
    /// The name under which this installation is reached; tells its accounts from those of another in an app.
    pub host: String,
    viewers: Viewers,
}

impl Auth {
    pub fn new(config: &Config, store: &Store) -> anyhow::Result<Self> {
        let public_url = config.public_url();
        Ok(Self {
            cookie: RefreshCookie::new(&public_url),
            host: host_of(&public_url),
            tokens: Tokens::new(&store.keys(), public_url)?,
            passwords: Passwords::default(),
            quota: Quota::new(config.requests_per_minute),
            viewers: Viewers::default(),
        })
    }

    /// What the bearer token of a request says, if it is one of ours.
    fn claims(&self, request: &HttpRequest) -> Option<Claims> {
        if let Some(known) = request.extensions().get::<Claims>() {
            return Some(known.clone());
        }
        let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = header.split_once(' ')?;
        let claims = scheme.eq_ignore_ascii_case("bearer").then(|| self.tokens.read(token.trim())).flatten()?;
        request.extensions_mut().insert(claims.clone());
        Some(claims)
    }

    /// From now on this process asks the database again who holds a session.
    pub async fn forget(&self, session_id: uuid::Uuid) {
        self.viewers.forget(session_id).await;
    }
}

/// The host of an address, without its port. Authenticator apps take a colon for the end of a name.
fn host_of(url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => host.split(':').next(),
    };
    name.unwrap_or_default().replace(':', ".")
}

/// The viewer whom a request's bearer token names.
async fn viewer_of(request: &HttpRequest, store: &Store) -> Result<Arc<Viewer>> {
    let auth = request.app_data::<web::Data<Auth>>().ok_or(Refusal::from(Code::Internal))?;
    let claims = auth.claims(request).ok_or(Refusal::from(Code::Unauthenticated))?;
    let known = auth.viewers.of(store, claims.sid).await?;
    let known = known.filter(|known| known.viewer.user_id == claims.sub);
    known.map(|known| known.viewer.clone()).ok_or_else(|| Code::Unauthenticated.into())
}

/// Whether a request brings a token that we signed.
pub fn has_token(request: &HttpRequest) -> bool {
    request.app_data::<web::Data<Auth>>().is_some_and(|auth| auth.claims(request).is_some())
}

/// A connection for a request whose caller is not known yet.
fn nobody(request: &HttpRequest, store: &Store, reason: &'static str) -> Db {
    let mut db = store.system(reason);
    db.trace.request_id = RequestId::of(request).as_str().to_owned();
    db
}

/// The address that attempts are counted for. Whoever has an IPv6 address has a whole network of them.
fn counted_address(request: &HttpRequest) -> String {
    match client_address(request) {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// What the browser calls itself.
fn agent(request: &HttpRequest) -> &str {
    request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_neither_port_nor_colon() {
        let hosts =
            ["https://crm.example.com", "http://localhost:8080", "http://[::1]:8080/", "https://crm.example.com/x"];
        assert_eq!(hosts.map(host_of), ["crm.example.com", "localhost", "..1", "crm.example.com"]);
    }
}
