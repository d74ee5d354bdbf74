//! The five verbs over HTTP, once for all resources.
//!
//! `crud::of(verbs)` serves `/customers` with everything that follows from the declaration of the resource, and documents
//! it; see `openapi.rs` for the words.

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderName, LINK};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::act::Act;
use domain::error::{Code, Error, Fault};
use domain::listing::{Listing, PageInfo};
use domain::permission::{Action, Permission};
use domain::resource::Verb;
use domain::summary::Summary;
use serde::Deserialize;
use serde_json::Map;
use store::records::{self, Page, Shown};
use store::{Db, Verbs};
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
use crate::operations::{batch, bulk, merge};
use crate::platform::{attachments, followers};
use crate::{by_external, duplicates, openapi, present, timeline};

const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
const PATCH_TYPES: &str = "application/merge-patch+json, application/json";

/// A resource whose verbs are served.
pub type Served = &'static dyn Verbs;

/// The service of one resource.
pub struct Crud(Served);

pub fn of(verbs: Served) -> Crud {
    Crud(verbs)
}

/// What one does with a resource.
pub fn permission(of: Served, action: Action) -> Permission {
    Permission::new(of.definition().name, action)
}

impl HttpServiceFactory for Crud {
    fn register(self, config: &mut AppService) {
        let of = self.0;
        let definition = of.definition();
        let offers = |verb| definition.verbs.contains(&verb);
        let path = |rest: &str| format!("/{}{rest}", definition.name);
        let mut collection = web::resource(path(""));
        let mut record = web::resource(path("/{id}"));
        if offers(Verb::List) {
            collection = collection.route(web::get().to(move |caller, request| list(of, caller, request)));
            let search = web::post().to(move |caller, body| search(of, caller, body));
            web::resource(path("/search")).route(search).register(config);
            let summary = web::post().to(move |caller, body| summary(of, caller, body));
            web::resource(path("/summary")).route(summary).register(config);
        }
        if offers(Verb::Create) {
            let create = web::post().to(move |caller, request, body| create(of, caller, request, body));
            collection = collection.route(create);
        }
        if offers(Verb::Find) {
            record = record.route(web::get().to(move |caller, id, request| find(of, caller, id, request)));
            let history = web::get().to(move |caller, id, request| history_of(of, caller, id, request));
            web::resource(path("/{id}/history")).route(history).register(config);
            if timeline::is_told(&definition) {
                let told = web::get().to(move |caller, id, request| timeline::of_record(of, caller, id, request));
                web::resource(path("/{id}/timeline")).route(told).register(config);
            }
        }
        if followers::follow(&definition) {
            let shown = web::get().to(move |caller, id| followers::shown(of, caller, id));
            let follow =
                web::post().to(move |caller, id, request, body| followers::set(of, true, caller, id, request, body));
            let leave =
                web::delete().to(move |caller, id, request, body| followers::set(of, false, caller, id, request, body));
            web::resource(path("/{id}/follow")).route(shown).route(follow).route(leave).register(config);
        }
        if attachments::belong_to(&definition) {
            let upload =
                web::post().to(move |caller, id, request, body| attachments::upload(of, caller, id, request, body));
            web::resource(path("/{id}/attachments")).route(upload).register(config);
        }
        if offers(Verb::Update) {
            let update = web::patch().to(move |caller, id, request, body| update(of, caller, id, request, body));
            record = record.route(update);
        }
        if definition.offers(Action::Assign) {
            let assign = web::post().to(move |caller, id, request, body| assign(of, caller, id, request, body));
            web::resource(path("/{id}/assign")).route(assign).register(config);
        }
        for act in definition.acts {
            let happen = web::post().to(move |caller, id, request, body| happen(of, act, caller, id, request, body));
            web::resource(path(&format!("/{{id}}/{}", act.noun))).route(happen).register(config);
        }
        if offers(Verb::Delete) {
            let delete = web::delete().to(move |caller, id, request, body| delete(of, caller, id, request, body));
            record = record.route(delete);
            let restore = web::post().to(move |caller, id, request, body| restore(of, caller, id, request, body));
            web::resource(path("/{id}/restore")).route(restore).register(config);
        }
        if definition.merged {
            duplicates::resource(of).register(config);
            merge::resource(of).register(config);
        }
        if definition.fields.iter().any(|field| field.personal) {
            let reveal = web::post().to(move |caller, id, request, body| reveal(of, caller, id, request, body));
            web::resource(path("/{id}/mask-reveal")).route(reveal).register(config);
        }
        if offers(Verb::Update) {
            bulk::resource(of).register(config);
        }
        if offers(Verb::Create) && offers(Verb::Update) {
            by_external::resource(of).register(config);
        }
        if [Verb::Create, Verb::Update, Verb::Delete].into_iter().all(offers) {
            batch::resource(of).register(config);
        }
        collection.register(config);
        record.register(config);
    }
}

impl OpenApiFactory for Crud {
    fn paths(&self) -> Paths {
        openapi::crud::paths(&self.0.definition())
    }

    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        openapi::crud::schemas(&self.0.definition(), schemas);
    }
}

async fn list(of: Served, caller: Caller, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Read))?;
    let listing = listing::of_query(&request)?;
    let page = page(of, &db, &listing).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((LINK, links(&request, &listing, &page.page)));
    Ok(response.json(page))
}

/// The same list, asked for with a body: filters too long or too deep for an address.
async fn search(of: Served, caller: Caller, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Read))?;
    let listing: Listing = body.json()?;
    Ok(HttpResponse::Ok().json(page(of, &db, &listing).await?))
}

/// Figures over the same list, in groups.
async fn summary(of: Served, caller: Caller, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Read))?;
    let asked: Summary = body.json()?;
    Ok(HttpResponse::Ok().json(of.summary(&db, &asked).await?))
}

async fn page(of: Served, db: &Db, listing: &Listing) -> Result<Page> {
    let Page { data, page } = of.list(db, listing).await?;
    Ok(Page { data: present::wanted(db, of.definition_in(db), listing, data).await?, page })
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

async fn find(of: Served, caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Read))?;
    let query = listing::of_query(&request)?;
    let strange = Listing { fields: None, expand: Vec::new(), ..query.clone() } != Listing::default();
    if strange {
        return Err(Refusal(Error::at(Code::BadParameter, Fault::new("", "unknown"))));
    }
    let definition = of.definition_in(&db);
    query.check(definition)?;
    let shown = of.find(&db, *id).await?;
    let etag = records::etag(&db, &shown.stamp);
    if is_known(&request, &etag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, quoted(&etag))).finish());
    }
    let record = present::wanted(&db, definition, &query, vec![shown]).await?.pop();
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, quoted(&etag))).insert_header((ACCEPT_PATCH, PATCH_TYPES));
    Ok(response.json(record))
}

async fn create(of: Served, caller: Caller, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Create))?;
    let draft = body.object()?;
    let db = duplicates::allowing(of, db, &request)?;
    write::execute(&request, &body, db, async move |tx| {
        let shown = of.create(tx, &draft).await?;
        Ok(created(of, tx.db(), &shown))
    })
    .await
}

async fn update(
    of: Served,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Update))?;
    let patch = visible_first(of, &db, *id, body.patch()).await?;
    let if_match = visible_first(of, &db, *id, if_match(&request)).await?;
    let db = duplicates::allowing(of, db, &request)?;
    write::execute(&request, &body, db, async move |tx| {
        let shown = of.update(tx, *id, &if_match, &patch).await?;
        Ok(answer(of, tx.db(), StatusCode::OK, &shown))
    })
    .await
}

/// What the records that name a deleted one shall name from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Successor {
    move_to: Option<Uuid>,
}

async fn delete(
    of: Served,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Delete))?;
    let Successor { move_to } = visible_first(of, &db, *id, query::of(&request)).await?;
    let if_match = visible_first(of, &db, *id, if_match(&request)).await?;
    write::execute(&request, &body, db, async move |tx| {
        of.delete(tx, *id, &if_match, move_to).await?;
        Ok(write::no_content())
    })
    .await
}

/// Brings back what was deleted in the last thirty days.
async fn restore(
    of: Served,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Delete))?;
    write::execute(&request, &body, db, async move |tx| {
        let shown = of.restore(tx, *id).await?;
        Ok(answer(of, tx.db(), StatusCode::OK, &shown))
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

async fn assign(
    of: Served,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Assign))?;
    let Assignment { owner_id, department_id } = visible_first(of, &db, *id, body.json()).await?;
    let if_match = visible_first(of, &db, *id, if_match(&request)).await?;
    write::execute(&request, &body, db, async move |tx| {
        let shown = of.assign(tx, *id, &if_match, owner_id, department_id).await?;
        Ok(answer(of, tx.db(), StatusCode::OK, &shown))
    })
    .await
}

/// Something happens to a record, with what it asks for.
async fn happen(
    of: Served,
    act: &'static Act,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, act.action))?;
    let asked = if body.is_empty() { Ok(Map::new()) } else { body.object() };
    let asked = visible_first(of, &db, *id, asked).await?;
    let if_match = visible_first(of, &db, *id, if_match(&request)).await?;
    write::execute(&request, &body, db, async move |tx| {
        let (shown, made) = of.act(tx, *id, &if_match, act, &asked).await?;
        let location = made.map(|made| format!("/api/v1/{}/{}", made.resource, made.id));
        Ok(Answer { location, ..answer(of, tx.db(), StatusCode::OK, &shown) })
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

async fn reveal(
    of: Served,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let mut db = caller.authorize(permission(of, Action::Reveal))?;
    let Reveal { fields, reason } = visible_first(of, &db, *id, body.json()).await?;
    db.trace.reason = Some(reason.trim().to_owned());
    write::execute(&request, &body, db, async move |tx| {
        let values = of.reveal(tx, *id, &fields).await?;
        Ok(Answer { record: Some((of.definition().name, *id)), ..write::answer(StatusCode::OK, &values) })
    })
    .await
}

/// A page of the record's history, newest first; a change is known by its `sequence`.
async fn history_of(of: Served, caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Read))?;
    query::page(&request, async |before, limit| Ok(of.history(&db, *id, before, limit).await?)).await
}

/// A fault in the preconditions or in the body is told only to those who may see the record.
pub(crate) async fn visible_first<T>(of: Served, db: &Db, id: Uuid, checked: Result<T>) -> Result<T> {
    if checked.is_err() {
        of.find(db, id).await?;
    }
    checked
}

/// The answer of a request that made a record.
pub(crate) fn created(of: Served, db: &Db, shown: &Shown) -> Answer {
    let location = Some(format!("/api/v1/{}/{}", of.definition().name, shown.stamp.id));
    Answer { location, ..answer(of, db, StatusCode::CREATED, shown) }
}

pub(crate) fn answer(of: Served, db: &Db, status: StatusCode, shown: &Shown) -> Answer {
    Answer {
        etag: Some(records::etag(db, &shown.stamp)),
        record: Some((of.definition().name, shown.stamp.id)),
        ..write::answer(status, shown)
    }
}
