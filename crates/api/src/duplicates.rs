//! Duplicates over HTTP: what a draft is told of before it is saved, and the word by which it is saved all the same.

use actix_web::{HttpRequest, HttpResponse, web};
use domain::permission::Action;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::Db;
use uuid::Uuid;

use crate::auth::Caller;
use crate::crud::{Served, permission};
use crate::http::body::Body;
use crate::http::error::Result;
use crate::http::query;

/// The service of one resource.
pub fn resource(of: Served) -> actix_web::Resource {
    let check = web::post().to(move |caller, body| check(of, caller, body));
    web::resource(format!("/{}/duplicates", of.definition().name)).route(check)
}

/// What somebody is about to save.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    draft: Map<String, Value>,
    /// The record that it changes.
    #[serde(default)]
    id: Option<Uuid>,
}

async fn check(of: Served, caller: Caller, body: Body) -> Result<HttpResponse> {
    // Who may change records and make none asks too.
    let held = [Action::Create, Action::Update].map(|action| permission(of, action));
    let held = held.into_iter().find(|permission| caller.viewer.rights.may(*permission));
    let db = caller.authorize(held.unwrap_or(permission(of, Action::Create)))?;
    let Asked { draft, id } = body.json()?;
    let alike = of.duplicates(&db, &draft, id).await?;
    Ok(HttpResponse::Ok().json(json!({"data": alike})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Writing {
    #[serde(default)]
    allow_duplicates: bool,
}

/// Lets a write pass that a rule would refuse, if the caller says so and is one who puts duplicates together.
pub fn allowing(of: Served, mut db: Db, request: &HttpRequest) -> Result<Db> {
    if !of.definition().merged {
        return Ok(db);
    }
    let Writing { allow_duplicates } = query::of(request)?;
    if allow_duplicates {
        db.rows(permission(of, Action::Merge))?;
        db.trace.allow_duplicates = true;
    }
    Ok(db)
}
