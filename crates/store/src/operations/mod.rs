//! Operations: bulk actions that can be rehearsed, told row by row, and taken back.
//!
//! An operation does nothing of its own: each row goes through the same verbs, with the same rights, as if it had been
//! changed alone. What it adds is a record of what was asked for, what came of it, and the id under which the change
//! log keeps its changes, which is what an undo reads.

pub mod batch;
pub mod bulk;
pub mod export;
pub mod import;
mod known;
mod references;
pub mod undo;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::catalogue;
use domain::error::{Code, Error, Fault};
use domain::instant;
use domain::lens::Lenses;
use domain::permission::{Action, Permission};
pub use domain::platform::operations::{OperationKind as Kind, OperationState as State, Outcome, READ, UPDATE};
use domain::transfer;
use schema::{operation_rows, operations};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::keys::{KeyRing, Place};
use crate::{duplicates, platform, records};

/// A row and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct RowResult {
    /// The line of a file, the place in a selection.
    pub row: i64,
    pub record_id: Option<Uuid>,
    pub outcome: Outcome,
    pub faults: Vec<Fault>,
    /// Field to its value before and after; told by a rehearsal, personal values masked.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub changed: Map<String, Value>,
}

impl RowResult {
    pub fn new(row: i64, record_id: Option<Uuid>, outcome: Outcome) -> Self {
        Self { row, record_id, outcome, faults: Vec::new(), changed: Map::new() }
    }

    pub fn failed(row: i64, record_id: Option<Uuid>, faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(row, record_id, Outcome::Failed) }
    }

    /// Why a verb refused the row; a refusal without faults is one of the whole row.
    pub(crate) fn refused(row: i64, record_id: Option<Uuid>, error: Error) -> Self {
        let faults = if error.faults.is_empty() { vec![Fault::new("", error.code.word())] } else { error.faults };
        Self::failed(row, record_id, faults)
    }
}

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Queryable, Selectable)]
#[diesel(table_name = operations)]
pub struct Tally {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub deleted: i64,
    pub restored: i64,
    pub failed: i64,
    pub skipped: i64,
}

impl Tally {
    pub fn of(rows: &[RowResult]) -> Self {
        let mut tally = Self::default();
        for row in rows {
            match row.outcome {
                Outcome::Waiting => {}
                Outcome::Created => tally.created += 1,
                Outcome::Updated => tally.updated += 1,
                Outcome::Unchanged => tally.unchanged += 1,
                Outcome::Deleted => tally.deleted += 1,
                Outcome::Restored => tally.restored += 1,
                Outcome::Failed => tally.failed += 1,
                Outcome::Skipped => tally.skipped += 1,
            }
        }
        tally
    }

    pub fn done(&self) -> i64 {
        self.created + self.updated + self.unchanged + self.deleted + self.restored
    }

    pub fn not_done(&self) -> i64 {
        self.failed + self.skipped
    }

    pub fn add(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
        self.restored += other.restored;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// An operation about to begin.
#[derive(Clone, Debug)]
pub struct Draft {
    pub id: Uuid,
    pub kind: Kind,
    pub resource: String,
    pub request: Value,
    pub dry_run: bool,
    pub undo_of: Option<Uuid>,
    pub total: i64,
    pub job_id: Option<Uuid>,
}

impl Draft {
    pub fn new(kind: Kind, resource: &str, request: Value, dry_run: bool) -> Self {
        let resource = resource.to_owned();
        Self { id: Uuid::now_v7(), kind, resource, request, dry_run, undo_of: None, total: 0, job_id: None }
    }
}

/// An operation as it is told.
#[derive(Clone, Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = operations)]
pub struct Operation {
    pub id: Uuid,
    pub kind: Kind,
    pub resource: String,
    pub state: State,
    pub dry_run: bool,
    pub total: i64,
    #[serde(flatten)]
    #[diesel(embed)]
    pub tally: Tally,
    pub user_id: Option<Uuid>,
    pub job_id: Option<Uuid>,
    /// The operation that this one takes back.
    pub undo_of: Option<Uuid>,
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    #[serde(with = "instant::option")]
    pub finished_at: Option<DateTime<Utc>>,
}

/// Writes down that an operation begins. The caller's [`crate::Trace`] must bear its id, or the log would not know it.
pub async fn start(tx: &mut Tx<'_>, draft: &Draft) -> Result<()> {
    // What was asked for names people: values to set, filters to find them by.
    let place = Place::new("operations", "request", draft.id);
    let request = tx.db().keys().seal_document(&place, &draft.request)?;
    diesel::insert_into(operations::table)
        .values((
            operations::id.eq(draft.id),
            operations::kind.eq(draft.kind),
            operations::resource.eq(&draft.resource),
            operations::state.eq(State::Running),
            operations::request.eq(request),
            operations::dry_run.eq(draft.dry_run),
            operations::undo_of.eq(draft.undo_of),
            operations::total.eq(draft.total),
            operations::user_id.eq(tx.db().user_id()),
            operations::job_id.eq(draft.job_id),
            operations::created_at.eq(tx.now()),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Writes down what came of rows, in the transaction that changed them. Rows that were simply changed are in the log of
/// changes already; a rehearsal leaves nothing there, so it keeps them all.
pub async fn record(tx: &mut Tx<'_>, id: Uuid, dry_run: bool, rows: &[RowResult]) -> Result<Tally> {
    let tally = Tally::of(rows);
    duplicates::note(tx, rows.iter().flat_map(|row| &row.faults)).await?;
    diesel::update(operations::table.find(id))
        .set((
            operations::created.eq(operations::created + tally.created),
            operations::updated.eq(operations::updated + tally.updated),
            operations::unchanged.eq(operations::unchanged + tally.unchanged),
            operations::deleted.eq(operations::deleted + tally.deleted),
            operations::restored.eq(operations::restored + tally.restored),
            operations::failed.eq(operations::failed + tally.failed),
            operations::skipped.eq(operations::skipped + tally.skipped),
        ))
        .execute(&mut **tx)
        .await?;
    let kept = |row: &&RowResult| match row.outcome {
        Outcome::Failed | Outcome::Skipped => true,
        Outcome::Unchanged => false,
        _ => dry_run,
    };
    let keys = tx.db().keys();
    let values = rows
        .iter()
        .filter(kept)
        .map(|row| {
            let changed = match row.changed.is_empty() {
                true => json!({}),
                false => keys.seal_document(&changed_place(id), &json!(row.changed))?,
            };
            Ok((
                operation_rows::operation_id.eq(id),
                operation_rows::row_number.eq(row.row),
                operation_rows::record_id.eq(row.record_id),
                operation_rows::outcome.eq(row.outcome),
                operation_rows::faults.eq(serde_json::to_value(&row.faults).unwrap_or_default()),
                operation_rows::changed.eq(changed),
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    for part in values.chunks(500) {
        diesel::insert_into(operation_rows::table).values(part.to_vec()).execute(&mut **tx).await?;
    }
    Ok(tally)
}

/// Ends an operation. One that was taken back says so on the operation it took back.
pub async fn finish(tx: &mut Tx<'_>, id: Uuid, state: State) -> Result<()> {
    let undone: Option<Uuid> = diesel::update(operations::table.find(id))
        .set((operations::state.eq(state), operations::finished_at.eq(tx.now())))
        .returning(operations::undo_of)
        .get_result(&mut **tx)
        .await?;
    if let (Some(undone), State::Done) = (undone, state) {
        diesel::update(operations::table.find(undone))
            .set(operations::state.eq(State::Undone))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// The total becomes known only when a file has been read to its end.
pub async fn set_total(tx: &mut Tx<'_>, id: Uuid, total: i64) -> Result<()> {
    diesel::update(operations::table.find(id)).set(operations::total.eq(total)).execute(&mut **tx).await?;
    Ok(())
}

/// An operation of the caller's own; whoever holds [`READ`] sees everybody's.
pub async fn find(db: &Db, id: Uuid) -> Result<Operation> {
    let mut connection = db.read().await?;
    let operation: Option<Operation> =
        operations::table.find(id).select(Operation::as_select()).first(&mut *connection).await.optional()?;
    let visible = operation.filter(|operation| sees(db, operation.user_id));
    visible.ok_or_else(|| Error::new(Code::NotFound).into())
}

/// The same inside the transaction that makes it.
pub async fn find_in(tx: &mut Tx<'_>, id: Uuid) -> Result<Operation> {
    Ok(operations::table.find(id).select(Operation::as_select()).first(&mut **tx).await?)
}

/// Whether the caller may see what this person set going.
pub(crate) fn sees(db: &Db, user_id: Option<Uuid>) -> bool {
    sees_all(db) || is_own(db, user_id)
}

/// Whether the caller sees everybody's jobs and operations.
pub(crate) fn sees_all(db: &Db) -> bool {
    db.viewer().is_none_or(|viewer| viewer.rights.may(READ))
}

/// Refuses to stop or take back what another person set going. That somebody sees it is known here.
pub(crate) fn refuse_foreign(db: &Db, user_id: Option<Uuid>) -> Result<()> {
    let may = is_own(db, user_id) || db.viewer().is_none_or(|viewer| viewer.rights.may(UPDATE));
    if may { Ok(()) } else { Err(Code::Forbidden.into()) }
}

fn is_own(db: &Db, user_id: Option<Uuid>) -> bool {
    user_id.is_some() && user_id == db.user_id()
}

/// The newest operations first, from before one of them.
pub async fn list(db: &Db, before: Option<Uuid>, limit: i64) -> Result<Vec<Operation>> {
    let mut query =
        operations::table.select(Operation::as_select()).order(operations::id.desc()).limit(limit).into_boxed();
    if !sees_all(db) {
        query = query.filter(operations::user_id.eq(db.user_id()));
    }
    if let Some(before) = before {
        query = query.filter(operations::id.lt(before));
    }
    let mut connection = db.read().await?;
    Ok(query.load(&mut *connection).await?)
}

/// The caller's import of a file with this hash that made records, and was not taken back.
pub async fn imported_before(db: &Db, resource: &str, digest: &str) -> Result<Option<Uuid>> {
    use schema::jobs;
    let mut connection = db.read().await?;
    // What a job is about is sealed, so it is looked through here.
    let imports: Vec<(Uuid, Uuid, Value)> = operations::table
        .inner_join(jobs::table.on(operations::job_id.eq(jobs::id.nullable())))
        .filter(operations::user_id.eq(db.user_id()))
        .filter(operations::kind.eq(Kind::Import))
        .filter(operations::resource.eq(resource))
        .filter(operations::dry_run.eq(false))
        .filter(operations::created.gt(0))
        .filter(operations::state.ne(State::Undone))
        .order(operations::id.desc())
        .select((operations::id, jobs::id, jobs::payload))
        .load(&mut *connection)
        .await?;
    let keys = db.keys();
    let is_of_file = |job: Uuid, kept: &Value| {
        platform::jobs::open_payload(&keys, job, kept).is_ok_and(|payload| payload["digest"] == digest)
    };
    Ok(imports.into_iter().find(|(_, job, kept)| is_of_file(*job, kept)).map(|(id, ..)| id))
}

/// The payload of the job that an operation ran as, for who may see the operation.
pub async fn payload(db: &Db, id: Uuid) -> Result<Option<Value>> {
    use schema::jobs;
    let Some(job) = find(db, id).await?.job_id else { return Ok(None) };
    let mut connection = db.read().await?;
    let kept: Option<Value> = jobs::table.find(job).select(jobs::payload).first(&mut *connection).await.optional()?;
    kept.map(|kept| platform::jobs::open_payload(&db.keys(), job, &kept)).transpose()
}

/// One reason for which rows failed, and how many did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct Reason {
    /// The member at fault, without its place in a list.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub pointer: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub code: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub count: i64,
    /// In the reader's words; empty until it goes over the wire.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub detail: String,
    #[serde(skip)]
    #[diesel(sql_type = diesel::sql_types::Jsonb)]
    pub params: Value,
}

/// Why rows of an operation failed, the most frequent reason first.
pub async fn reasons(db: &Db, id: Uuid, limit: i64) -> Result<Vec<Reason>> {
    find(db, id).await?;
    let mut connection = db.read().await?;
    let query = diesel::sql_query(
        "select regexp_replace(fault ->> 'pointer', '/[0-9]+$', '') as pointer, fault ->> 'code' as code, count(*) as count, \
         '' as detail, coalesce((array_agg(fault -> 'params'))[1], '{}') as params \
         from operation_rows cross join lateral jsonb_array_elements(faults) fault \
         where operation_id = $1 and outcome = 'failed' group by 1, 2 order by 3 desc, 1, 2 limit $2",
    );
    let query = query.bind::<diesel::sql_types::Uuid, _>(id).bind::<diesel::sql_types::BigInt, _>(limit);
    Ok(query.load(&mut *connection).await?)
}

type KeptRow = (i64, Option<Uuid>, Outcome, Value, Value);

/// What is kept of an operation's rows, in their order.
pub async fn rows(
    db: &Db,
    id: Uuid,
    outcome: Option<Outcome>,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<RowResult>> {
    let operation = find(db, id).await?;
    // They tell of records; whoever asked for them once may see them, or bring them in, no longer.
    if let Some(resource) = catalogue::find(&operation.resource) {
        let may = |action| db.rows(Permission::new(resource.name, action));
        may(Action::Read).or_else(|_| may(Action::Import))?;
    }
    let mut connection = db.read().await?;
    let rows = rows_by(&mut connection, &db.keys(), id, outcome, after, limit).await?;
    seen_today(&mut connection, db, &operation.resource, rows).await
}

/// What rows tell of values, in the eyes of whoever reads them now.
async fn seen_today(
    connection: &mut AsyncPgConnection,
    db: &Db,
    resource: &str,
    mut rows: Vec<RowResult>,
) -> Result<Vec<RowResult>> {
    let Some(definition) = db.catalogue().find(resource) else { return Ok(rows) };
    let ids = rows.iter().filter(|row| !row.changed.is_empty()).filter_map(|row| row.record_id).collect();
    let whose = records::whose(connection, db, definition, ids).await?;
    let companion = transfer::companion(resource);
    let lenses = Lenses::of(db.viewer(), definition);
    let beside = companion.and_then(|kind| db.catalogue().find(kind.resource));
    let beside = beside.map(|definition| Lenses::of(db.viewer(), definition));
    for row in &mut rows {
        let owner = row.record_id.and_then(|id| whose.get(&id));
        row.changed.retain(|key, _| {
            let Some((owner, department)) = owner else { return false };
            let (lenses, key) = match companion.and_then(|kind| key.strip_prefix(kind.prefix)?.strip_prefix('.')) {
                Some(key) => (beside.as_ref(), key),
                None => (Some(&lenses), key.as_str()),
            };
            lenses.is_some_and(|lenses| lenses.of_row(*owner, *department).told(key))
        });
    }
    Ok(rows)
}

/// The same inside the transaction that makes them.
pub async fn rows_in(
    tx: &mut Tx<'_>,
    id: Uuid,
    outcome: Option<Outcome>,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<RowResult>> {
    let keys = tx.db().keys();
    rows_by(tx, &keys, id, outcome, after, limit).await
}

async fn rows_by(
    connection: &mut AsyncPgConnection,
    keys: &KeyRing,
    id: Uuid,
    outcome: Option<Outcome>,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<RowResult>> {
    let mut query = operation_rows::table
        .filter(operation_rows::operation_id.eq(id))
        .filter(operation_rows::outcome.ne(Outcome::Waiting))
        .order(operation_rows::row_number)
        .limit(limit)
        .select((
            operation_rows::row_number,
            operation_rows::record_id,
            operation_rows::outcome,
            operation_rows::faults,
            operation_rows::changed,
        ))
        .into_boxed();
    if let Some(outcome) = outcome {
        query = query.filter(operation_rows::outcome.eq(outcome));
    }
    if let Some(after) = after {
        query = query.filter(operation_rows::row_number.gt(after));
    }
    let kept: Vec<KeptRow> = query.load(connection).await?;
    let row = |(row, record_id, outcome, faults, changed): KeptRow| {
        let opened = keys.open_document(&changed_place(id), &changed);
        let opened =
            opened.inspect_err(|error| tracing::error!(%id, row, %error, "what a row would change is damaged"));
        RowResult {
            row,
            record_id,
            outcome,
            faults: serde_json::from_value(faults).unwrap_or_default(),
            changed: opened.ok().and_then(|opened| opened.as_object().cloned()).unwrap_or_default(),
        }
    };
    Ok(kept.into_iter().map(row).collect())
}

fn changed_place(operation: Uuid) -> Place<'static> {
    Place::new("operation_rows", "changed", operation)
}

/// Writes into the log of changes that records left the house: which, how many, and who asked for them. By what
/// they were found is sealed.
pub async fn audit_export(tx: &mut Tx<'_>, file: Uuid, operation: &str, mut told: Value) -> Result<()> {
    if let Some(listing) = told.get_mut("listing") {
        let place = Place::new("exports", "listing", file);
        *listing = tx.db().keys().seal_document(&place, listing)?;
    }
    diesel::sql_query(
        "insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason) \
         values ('exports', $1, 1, $2, $3, change_actor(), change_request(), change_operation(), change_reason())",
    )
    .bind::<diesel::sql_types::Uuid, _>(file)
    .bind::<diesel::sql_types::Text, _>(operation)
    .bind::<diesel::sql_types::Jsonb, _>(told)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
