//! Records by the names that other systems give them: made if nobody bears the name, changed if somebody does.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::error::{Error, Fault};
use domain::permission::Action;
use domain::resource::ExternalId;

use crate::auth::Caller;
use crate::crud::{Served, answer, created, permission};
use crate::http::body::Body;
use crate::http::conditional::precondition;
use crate::http::error::{Refusal, Result};
use crate::http::write;

/// The service of one resource.
pub fn resource(of: Served) -> actix_web::Resource {
    let upsert = web::patch().to(move |caller, path, request, body| upsert(of, caller, path, request, body));
    web::resource(format!("/{}/by-external/{{system}}/{{external_id}}", of.definition().name)).route(upsert)
}

async fn upsert(
    of: Served,
    caller: Caller,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    // Which of the two it takes is known only when the record was looked for.
    let db = caller.authorize(permission(of, Action::Create));
    let db = db.or_else(|_| caller.authorize(permission(of, Action::Update)))?;
    let patch = body.patch()?;
    let precondition = precondition(&request)?;
    let (system, id) = path.into_inner();
    let name = named(system, id)?;
    write::execute(&request, &body, db, async move |tx| {
        let (shown, is_new) = of.upsert(tx, &name, &precondition, &patch).await?;
        Ok(match is_new {
            true => created(of, tx.db(), &shown),
            false => answer(of, tx.db(), StatusCode::OK, &shown),
        })
    })
    .await
}

/// The name in the address; its faults point at the parts of the address.
fn named(system: String, id: String) -> Result<ExternalId> {
    let name = ExternalId::of(&system, &id);
    let part = |mut fault: Fault| {
        fault.pointer = if fault.pointer == "/id" { "external_id".into() } else { "system".into() };
        fault
    };
    let faults: Vec<_> = name.faults().into_iter().map(part).collect();
    if faults.is_empty() { Ok(name) } else { Err(Refusal(Error::invalid(faults))) }
}
