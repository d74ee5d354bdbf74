//! The OpenAPI document and a page to try it out on, both served from the executable alone.

use std::sync::{Arc, LazyLock, Mutex};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::{HttpResponse, web};
use domain::catalogue::Edition;
use serde_json::Value;
use utoipa_swagger_ui::Config;

use crate::auth::Caller;
use crate::openapi;

/// The page styles itself inline, which the application's own pages may not.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the program serves, whoever asks.
static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// The document of the edition that was asked for last.
type Latest = Mutex<Option<(Edition, Arc<str>)>>;

/// Both stand beside the API's scope: they are about it, not part of it.
pub fn configure(app: &mut web::ServiceConfig) {
    app.app_data(web::Data::new(Latest::default()))
        .route("/api/v1/openapi.json", web::get().to(document))
        .route("/api/v1/docs", web::get().to(|| async { web::Redirect::to("/api/v1/docs/") }))
        .route("/api/v1/docs/{file:.*}", web::get().to(page));
}

/// The document; for who is signed in, with the fields that administrators made.
async fn document(caller: Option<Caller>, latest: web::Data<Latest>) -> HttpResponse {
    let edition = caller.map_or(Edition::BUILT, |caller| Edition::of(caller.store().catalogue()));
    let mut latest = latest.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let document = match &*latest {
        Some((known, document)) if *known == edition => document.clone(),
        _ => Arc::from(openapi::of_edition(DOCUMENT.clone(), edition.catalogue()).to_string()),
    };
    *latest = Some((edition, document.clone()));
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(document.to_string())
}

async fn page(file: web::Path<String>) -> HttpResponse {
    let config = Config::from("/api/v1/openapi.json").try_it_out_enabled(true).persist_authorization(false);
    match utoipa_swagger_ui::serve(&file, Arc::new(config)) {
        Ok(Some(found)) => HttpResponse::Ok()
            .content_type(found.content_type)
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(found.bytes.into_owned()),
        _ => HttpResponse::NotFound().finish(),
    }
}
