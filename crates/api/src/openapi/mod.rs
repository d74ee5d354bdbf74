//! The OpenAPI document, generated from the routes that serve. `openapi/zhiyin.json` is its committed copy.
//!
//! What every operation shares (failures, security, examples) is added here once, for the whole document.

mod background;
pub mod crud;
mod examples;
mod samples;
pub mod schemas;
mod shared;
mod summary;

use domain::catalogue::Catalogue;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::OpenApiFactory;

use crate::routes;

/// The whole document.
pub fn document() -> Value {
    let api = routes::api();
    let mut schemas = Vec::new();
    api.schemas(&mut schemas);
    let mut document = OpenApi::default();
    document.paths = api.paths();
    let components = document.components.get_or_insert_default();
    components.schemas.extend(schemas);
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["openapi"] = "3.1.0".into();
    document["info"] = json!({
        "title": "Zhiyin",
        "version": "1",
        "summary": "The interface of Zhiyin (知音), an enterprise CRM.",
        "description": INTRODUCTION,
        "contact": {"name": "Zhiyin", "url": "https://zhiyin.example/"},
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    });
    document["servers"] = json!([{"url": "/", "description": "The server that this document came from."}]);
    document["tags"] = shared::tags();
    shared::complete(&mut document);
    examples::add(&mut document);
    document
}

/// The document of an edition of the catalogue: that of the program, with the fields that administrators made.
pub fn of_edition(mut document: Value, catalogue: &Catalogue) -> Value {
    for definition in catalogue.iter().filter(|definition| !definition.custom.is_empty()) {
        let mut schemas = Vec::new();
        crud::schemas(definition, &mut schemas);
        for (name, schema) in schemas {
            let earlier = document["components"]["schemas"][&name].take();
            let mut schema = serde_json::to_value(schema).unwrap_or_default();
            // What was said of all schemas at once was said of this one, too.
            if let Some(examples) = earlier.get("examples") {
                schema["examples"] = examples.clone();
            }
            document["components"]["schemas"][name] = schema;
        }
    }
    document
}

const INTRODUCTION: &str = "JSON over HTTP, UTF-8, `snake_case`. Instants are RFC 3339 in UTC with microseconds, calendar \
days `YYYY-MM-DD`, ids UUIDs. Every failure is `application/problem+json` (RFC 9457) with a stable `code`. A change of an \
existing record needs `If-Match` with the ETag that was read. A request with an `Idempotency-Key` can be repeated safely \
for seven days. Lists are walked by cursor. Other systems write by their own names for records (`by-external`), and many \
changes at once (`batch`). Within this version things are only added: ignore members that you do not know, and be ready \
for new words where an enumeration says `x-open-enum`.";
