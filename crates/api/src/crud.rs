//! The five verbs over HTTP, once for all resources.
//!
//! `crud::of::<Customer>()` serves `/customers` with everything that follows from the declaration of the resource, and
//! documents it; see `openapi.rs` for the words.

use std::marker::PhantomData;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderName, LINK};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::error::{Code, Error, Fault};
use domain::listing::{Listing, PageInfo};
use domain::resource::{Definition, Resource, Verb};
use serde::{Deserialize, Serialize};
use store::records::{self, Seen};
use store::{Db, Listed, Stored, history};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::Schema;
use utoipa_actix_web::OpenApiFactory;
use uuid::Uuid;

use crate::auth::Caller;
use crate::http::body::Body;
use crate::http::conditional::{if_match, is_known, quoted};
use crate::http::error::{Refusal, Result};
use crate::http::write::{self, Answer};
use crate::http::{listing, query};
use crate::operations::{batch, bulk};
use crate::present::{self, Presented, Wanted};
use crate::{by_external, openapi};

const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
const PATCH_TYPES: &str = "application/merge-patch+json, application/json";

/// What a resource must be for the generic verbs.
pub trait Served: Stored + Default {}
impl<R: Stored + Default> Served for R {}

/// The service of one resource.
pub struct Crud<R>(PhantomData<R>);

pub fn of<R: Served>() -> Crud<R> {
    Crud(PhantomData)
}

impl<R: Served> HttpServiceFactory for Crud<R> {
    fn register(self, config: &mut AppService) {
        let offers = |verb| R::VERBS.contains(&verb);
        let path = |rest: &str| format!("/{}{rest}", R::NAME);
        let mut collection = web::resource(path(""));
        let mut record = web::resource(path("/{id}"));
        if offers(Verb::List) {
            collection = collection.route(web::get().to(list::<R>));
            web::resource(path("/search")).route(web::post().to(search::<R>)).register(config);
        }
        if offers(Verb::Create) {
            collection = collection.route(web::post().to(create::<R>));
        }
        if offers(Verb::Find) {
            record = record.route(web::get().to(find::<R>));
            web::resource(path("/{id}/history")).route(web::get().to(history_of::<R>)).register(config);
        }
        if offers(Verb::Update) {
            record = record.route(web::patch().to(update::<R>));
            web::resource(path("/{id}/assign")).route(web::post().to(assign::<R>)).register(config);
        }
        if offers(Verb::Delete) {
            record = record.route(web::delete().to(delete::<R>));
            web::resource(path("/{id}/restore")).route(web::post().to(restore::<R>)).register(config);
        }
        if R::FIELDS.iter().any(|field| field.personal) {
            web::resource(path("/{id}/mask-reveal")).route(web::post().to(reveal::<R>)).register(config);
        }
        if offers(Verb::Update) && offers(Verb::Delete) {
            bulk::resource::<R>().register(config);
        }
        if offers(Verb::Create) && offers(Verb::Update) {
            by_external::resource::<R>().register(config);
        }
        if [Verb::Create, Verb::Update, Verb::Delete].into_iter().all(offers) {
            batch::resource::<R>().register(config);
        }
        collection.register(config);
        record.register(config);
    }
}

impl<R: Served> OpenApiFactory for Crud<R> {
    fn paths(&self) -> Paths {
        openapi::crud::paths(&Definition::of::<R>())
    }

    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        openapi::crud::schemas(&Definition::of::<R>(), schemas);
    }
}

/// A page of records.
#[derive(Serialize)]
#[serde(bound = "")]
struct PageBody<'a, R: Resource> {
    data: Vec<Presented<'a, R>>,
    page: &'a PageInfo,
}

async fn list<R: Served>(caller: Caller, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(R::READ)?;
    let listing = listing::of_query(&request)?;
    let listed = records::list::<R>(&db, &listing).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((LINK, links(&request, &listing, &listed.page)));
    Ok(response.json(page(&db, &listing, &listed).await?))
}

/// The same list, asked for with a body: filters too long or too deep for an address.
async fn search<R: Served>(caller: Caller, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(R::READ)?;
    let listing: Listing = body.json()?;
    let listed = records::list::<R>(&db, &listing).await?;
    Ok(HttpResponse::Ok().json(page(&db, &listing, &listed).await?))
}

async fn page<'a, R: Served>(db: &Db, listing: &Listing, listed: &'a Listed<R>) -> Result<PageBody<'a, R>> {
    let wanted = Wanted { fields: listing.fields.as_deref(), expand: &listing.expand };
    let Some(q) = &listing.q else {
        return Ok(PageBody { data: present::records(db, &listed.records, &wanted).await?, page: &listed.page });
    };
    let mut objects = present::objects(db, &listed.records, &wanted).await?;
    for (object, why) in objects.iter_mut().zip(store::search::why(db, &listed.records, q).await?) {
        object.insert("matches".into(), serde_json::to_value(why).unwrap_or_default());
    }
    Ok(PageBody { data: objects.into_iter().map(Presented::Made).collect(), page: &listed.page })
}

/// RFC 8288 links to the first page and the next one.
fn links(request: &HttpRequest, listing: &Listing, page: &PageInfo) -> String {
    let link = |cursor: Option<String>, relation: &str| {
        let query = Listing { cursor, ..listing.clone() }.to_query();
        let query: Vec<String> =
            query.iter().map(|(key, value)| format!("{}={}", escaped(key), escaped(value))).collect();
        format!("<{}?{}>; rel=\"{relation}\"", request.path(), query.join("&"))
    };
    let next = page.next_cursor.clone().map(|cursor| link(Some(cursor), "next"));
    [Some(link(None, "first")), next].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Percent-encodes everything that has a meaning in a query string.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
            escaped.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    escaped
}

async fn find<R: Served>(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(R::READ)?;
    let query = listing::of_query(&request)?;
    let strange = Listing { fields: None, expand: Vec::new(), ..query.clone() } != Listing::default();
    if strange {
        return Err(Refusal(Error::at(Code::BadParameter, Fault::new("", "unknown"))));
    }
    query.check(&Definition::of::<R>())?;
    let seen = records::find::<R>(&db, *id).await?;
    let etag = records::etag(&db, seen.stamp().version);
    if is_known(&request, &etag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, quoted(&etag))).finish());
    }
    let wanted = Wanted { fields: query.fields.as_deref(), expand: &query.expand };
    let record = present::records(&db, std::slice::from_ref(&seen), &wanted).await?.pop();
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, quoted(&etag))).insert_header((ACCEPT_PATCH, PATCH_TYPES));
    Ok(response.json(record))
}

async fn create<R: Served>(caller: Caller, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(R::CREATE)?;
    let draft = body.object()?;
    write::execute(&request, &body, db, async move |tx| {
        let seen = records::create::<R>(tx, &draft).await?;
        Ok(created(tx.db(), &seen))
    })
    .await
}

async fn update<R: Served>(
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(R::UPDATE)?;
    let patch = visible_first::<R, _>(&db, *id, body.patch()).await?;
    let if_match = visible_first::<R, _>(&db, *id, if_match(&request)).await?;
    write::execute(&request, &body, db, async move |tx| {
        let written = records::update::<R>(tx, *id, &if_match, &patch).await?;
        Ok(answer(tx.db(), StatusCode::OK, &written.record))
    })
    .await
}

async fn delete<R: Served>(
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(R::DELETE)?;
    let if_match = visible_first::<R, _>(&db, *id, if_match(&request)).await?;
    write::execute(&request, &body, db, async move |tx| {
        records::delete::<R>(tx, *id, &if_match).await?;
        Ok(write::no_content())
    })
    .await
}

/// Brings back what was deleted in the last thirty days.
async fn restore<R: Served>(
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(R::DELETE)?;
    write::execute(&request, &body, db, async move |tx| {
        let seen = records::restore::<R>(tx, *id).await?;
        Ok(answer(tx.db(), StatusCode::OK, &seen))
    })
    .await
}

/// Who shall be responsible; the department follows the owner unless it is named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assignment {
    owner_id: Option<Uuid>,
    department_id: Option<Uuid>,
}

async fn assign<R: Served>(
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(R::ASSIGN)?;
    let Assignment { owner_id, department_id } = visible_first::<R, _>(&db, *id, body.json()).await?;
    let if_match = visible_first::<R, _>(&db, *id, if_match(&request)).await?;
    write::execute(&request, &body, db, async move |tx| {
        let written = records::assign::<R>(tx, *id, &if_match, owner_id, department_id).await?;
        Ok(answer(tx.db(), StatusCode::OK, &written.record))
    })
    .await
}

/// Which masked values to show, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reveal {
    fields: Vec<String>,
    reason: String,
}

async fn reveal<R: Served>(
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let mut db = caller.authorize(R::REVEAL)?;
    let Reveal { fields, reason } = visible_first::<R, _>(&db, *id, body.json()).await?;
    db.trace.reason = Some(reason.trim().to_owned());
    write::execute(&request, &body, db, async move |tx| {
        let values = store::reveal::reveal::<R>(tx, *id, &fields).await?;
        Ok(Answer { record: Some((R::NAME, *id)), ..write::answer(StatusCode::OK, &values) })
    })
    .await
}

/// A page of the record's history, newest first; a change is known by its `sequence`.
async fn history_of<R: Served>(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(R::READ)?;
    query::page(&request, async |before, limit| Ok(history::of_record::<R>(&db, *id, before, limit).await?)).await
}

/// A fault in the preconditions or in the body is told only to those who may see the record.
pub(crate) async fn visible_first<R: Served, T>(db: &Db, id: Uuid, checked: Result<T>) -> Result<T> {
    if checked.is_err() {
        records::find::<R>(db, id).await?;
    }
    checked
}

/// The answer of a request that made a record.
pub(crate) fn created<R: Resource>(db: &Db, seen: &Seen<R>) -> Answer {
    let location = Some(format!("/api/v1/{}/{}", R::NAME, seen.stamp().id));
    Answer { location, ..answer(db, StatusCode::CREATED, seen) }
}

pub(crate) fn answer<R: Resource>(db: &Db, status: StatusCode, seen: &Seen<R>) -> Answer {
    let stamp = seen.stamp();
    Answer {
        etag: Some(records::etag(db, stamp.version)),
        record: Some((R::NAME, stamp.id)),
        ..write::answer(status, &present::record(db, seen))
    }
}
