//! Records by the names that other systems give them: made if nobody bears the name, changed if somebody does.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::error::{Error, Fault};
use domain::resource::ExternalId;
use store::external_ids;

use crate::auth::Caller;
use crate::crud::{Served, answer, created};
use crate::http::body::Body;
use crate::http::conditional::precondition;
use crate::http::error::{Refusal, Result};
use crate::http::write;

/// The service of one resource.
pub fn resource<R: Served>() -> actix_web::Resource {
    web::resource(format!("/{}/by-external/{{system}}/{{external_id}}", R::NAME)).route(web::patch().to(upsert::<R>))
}

async fn upsert<R: Served>(
    caller: Caller,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    // Which of the two it takes is known only when the record was looked for.
    let db = caller.authorize(R::CREATE).or_else(|_| caller.authorize(R::UPDATE))?;
    let patch = body.patch()?;
    let precondition = precondition(&request)?;
    let (system, id) = path.into_inner();
    let name = named(system, id)?;
    write::execute(&request, &body, db, async move |tx| {
        let upserted = external_ids::upsert::<R>(tx, &name, &precondition, &patch).await?;
        Ok(match upserted.created {
            true => created(tx.db(), &upserted.record),
            false => answer(tx.db(), StatusCode::OK, &upserted.record),
        })
    })
    .await
}

/// The name in the address; its faults point at the parts of the address.
fn named(system: String, id: String) -> Result<ExternalId> {
    let name = ExternalId { system, id };
    let part = |mut fault: Fault| {
        fault.pointer = if fault.pointer == "/id" { "external_id".into() } else { "system".into() };
        fault
    };
    let faults: Vec<_> = name.faults().into_iter().map(part).collect();
    if faults.is_empty() { Ok(name) } else { Err(Refusal(Error::invalid(faults))) }
}
