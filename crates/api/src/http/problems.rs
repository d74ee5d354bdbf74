//! The pages that the `type` of a problem leads to: what a code means, for whoever meets it in a log.

use std::collections::BTreeMap;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::error::Code;
use domain::messages;

use super::fault;

pub fn configure(app: &mut web::ServiceConfig) {
    app.route("/problems/{code}", web::get().to(page));
}

async fn page(request: HttpRequest, word: web::Path<String>) -> HttpResponse {
    let Some(code) = Code::ALL.iter().find(|code| code.word() == word.as_str()) else {
        return fault::refuse(&request, Code::NotFound);
    };
    let locale = fault::locale(&request);
    let words = |ending: &str| messages::text(locale, &format!("problem.{}{ending}", code.word()), &BTreeMap::new());
    let (title, detail) = (words(""), words(".detail"));
    let (language, status, code) = (locale.word(), code.status(), code.word());
    // Nothing in this page comes from outside, so nothing needs escaping.
    let html = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><title>{title}</title>\
         <h1>{title}</h1><p>{detail}</p><p><code>{status} {code}</code></p></html>"
    );
    HttpResponse::Ok().content_type("text/html; charset=utf-8").insert_header((CACHE_CONTROL, "no-cache")).body(html)
}
