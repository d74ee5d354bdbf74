//! The OpenAPI document and a page to try it out on, both served from the executable alone.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::openapi;

/// The page styles itself inline, which the application's own pages may not.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

static DOCUMENT: LazyLock<String> = LazyLock::new(|| openapi::document().to_string());

/// Both stand beside the API's scope: they are about it, not part of it.
pub fn configure(app: &mut web::ServiceConfig) {
    app.route("/api/v1/openapi.json", web::get().to(document))
        .route("/api/v1/docs", web::get().to(|| async { web::Redirect::to("/api/v1/docs/") }))
        .route("/api/v1/docs/{file:.*}", web::get().to(page));
}

async fn document() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(DOCUMENT.as_str())
}

async fn page(file: web::Path<String>) -> HttpResponse {
    let config = Config::from("/api/v1/openapi.json").try_it_out_enabled(true).persist_authorization(false);
    match utoipa_swagger_ui::serve(&file, std::sync::Arc::new(config)) {
        Ok(Some(found)) => HttpResponse::Ok()
            .content_type(found.content_type)
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(found.bytes.into_owned()),
        _ => HttpResponse::NotFound().finish(),
    }
}
