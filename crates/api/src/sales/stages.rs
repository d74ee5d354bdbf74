//! The way of opportunities through the stages of their pipeline.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use domain::error::{Code, Error, Fault};
use domain::resource::Resource;
use domain::sales::visits::{Passage, Visit};
use domain::sales::{Opportunity, Pipeline};
use serde::{Deserialize, Serialize};
use store::sales::visits;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::Caller;
use crate::http::error::{Refusal, Result};
use crate::http::query;

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(stages_of_opportunity).service(conversion_of_pipeline);
}

#[derive(Serialize, ToSchema)]
struct Visits {
    data: Vec<Visit>,
}

#[derive(Serialize, ToSchema)]
struct Conversion {
    data: Vec<Passage>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Between {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// Through which stages did an opportunity go, and how long did it stand in each?
#[utoipa::path(
    tag = "sales",
    operation_id = "list_opportunity_stages",
    params(("id" = Uuid, Path, description = "The opportunity.")),
    extensions(("x-permission" = json!("opportunities.read"))),
    responses((status = 200, description = "The visits of stages, first to last.", body = Visits)),
)]
#[get("/opportunities/{id}/stages")]
async fn stages_of_opportunity(caller: Caller, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let db = caller.authorize(Opportunity::READ)?;
    let data = visits::of_opportunity(&db, *id).await?;
    Ok(HttpResponse::Ok().json(Visits { data }))
}

/// How many opportunities went on from each stage of a pipeline, and how long did it take them? Counted are those that the
/// caller sees and that entered a stage between the two days, both included.
#[utoipa::path(
    tag = "sales",
    operation_id = "show_pipeline_conversion",
    params(
        ("id" = Uuid, Path, description = "The pipeline."),
        ("from" = Option<NaiveDate>, Query, description = "The first day on which a stage was entered."),
        ("to" = Option<NaiveDate>, Query, description = "The last day on which a stage was entered."),
    ),
    extensions(("x-permission" = json!("pipelines.read"))),
    responses((status = 200, description = "What became of them, stage by stage.", body = Conversion)),
)]
#[get("/pipelines/{id}/conversion")]
async fn conversion_of_pipeline(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(Pipeline::READ)?;
    let Between { from, to } = query::of(&request)?;
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        let fault = Fault::new("to", "before_from");
        return Err(Refusal(Error { faults: vec![fault], ..Error::new(Code::BadParameter) }));
    }
    let data = visits::of_pipeline(&db, *id, (from, to)).await?;
    Ok(HttpResponse::Ok().json(Conversion { data }))
}
