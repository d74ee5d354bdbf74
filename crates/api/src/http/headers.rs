//! Headers that every response carries, errors and static files included.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

use crate::auth::quota::Left;

/// The client is WASM, which needs a word of its own; everything else comes from our own origin or not at all.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: \
                      blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action \
                      'self'; frame-ancestors 'none'; object-src 'none'";

const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// What is known of an answer's headers before there is an answer.
#[derive(Clone, Copy, Debug)]
pub struct Finish {
    pub https: bool,
    /// What is left of the caller's quota.
    pub left: Option<Left>,
}

impl Finish {
    pub fn complete(self, headers: &mut HeaderMap) {
        complete(headers, self.https);
        if let Some(left) = self.left {
            left.write(headers);
        }
    }
}

/// Adds what is missing; a handler that set a header itself knows better.
fn complete(headers: &mut HeaderMap, https: bool) {
    for (name, value) in ALWAYS {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
    // Whatever did not say that it may be kept may hold somebody's data.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    // Over plain http browsers ignore it, and on a laptop it would lock other ports out.
    if https {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_may_be_kept_unless_it_says_so() {
        let mut headers = HeaderMap::new();
        complete(&mut headers, false);
        assert_eq!(headers.get(CACHE_CONTROL).expect("set"), "no-store");
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        complete(&mut headers, true);
        assert_eq!(headers.get(CACHE_CONTROL).expect("kept"), "no-cache");
        assert!(headers.contains_key(STRICT_TRANSPORT_SECURITY));
    }
}
