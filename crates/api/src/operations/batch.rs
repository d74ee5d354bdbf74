//! Different changes to different records in one request, as other systems send them: all or nothing, or each for itself.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::error::{Error, Fault};
use domain::permission::Action;
use domain::platform::operations::{OperationKind, OperationState, Outcome};
use domain::resource::ExternalId;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::external_ids::Precondition;
use store::operations::batch::{self, Done, Item};
use store::operations::{self, Draft, RowResult};
use store::{Db, records};
use uuid::Uuid;

use crate::auth::Caller;
use crate::crud::{Served, permission};
use crate::http::body::{Body, shape_fault};
use crate::http::conditional::version;
use crate::http::error::{Refusal, Result};
use crate::http::fault::{self, Reader};
use crate::http::write;

/// Most items of one request.
pub const MOST: usize = 1000;

/// The largest body that is read.
const LARGEST_BODY: usize = 10 << 20;

/// The service of one resource.
pub fn resource(of: Served) -> actix_web::Resource {
    web::resource(format!("/{}/batch", of.definition().name))
        .app_data(web::PayloadConfig::new(LARGEST_BODY))
        .route(web::post().to(move |caller, request, body| run(of, caller, request, body)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchOrder {
    items: Vec<Value>,
    #[serde(default)]
    atomic: bool,
}

/// What is wanted of one record, as it is written.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum BatchItem {
    Create { data: Map<String, Value> },
    Update { id: Uuid, if_match: Option<String>, data: Map<String, Value> },
    Upsert { external: ExternalId, if_match: Option<String>, data: Map<String, Value> },
    Delete { id: Uuid, if_match: Option<String>, move_to: Option<Uuid> },
}

async fn run(of: Served, caller: Caller, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    // Each item is asked for the permission of its own; who holds none of them has no business here.
    let held = [Action::Create, Action::Update, Action::Delete].map(|action| permission(of, action));
    let held = held.into_iter().find(|permission| caller.viewer.rights.may(*permission));
    let mut db = caller.authorize(held.unwrap_or(permission(of, Action::Update)))?;
    body.require_json()?;
    write::require_key(&request)?;
    let BatchOrder { items, atomic } = wanted(&body)?;
    let (ids, items): (Vec<_>, Vec<_>) = items.into_iter().enumerate().map(read).unzip();
    let asked = json!({"items": items.len(), "atomic": atomic});
    let draft =
        Draft { total: items.len() as i64, ..Draft::new(OperationKind::Batch, of.definition().name, asked, false) };
    db.trace.operation_id = Some(draft.id);
    let reader = Reader::of(&request);
    write::execute(&request, &body, db, async move |tx| {
        operations::start(tx, &draft).await?;
        let results: Vec<_> = of.batch(tx, &items).await?.into_iter().enumerate().map(placed).collect();
        if atomic && results.iter().any(Result::is_err) {
            return Err(Error::invalid(faults(results)).into());
        }
        let rows: Vec<RowResult> =
            ids.iter().zip(&results).zip(1..).map(|((id, result), row)| batch::row(row, *id, result)).collect();
        operations::record(tx, draft.id, false, &rows).await?;
        operations::finish(tx, draft.id, OperationState::Done).await?;
        let tell = |(id, result)| told(tx.db(), &reader, id, result);
        let results: Vec<Value> = ids.into_iter().zip(results).map(tell).collect();
        Ok(write::answer(StatusCode::OK, &json!({"operation_id": draft.id, "results": results})))
    })
    .await
}

fn wanted(body: &Body) -> Result<BatchOrder> {
    let wanted: BatchOrder = body.json_of_parts()?;
    let fault = match wanted.items.len() {
        0 => Fault::field("items", "required"),
        count if count > MOST => Fault::field("items", "too_many").with("max", MOST),
        _ => return Ok(wanted),
    };
    Err(Refusal(Error::invalid(vec![fault])))
}

/// An item, or what is wrong with its shape, beside the id that it names.
fn read((index, value): (usize, Value)) -> (Option<Uuid>, Result<Item, Error>) {
    let id = value["id"].as_str().and_then(|id| id.parse().ok());
    let change = serde_json::from_value::<BatchItem>(value).map_err(|error| {
        let mut error = shape_fault(&error.to_string());
        for fault in error.faults.iter_mut().filter(|fault| fault.code == "not_a_choice") {
            fault.pointer = "/op".into();
        }
        error
    });
    (id, change.and_then(BatchItem::item).map_err(|error| beneath(&format!("/items/{index}"), error)))
}

impl BatchItem {
    fn item(self) -> Result<Item, Error> {
        Ok(match self {
            BatchItem::Create { data } => Item::Create { data },
            BatchItem::Update { id, if_match, data } => {
                Item::Update { id, if_match: version(if_match.as_deref()), data }
            }
            BatchItem::Delete { id, if_match, move_to } => {
                Item::Delete { id, if_match: version(if_match.as_deref()), move_to }
            }
            BatchItem::Upsert { external, if_match, data } => {
                let name = ExternalId::of(&external.system, &external.id);
                let faults = name.faults();
                if !faults.is_empty() {
                    return Err(beneath("/external", Error::invalid(faults)));
                }
                let precondition = if_match.map_or(Precondition::None, |tag| Precondition::Match(version(Some(&tag))));
                Item::Upsert { name, precondition, data }
            }
        })
    }
}

/// Points the faults of a verb at the item's data; those of an item's shape point at it already.
fn placed((index, result): (usize, Result<Done, Error>)) -> Result<Done, Error> {
    let points = |error: &Error| error.faults.iter().any(|fault| fault.pointer.starts_with("/items/"));
    result.map_err(|error| if points(&error) { error } else { beneath(&format!("/items/{index}/data"), error) })
}

fn beneath(place: &str, mut error: Error) -> Error {
    for fault in &mut error.faults {
        fault.pointer = match fault.pointer.strip_prefix('/') {
            Some(member) => format!("{place}/{member}"),
            None => place.trim_end_matches("/data").to_owned(),
        };
    }
    error
}

/// All that is wrong with the items; one that was refused whole bears the code of its refusal.
fn faults(results: Vec<Result<Done, Error>>) -> Vec<Fault> {
    let failed = results.into_iter().enumerate().filter_map(|(index, result)| Some((index, result.err()?)));
    failed
        .flat_map(|(index, error)| match error.faults.is_empty() {
            true => vec![Fault::new(format!("/items/{index}"), error.code.word())],
            false => error.faults,
        })
        .collect()
}

/// What the answer says of an item.
fn told(db: &Db, reader: &Reader, id: Option<Uuid>, result: Result<Done, Error>) -> Value {
    match result {
        Ok(done) => {
            let status = match done.outcome {
                Outcome::Created => StatusCode::CREATED,
                Outcome::Deleted => StatusCode::NO_CONTENT,
                _ => StatusCode::OK,
            };
            let etag = done.edition.map(|edition| records::etag(db, edition));
            json!({"status": status.as_u16(), "id": done.id, "etag": etag})
        }
        Err(error) => {
            let etag = error.current.clone();
            let problem = fault::problem(reader, error);
            json!({"status": problem.status, "id": id, "etag": etag, "problem": problem})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(item: Value) -> Vec<(String, String)> {
        let (_, item) = read((3, item));
        item.expect_err("refused").faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn what_is_wrong_with_the_shape_of_an_item_is_pointed_at() {
        let fault = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
        assert_eq!(faults_of(json!({"op": "eat"})), fault("/items/3/op", "not_a_choice"));
        assert_eq!(faults_of(json!({"data": {}})), fault("/items/3/op", "required"));
        assert_eq!(faults_of(json!({"op": "create"})), fault("/items/3/data", "required"));
        assert_eq!(faults_of(json!({"op": "create", "data": {}, "id": 1})), fault("/items/3/id", "unknown_member"));
        assert_eq!(faults_of(json!({"op": "delete", "id": "x"})), fault("/items/3", "wrong_type"));
        let unnamed = json!({"op": "upsert", "external": {"system": "erp", "id": " "}, "data": {}});
        assert_eq!(faults_of(unnamed), fault("/items/3/external/id", "required"));
    }
}
