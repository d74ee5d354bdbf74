//! The browser client, embedded in the executable and served as the build compressed it.
//!
//! Names with a content hash may be kept for ever; everything else is asked for again. Any address that a browser
//! navigates to gets `index.html`, because the client routes by itself. A missing file is a 404 all the same: a browser
//! that is given a page in place of a script reports a baffling error.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::{Embed, EmbeddedFile};

/// What `cargo xtask web` built. In a debug build it is read from disk at every request.
#[derive(Embed)]
#[folder = "$CLIENT_DIST"]
#[allow_missing = true]
struct Dist;

/// The page for somebody who started the server without building the client.
const NOT_BUILT: &str = include_str!("not_built.html");

/// The ways in which the build has compressed a file, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Answers with a file of the client or, for a navigation, with its page; `None` if the request is for neither.
pub fn answer(request: &HttpRequest) -> Option<HttpResponse> {
    if request.method() != Method::GET {
        return None;
    }
    let path = request.path().trim_start_matches('/');
    if !path.is_empty() && path != "index.html" && Dist::get(path).is_some() {
        return serve(request, path);
    }
    if !is_navigation(request, path) {
        return None;
    }
    Some(serve(request, "index.html").unwrap_or_else(|| {
        HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/html; charset=utf-8")).body(NOT_BUILT)
    }))
}

fn serve(request: &HttpRequest, path: &str) -> Option<HttpResponse> {
    let (file, encoding) = choose(path, accepted(request))?;
    let tag = format!("\"{}\"", hexadecimal(&file.metadata.sha256_hash()[..16]));
    let fresh = header(request, IF_NONE_MATCH).split(',').any(|known| known.trim() == tag);
    let mut response = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, lifetime(path)))
        .insert_header((VARY, "accept-encoding"));
    if fresh {
        return Some(response.finish());
    }
    if let Some(encoding) = encoding {
        response.insert_header((CONTENT_ENCODING, encoding));
    }
    Some(response.insert_header((CONTENT_TYPE, media_type(path))).body(file.data.into_owned()))
}

/// The smallest form of a file that the browser can read.
fn choose(path: &str, accepted: &str) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let compressed = ENCODINGS.iter().filter(|(name, _)| accepts(accepted, name));
    let found =
        compressed.filter_map(|(name, ending)| Some((Dist::get(&format!("{path}{ending}"))?, Some(*name)))).next();
    found.or_else(|| Some((Dist::get(path)?, None)))
}

/// Whether a list such as `gzip, br;q=0.5, zstd;q=0` allows an encoding.
fn accepts(list: &str, encoding: &str) -> bool {
    list.split(',').any(|entry| {
        let (name, quality) = entry.split_once(";q=").unwrap_or((entry, "1"));
        name.trim().eq_ignore_ascii_case(encoding) && quality.trim().parse() != Ok(0.0)
    })
}

/// A person opened this address, rather than a page asking for one of its files.
fn is_navigation(request: &HttpRequest, path: &str) -> bool {
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let is_api = path == "api" || path.starts_with("api/");
    !is_file && !is_api && header(request, ACCEPT).contains("text/html")
}

/// A hash in the name, as in `app-3f9c2a1b7d4e6f80.wasm`, changes with the content.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut parts = name.split(['-', '.']).skip(1);
    parts.any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn lifetime(path: &str) -> &'static str {
    if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "md" => "text/markdown; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn accepted(request: &HttpRequest) -> &str {
    header(request, ACCEPT_ENCODING)
}

fn header(request: &HttpRequest, name: actix_web::http::header::HeaderName) -> &str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("app-3f9c2a1b7d4e6f80.wasm"));
        assert!(is_hashed("assets/style.0123456789abcdef.css"));
        assert!(!is_hashed("index.html"));
        assert!(!is_hashed("app-loader.js"));
        assert!(!is_hashed("3f9c2a1b7d4e6f80"));
    }

    #[test]
    fn an_encoding_with_quality_zero_is_refused() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("gzip;q=0.5", "gzip"));
        assert!(!accepts("gzip;q=0, br", "gzip"));
        assert!(!accepts("", "br"));
    }

    #[test]
    fn a_missing_file_is_not_a_navigation() {
        let navigation = |path: &str| {
            let request = TestRequest::with_uri(path).insert_header((ACCEPT, "text/html,*/*"));
            is_navigation(&request.to_http_request(), path.trim_start_matches('/'))
        };
        assert!(navigation("/"));
        assert!(navigation("/relations/customers"));
        assert!(!navigation("/assets/chunk-0123456789abcdef.wasm"));
        assert!(!navigation("/api/v1/nothing"));
        let script = TestRequest::with_uri("/customers").insert_header((ACCEPT, "*/*"));
        assert!(!is_navigation(&script.to_http_request(), "customers"));
    }
}
