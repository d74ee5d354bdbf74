//! The cookie that carries the refresh token, and the proof that our own page sent it.
//!
//! Over https, and on the machine itself, the cookie is `__Host-refresh`: bound to this host, sent over secure connections
//! only, out of reach of scripts and of other sites. Browsers count `localhost` as secure. Any other address without
//! https gets a plain cookie, which somebody on the way can read; a line in the log says so at start.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{HOST, HeaderName, ORIGIN};
use chrono::{DateTime, Utc};
use domain::error::Code;

use crate::http::error::{Refusal, Result};

const REQUESTED_BY: HeaderName = HeaderName::from_static("x-requested-by");

/// How this installation writes its cookie.
#[derive(Clone, Debug)]
pub struct RefreshCookie {
    secure: bool,
    origin: String,
}

impl RefreshCookie {
    pub fn new(public_url: &str) -> Self {
        let origin = origin_of(public_url);
        let secure = origin.starts_with("https://") || is_local(&origin);
        if !secure {
            tracing::warn!("{origin} is neither https nor this machine: sign-in cookies can be read on the way");
        }
        Self { secure, origin }
    }

    /// A cookie bound to this host, where browsers allow it.
    pub fn named(&self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    fn name(&self) -> String {
        self.named("refresh")
    }

    /// The cookie with a token, until the session ends.
    pub fn with(&self, token: String, expires_at: DateTime<Utc>) -> Cookie<'static> {
        self.build(self.name(), token, (expires_at - Utc::now()).num_seconds().max(0))
    }

    /// The cookie that takes an earlier one away.
    pub fn gone(&self) -> Cookie<'static> {
        self.build(self.name(), String::new(), 0)
    }

    /// A cookie that only our own page sends back, out of reach of scripts.
    pub fn build(&self, name: String, value: String, seconds: i64) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Strict)
            .max_age(Duration::seconds(seconds))
            .finish()
    }

    /// The token that came with a request of our own page.
    pub fn token(&self, request: &HttpRequest) -> Result<Option<String>> {
        self.refuse_foreign(request)?;
        Ok(request.cookie(&self.name()).map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty()))
    }

    /// Another site can make a browser send our cookie, but neither this header nor our origin.
    fn refuse_foreign(&self, request: &HttpRequest) -> Result<()> {
        let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
        let asked = header(REQUESTED_BY) == Some("crm");
        let origin = header(ORIGIN).unwrap_or_default();
        // A page under another name of this server is its own, too: the cookie never leaves its host.
        let same_host = origin.split_once("://").map(|(_, host)| host) == header(HOST) && header(HOST).is_some();
        if asked && (origin == self.origin || same_host) { Ok(()) } else { Err(Refusal::from(Code::Forbidden)) }
    }
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let host = rest.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let usual = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(&host))
}

fn is_local(origin: &str) -> bool {
    let host = origin.trim_start_matches("http://");
    let host = if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() };
    matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn request(origin: &str, host: &str, by: &str) -> HttpRequest {
        TestRequest::post()
            .insert_header((ORIGIN, origin))
            .insert_header((HOST, host))
            .insert_header((REQUESTED_BY, by))
            .cookie(Cookie::new("__Host-refresh", "abc"))
            .to_http_request()
    }

    #[test]
    fn the_cookie_is_bound_to_its_host() {
        let cookie =
            RefreshCookie::new("https://crm.example.com").with("abc".into(), Utc::now() + chrono::TimeDelta::hours(1));
        let text = cookie.to_string();
        for part in ["__Host-refresh=abc", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("Domain"), "{text}");
        assert!(RefreshCookie::new("http://[::1]:8080").gone().to_string().starts_with("__Host-refresh="));
        let plain = RefreshCookie::new("http://crm.example.com").gone().to_string();
        assert!(plain.starts_with("refresh=") && !plain.contains("Secure") && plain.contains("Max-Age=0"), "{plain}");
    }

    #[test]
    fn only_our_own_page_is_heard() {
        let cookie = RefreshCookie::new("https://crm.example.com:443/");
        let heard = |origin, host, by| cookie.token(&request(origin, host, by)).is_ok_and(|token| token.is_some());
        assert!(heard("https://crm.example.com", "backend:8080", "crm"));
        assert!(heard("http://localhost:8080", "localhost:8080", "crm"));
        assert!(!heard("https://evil.example.com", "crm.example.com", "crm"));
        assert!(!heard("null", "crm.example.com", "crm"));
        assert!(!heard("", "", "crm"));
        assert!(!heard("https://crm.example.com", "crm.example.com", "form"));
        assert!(!heard("https://crm.example.com.evil.com", "crm.example.com", "crm"));
    }
}
