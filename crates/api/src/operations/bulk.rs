//! One change to many records: at once for a few, as a job for many.

use std::collections::HashSet;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::Filter;
use domain::error::{Error, Fault};
use domain::listing::Listing;
use domain::permission;
use domain::platform::operations::OperationState;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::operations::bulk::{self, BulkChange};
use store::operations::{self, Draft, RowResult, Tally};
use store::records::Lists;
use store::{Tx, registry};
use uuid::Uuid;

use super::{AT_ONCE, with_rows};
use crate::auth::Caller;
use crate::crud::{self, Served};
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};
use crate::http::write;
use crate::imports::routes::begin_job;
use crate::jobs::{BULK, Context, End};

/// Most records of one operation.
const MOST: i64 = 100_000;

/// Rows of one transaction of a job.
const CHUNK: i64 = 200;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Delete,
    Edit,
    Assign,
    Act,
}

/// What shall be done to which records: those named, or those that a list would show.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BulkOrder {
    action: Action,
    /// Of an act: which.
    #[serde(default)]
    act: Option<String>,
    #[serde(default)]
    ids: Option<Vec<Uuid>>,
    #[serde(default)]
    filter: Option<Filter>,
    #[serde(default)]
    q: Option<String>,
    #[serde(default)]
    set: Map<String, Value>,
    /// Of an edit: what is added to lists, and what is taken from them.
    #[serde(default)]
    add: Map<String, Value>,
    #[serde(default)]
    remove: Map<String, Value>,
    /// Of a deletion: what the records that name the deleted ones shall name from now on.
    #[serde(default)]
    move_to: Option<Uuid>,
    #[serde(default)]
    dry_run: bool,
}

/// Who shall be responsible, in `set`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assignment {
    owner_id: Option<Uuid>,
    department_id: Option<Uuid>,
}

impl BulkOrder {
    fn change(&self) -> Result<BulkChange> {
        if self.move_to.is_some() && !matches!(self.action, Action::Delete) {
            return Err(Refusal(Error::invalid(vec![Fault::field("move_to", "unknown_member")])));
        }
        if self.act.is_some() && !matches!(self.action, Action::Act) {
            return Err(Refusal(Error::invalid(vec![Fault::field("act", "unknown_member")])));
        }
        let lists = Lists { add: self.add.clone(), remove: self.remove.clone() };
        if !lists.is_empty() && !matches!(self.action, Action::Edit) {
            let member = if self.add.is_empty() { "remove" } else { "add" };
            return Err(Refusal(Error::invalid(vec![Fault::field(member, "unknown_member")])));
        }
        Ok(match self.action {
            Action::Act => BulkChange::Act { noun: self.act.clone().unwrap_or_default(), set: self.set.clone() },
            Action::Delete => BulkChange::Delete { move_to: self.move_to },
            Action::Edit => BulkChange::Edit { set: self.set.clone(), lists },
            Action::Assign => {
                let assignment = serde_json::from_value(Value::Object(self.set.clone()));
                let wrong = |_| Refusal(Error::invalid(vec![Fault::field("set", "wrong_type")]));
                let Assignment { owner_id, department_id } = assignment.map_err(wrong)?;
                BulkChange::Assign { owner_id, department_id }
            }
        })
    }
}

pub async fn run(of: Served, caller: Caller, request: HttpRequest, body: Body) -> Result<HttpResponse> {
    caller.authorize(crud::permission(of, permission::Action::Read))?;
    let wanted: BulkOrder = body.json()?;
    let change = wanted.change()?;
    let mut db = caller.authorize(crud::permission(of, change.needs(&of.definition())))?;
    of.refuse_change(&db, &change)?;
    let ids = chosen(of, &db, &wanted).await?;
    let dry_run = wanted.dry_run;
    let told = json!({"change": change, "filter": wanted.filter, "q": wanted.q, "dry_run": dry_run});
    let draft = Draft { total: ids.len() as i64, ..Draft::new(change.kind(), of.definition().name, told, dry_run) };
    db.trace.operation_id = Some(draft.id);
    let context = request.clone();
    write::execute(&request, &body, db, async move |tx| {
        if draft.total > AT_ONCE {
            let payload =
                Payload { operation_id: draft.id, resource: of.definition().name.to_owned(), change, dry_run };
            let payload = serde_json::to_value(&payload).unwrap_or_default();
            let (id, total) = (draft.id, draft.total);
            let answer = begin_job(tx, BULK, payload, draft, Some(total)).await?;
            bulk::put_aside(tx, id, ids).await?;
            return Ok(answer);
        }
        operations::start(tx, &draft).await?;
        let rows: Vec<(i64, Uuid)> = (1..).zip(ids).collect();
        let results = change_rows(of, tx, &change, dry_run, &rows).await?;
        operations::record(tx, draft.id, dry_run, &results).await?;
        operations::finish(tx, draft.id, OperationState::Done).await?;
        let operation = operations::find_in(tx, draft.id).await?;
        Ok(write::answer(StatusCode::OK, &with_rows(&operation, worth_telling(results, dry_run), &context)))
    })
    .await
}

/// Rows that were simply changed need no words, except in a rehearsal.
pub(super) fn worth_telling(rows: Vec<RowResult>, dry_run: bool) -> Vec<RowResult> {
    let mut rows = rows;
    rows.retain(|row| dry_run || matches!(row.outcome.word(), "failed" | "skipped"));
    rows
}

async fn chosen(of: Served, db: &store::Db, wanted: &BulkOrder) -> Result<Vec<Uuid>> {
    let ids = match (&wanted.ids, &wanted.filter, &wanted.q) {
        (Some(ids), None, None) => {
            let mut seen = HashSet::new();
            ids.iter().copied().filter(|id| seen.insert(*id)).collect()
        }
        (None, filter, q) if filter.is_some() || q.is_some() => {
            let filter = filter.clone().unwrap_or_default();
            let listing = Listing { filter, q: q.clone(), ..Listing::default() };
            listing.check(of.definition_in(db))?;
            of.selection(db, &listing, MOST + 1).await?
        }
        _ => return Err(Refusal(Error::invalid(vec![Fault::field("ids", "required")]))),
    };
    if ids.len() as i64 > MOST {
        return Err(Refusal(Error::invalid(vec![Fault::field("ids", "too_many").with("max", MOST)])));
    }
    Ok(ids)
}

async fn change_rows(
    of: Served,
    tx: &mut Tx<'_>,
    change: &BulkChange,
    dry_run: bool,
    rows: &[(i64, Uuid)],
) -> store::Result<Vec<RowResult>> {
    if dry_run {
        tx.rehearse(async |tx| of.change(tx, change, rows).await).await
    } else {
        of.change(tx, change, rows).await
    }
}

#[derive(Serialize, Deserialize)]
struct Payload {
    operation_id: Uuid,
    resource: String,
    change: BulkChange,
    dry_run: bool,
}

/// The rows that were put aside, a chunk at a time. What is done is no longer aside, so a resumed run needs no place.
pub async fn run_job(context: &Context) -> anyhow::Result<End> {
    let payload: Payload = context.payload()?;
    run_all(registry::named(&payload.resource)?, context, &payload).await
}

/// How many rows came out well, and how many did not.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Count {
    done: i64,
    failed: i64,
}

async fn run_all(of: Served, context: &Context, payload: &Payload) -> anyhow::Result<End> {
    let db = context.db(Some(payload.operation_id)).await?;
    let mut count: Count = context.checkpoint();
    loop {
        let db = db.renewed().await?;
        db.rows(crud::permission(of, payload.change.needs(&of.definition())))?;
        of.refuse_change(&db, &payload.change)?;
        let chunk = db.write(async |tx| {
            let rows = bulk::take(tx, payload.operation_id, CHUNK).await?;
            if rows.is_empty() {
                operations::finish(tx, payload.operation_id, OperationState::Done).await?;
                return Ok((None, Some(End::Done)));
            }
            let results = change_rows(of, tx, &payload.change, payload.dry_run, &rows).await?;
            let tally: Tally = operations::record(tx, payload.operation_id, payload.dry_run, &results).await?;
            let next = Count { done: count.done + tally.done(), failed: count.failed + tally.not_done() };
            Ok((Some(next), context.advance(tx, &next, next.done, next.failed, None).await?))
        });
        let (next, end) = chunk.await?;
        count = next.unwrap_or(count);
        if let Some(end) = end {
            return Ok(end);
        }
    }
}

/// The service of one resource.
pub fn resource(of: Served) -> actix_web::Resource {
    let run = web::post().to(move |caller, request, body| run(of, caller, request, body));
    web::resource(format!("/{}/bulk", of.definition().name)).route(run)
}
