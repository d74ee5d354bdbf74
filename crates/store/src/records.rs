//! The five verbs, once for all resources.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::check;
use domain::error::{Code, Error, Fault};
use domain::field::{Access, Field, Kind};
use domain::filter::{Condition, Context, Filter, Op};
use domain::listing::{Count, Listing};
use domain::permission::{Action, Permission, Right};
use domain::resource::{Definition, ExternalIds, Record, Resource, Stamp};
use domain::viewer::{Lens, Rows};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::{Connection, Db, Tx};
use crate::error::Result;
use crate::paging::{self, Cursor, Listed, Order};
use crate::sql::{Bind, Sql};
use crate::table::{Deletion, Locked, Selection, Stored};
use crate::{external_ids, filter, personal, search};

/// Counting stops where the exact number no longer matters to a reader.
const ENOUGH: usize = 10_000;

/// Records that name those of one page are looked at up to so many.
const MOST_LINKED: i64 = 5_000;

/// A record as somebody may see it. What may not be seen does not leave it.
#[derive(Clone)]
pub struct Seen<R> {
    record: Record<R>,
    lens: Arc<Lens>,
}

impl<R: Resource> Seen<R> {
    pub(crate) fn new(record: Record<R>, lens: Arc<Lens>) -> Self {
        Self { record, lens }
    }

    pub fn stamp(&self) -> &Stamp {
        &self.record.stamp
    }

    /// The record as an object, in the viewer's eyes.
    pub fn json(&self) -> Map<String, Value> {
        let mut json = self.plain_json();
        self.lens.apply(&mut json);
        json
    }

    pub(crate) fn plain_json(&self) -> Map<String, Value> {
        match serde_json::to_value(&self.record) {
            Ok(Value::Object(json)) => json,
            _ => Map::new(),
        }
    }

    /// What may be seen of it at all, in the clear; for reasons that are told, not for showing.
    pub(crate) fn visible_json(&self) -> Map<String, Value> {
        let mut json = self.plain_json();
        json.retain(|key, _| !self.lens.hides(key));
        json
    }

    /// The whole record; only for those who may see all of it.
    pub fn plain(&self) -> Option<&Record<R>> {
        self.lens.is_clear().then_some(&self.record)
    }
}

impl<R: Resource> Serialize for Seen<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.plain() {
            Some(record) => record.serialize(serializer),
            None => self.json().serialize(serializer),
        }
    }
}

/// The entity tag of a version, without quotes.
pub fn etag(db: &Db, version: i64) -> String {
    format!("{version}-{}", db.lineage())
}

/// The version a writer claims to have seen.
#[derive(Clone, Debug)]
pub enum IfMatch {
    Tag(String),
    /// Whatever the version; only for callers that may force.
    Any,
    /// None that counts. Why is told once the record was found to be there and the caller's to change.
    Refused(Code),
}

/// The outcome of a write.
pub struct Written<R> {
    pub record: Seen<R>,
    pub changed: bool,
}

pub(crate) fn lens<R: Resource>(db: &Db) -> Arc<Lens> {
    Arc::new(db.viewer().map_or_else(Lens::clear, |viewer| viewer.lens(&Definition::of::<R>())))
}

/// The condition under which rows are in a list: present, visible, and passing the filter.
pub(crate) async fn scope_of_list<R: Stored>(
    connection: &mut Connection<'_>,
    listing: &Listing,
    action: Permission,
) -> Result<Sql> {
    let db = connection.db();
    let definition = Definition::of::<R>();
    let mut parts = vec![Sql::new(format!("{}.deleted_at is null", R::TABLE))];
    parts.push(filter::rows(&db.rows(action)?, R::TABLE));
    if !listing.filter.is_everything() {
        let context = match db.viewer() {
            Some(viewer) => Context::of(&definition, viewer),
            None => Context { definition: &definition, viewer: None, today: Utc::now().date_naive(), utc_offset: 0 },
        };
        let condition = Condition::check(&listing.filter, &context)?;
        parts.push(filter::condition(&condition, R::NAME, R::TABLE, db.keys()));
    }
    if let Some(q) = &listing.q {
        // Counting goes beyond the page, exactly to the end; and an order without an index takes all rows too.
        let page = match listing.count {
            Count::None => Some(paging::limit(listing)),
            Count::Estimate => Some(ENOUGH),
            Count::Exact => None,
        };
        let page = page.filter(|_| paging::walks(listing));
        parts.push(search::condition::<R>(connection, q, page).await?);
    }
    Ok(Sql::and(parts))
}

pub async fn list<R: Stored>(db: &Db, listing: &Listing) -> Result<Listed<R>> {
    let definition = Definition::of::<R>();
    listing.check(&definition)?;
    refuse_hidden_sorts::<R>(db, listing)?;
    let cursor = Cursor::read(db, R::NAME, listing)?;
    let mut connection = db.read().await?;
    let scope = scope_of_list::<R>(&mut connection, listing, R::READ).await?;
    let order = Order::of::<R>(listing);
    let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    let condition = match cursor.as_ref().and_then(|cursor| cursor.position.as_ref()) {
        Some(position) => {
            let beyond = order.beyond(position, backwards).ok_or(Error::new(Code::InvalidCursor))?;
            Sql::and(vec![scope.clone(), beyond])
        }
        None => scope.clone(),
    };
    let limit = paging::limit(listing) as i64 + 1;
    let mut selection = Selection { condition, order: order.sql(backwards), limit };
    if recurs(listing, &db.rows(R::READ)?) {
        selection =
            Selection { condition: selection.condition.recurring(), order: selection.order.recurring(), ..selection };
    }
    let rows = R::load(&mut connection, selection).await?;
    let rows = see::<R>(db, rows)?;
    let mut listed = paging::turn(db, listing, &order, cursor, rows);
    (listed.page.total, listed.page.estimated) = count::<R>(&mut connection, listing.count, scope).await?;
    Ok(listed)
}

/// Whether a list is one of the few that are asked for all day: everything, or what belongs to one owner, customer or
/// parent. Their plan is the same for all values; every other list is planned for its own.
fn recurs(listing: &Listing, rows: &Rows) -> bool {
    let by_reference = |filter: &Filter| match filter {
        Filter::Test(test) => {
            test.op == Op::Eq && matches!(test.field.as_str(), "owner_id" | "customer_id" | "parent_id")
        }
        Filter::And(parts) => parts.and.is_empty(),
        _ => false,
    };
    let filter = match &listing.filter {
        Filter::And(parts) if parts.and.len() == 1 => by_reference(&parts.and[0]),
        filter => by_reference(filter),
    };
    filter && listing.q.is_none() && paging::walks(listing) && !matches!(rows, Rows::Departments { .. })
}

/// The order of rows tells about the values they are ordered by.
fn refuse_hidden_sorts<R: Stored>(db: &Db, listing: &Listing) -> Result<()> {
    let lens = lens::<R>(db);
    if listing.sort.iter().any(|sort| lens.hides(&sort.field)) {
        return Err(Code::FieldForbidden.into());
    }
    Ok(())
}

async fn count<R: Stored>(connection: &mut Connection<'_>, count: Count, scope: Sql) -> Result<(Option<i64>, bool)> {
    match count {
        Count::None => Ok((None, false)),
        Count::Exact => {
            let query = Sql::new(format!("select count(*) from {} where ", R::TABLE)).append(scope);
            Ok((Some(query.rows::<sql_types::BigInt>().get_result(&mut **connection).await?), false))
        }
        Count::Estimate => {
            let capped = Sql::new(format!("select count(*) from (select 1 from {} where ", R::TABLE))
                .append(scope)
                .push(format!(" limit {}) counted", ENOUGH + 1));
            let enough = ENOUGH as i64;
            let found: i64 = capped.rows::<sql_types::BigInt>().get_result(&mut **connection).await?;
            Ok((Some(found.min(enough)), found > enough))
        }
    }
}

pub(crate) fn see<R: Stored>(db: &Db, mut rows: Vec<Record<R>>) -> Result<Vec<Seen<R>>> {
    let lens = lens::<R>(db);
    rows.iter_mut().try_for_each(|record| personal::open::<R>(db.keys(), record))?;
    Ok(rows.into_iter().map(|record| Seen::new(record, lens.clone())).collect())
}

/// The visible records that name some of these in a field.
pub(crate) async fn linked<R: Stored>(db: &Db, link: &str, ids: Vec<Uuid>) -> Result<Vec<Seen<R>>> {
    let Some(rows) = db.visible::<R>() else { return Ok(Vec::new()) };
    let table = R::TABLE;
    let condition = Sql::new(format!("{table}.deleted_at is null and {table}.{link} = any("))
        .bind(Bind::Ids(ids))
        .push(") and ")
        .append(filter::rows(&rows, table))
        .recurring();
    let order = Sql::new(format!("{table}.id")).recurring();
    let rows = R::load(&mut *db.read().await?, Selection { condition, order, limit: MOST_LINKED }).await?;
    see::<R>(db, rows)
}

/// A record by its id; one that the caller may not see is not found.
pub async fn find<R: Stored>(db: &Db, id: Uuid) -> Result<Seen<R>> {
    let mut connection = db.read().await?;
    let condition = Sql::new(format!("{}.id = ", R::TABLE))
        .bind(Bind::Id(id))
        .push(format!(" and {}.deleted_at is null and ", R::TABLE))
        .append(filter::rows(&db.rows(R::READ)?, R::TABLE))
        .recurring();
    let selection = Selection { condition, order: Sql::new("1").recurring(), limit: 1 };
    let rows = R::load(&mut connection, selection).await?;
    see::<R>(db, rows)?.pop().ok_or_else(|| Code::NotFound.into())
}

/// Makes a record out of a body that may also name owner, department and external ids.
pub async fn create<R: Stored + Default>(tx: &mut Tx<'_>, body: &Map<String, Value>) -> Result<Seen<R>> {
    create_as(tx, Uuid::now_v7(), ExternalIds::default(), body).await
}

/// The same under an id that is chosen already, with the names that it bears elsewhere.
pub(crate) async fn create_as<R: Stored + Default>(
    tx: &mut Tx<'_>,
    id: Uuid,
    external_ids: ExternalIds,
    body: &Map<String, Value>,
) -> Result<Seen<R>> {
    let (stamp, patch) = new_stamp(tx, body).await?;
    let stamp = Stamp { id, external_ids, ..stamp };
    refuse_unwritable::<R>(tx.db(), patch.keys())?;
    let data = check::apply(&R::default(), &patch).map_err(Error::invalid)?;
    refuse_hidden_references::<R>(tx, None, &data).await?;
    let mut record = Record { stamp, data };
    R::before_write(tx, &mut record).await?;
    refuse_foreign_rows(tx.db(), R::CREATE, &record.stamp)?;
    let mut sealed = record.clone();
    personal::seal::<R>(tx.db().keys(), &mut sealed, None)?;
    R::insert(tx, &sealed).await?;
    search::index::<R>(tx, &[&record]).await?;
    let lens = lens::<R>(tx.db());
    Ok(Seen::new(record, lens))
}

/// The stamp of a new record, and the body without the members that belong to it.
async fn new_stamp(tx: &mut Tx<'_>, body: &Map<String, Value>) -> Result<(Stamp, Map<String, Value>)> {
    let mut patch = body.clone();
    let mut faults = Vec::new();
    let mut take = |key: &str| match patch.remove(key) {
        None | Some(Value::Null) => None,
        Some(value) => {
            let id = value.as_str().and_then(|text| text.parse::<Uuid>().ok());
            if id.is_none() {
                faults.push(Fault::field(key, "not_an_id"));
            }
            id
        }
    };
    let owner_id = take("owner_id").or(tx.db().user_id());
    let department_id = take("department_id");
    if !faults.is_empty() {
        return Err(Error::invalid(faults).into());
    }
    let department_id = match (department_id, owner_id) {
        (None, Some(owner)) => department_of(tx, owner).await?,
        (department, _) => department,
    };
    let now = tx.now();
    let actor = tx.db().user_id();
    let stamp = Stamp {
        id: Uuid::now_v7(),
        version: 1,
        created_at: now,
        created_by: actor,
        updated_at: now,
        updated_by: actor,
        owner_id,
        department_id,
        external_ids: ExternalIds::default(),
    };
    Ok((stamp, patch))
}

/// The department of an owner. The caller's own is known without asking.
async fn department_of(tx: &mut Tx<'_>, owner: Uuid) -> Result<Option<Uuid>> {
    match tx.db().viewer() {
        Some(viewer) if viewer.user_id == owner => Ok(viewer.department_id),
        _ => crate::platform::users::department(tx, owner).await,
    }
}

/// Lays a merge patch over a record. A patch that changes nothing writes nothing.
pub async fn update<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    patch: &Map<String, Value>,
) -> Result<Written<R>> {
    let mut sealed = lock::<R>(tx, id, if_match, R::UPDATE).await?;
    refuse_unwritable::<R>(tx.db(), patch.keys())?;
    let mut before = sealed.clone();
    personal::open::<R>(tx.db().keys(), &mut before)?;
    let data = check::apply(&before.data, patch).map_err(Error::invalid)?;
    refuse_hidden_references::<R>(tx, Some(&before.data), &data).await?;
    let mut record = Record { stamp: before.stamp.clone(), data };
    R::before_write(tx, &mut record).await?;
    write::<R>(tx, &before, &mut sealed, record).await
}

/// Gives a record to the owner of the one it belongs to.
pub(crate) async fn follow_owner<R: Stored>(tx: &mut Tx<'_>, id: Uuid, leader: &Stamp) -> Result<()> {
    touch::<R>(tx, id, |record| {
        record.stamp.owner_id = leader.owner_id;
        record.stamp.department_id = leader.department_id;
    })
    .await
}

/// Changes a record that the system itself has to change, such as the one that stops being primary.
pub(crate) async fn touch<R: Stored>(tx: &mut Tx<'_>, id: Uuid, change: impl FnOnce(&mut Record<R>)) -> Result<()> {
    let Some(Locked { record: mut sealed, .. }) = R::lock(tx, id).await? else { return Ok(()) };
    let mut before = sealed.clone();
    personal::open::<R>(tx.db().keys(), &mut before)?;
    let mut record = before.clone();
    change(&mut record);
    write::<R>(tx, &before, &mut sealed, record).await?;
    Ok(())
}

/// Gives a record to another owner, or to another department.
pub async fn assign<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    owner_id: Option<Uuid>,
    department_id: Option<Uuid>,
) -> Result<Written<R>> {
    let mut sealed = lock::<R>(tx, id, if_match, R::ASSIGN).await?;
    let mut before = sealed.clone();
    personal::open::<R>(tx.db().keys(), &mut before)?;
    let mut record = before.clone();
    if let Some(owner) = owner_id {
        record.stamp.owner_id = Some(owner);
        record.stamp.department_id = department_of(tx, owner).await?;
    }
    if department_id.is_some() {
        record.stamp.department_id = department_id;
    }
    R::before_write(tx, &mut record).await?;
    let written = write::<R>(tx, &before, &mut sealed, record).await?;
    R::after_assign(tx, &written.record.record.stamp).await?;
    Ok(written)
}

async fn write<R: Stored>(
    tx: &mut Tx<'_>,
    before: &Record<R>,
    sealed: &mut Record<R>,
    mut record: Record<R>,
) -> Result<Written<R>> {
    let lens = lens::<R>(tx.db());
    if same(before, &record) {
        return Ok(Written { record: Seen::new(record, lens), changed: false });
    }
    advance(tx, &mut record.stamp);
    let mut next = record.clone();
    personal::seal::<R>(tx.db().keys(), &mut next, Some((&before.data, &mut sealed.data)))?;
    R::update(tx, &next, None).await?;
    if search::differs(before, &record) {
        search::index::<R>(tx, &[&record]).await?;
    }
    if before.stamp.external_ids != record.stamp.external_ids {
        external_ids::forget(tx, &[record.stamp.id]).await?;
        external_ids::remember(tx, R::NAME, &[&record.stamp]).await?;
    }
    Ok(Written { record: Seen::new(record, lens), changed: true })
}

/// Counts a change of what belongs to a locked record but lies in another table, such as the roles of a user.
pub(crate) async fn count_change<R: Stored>(tx: &mut Tx<'_>, mut record: Record<R>) -> Result<i64> {
    advance(tx, &mut record.stamp);
    R::update(tx, &record, None).await?;
    Ok(record.stamp.version)
}

pub(crate) fn same<R: Resource>(before: &Record<R>, after: &Record<R>) -> bool {
    let data = |record: &Record<R>| serde_json::to_value(&record.data).ok();
    let owner =
        |record: &Record<R>| (record.stamp.owner_id, record.stamp.department_id, record.stamp.external_ids.clone());
    data(before) == data(after) && owner(before) == owner(after)
}

pub(crate) fn advance(tx: &Tx<'_>, stamp: &mut Stamp) {
    stamp.version += 1;
    stamp.updated_at = tx.now();
    stamp.updated_by = tx.db().user_id();
}

/// Deletes a record softly; it can be restored for thirty days.
pub async fn delete<R: Stored>(tx: &mut Tx<'_>, id: Uuid, if_match: &IfMatch) -> Result<()> {
    lock::<R>(tx, id, if_match, R::DELETE).await?;
    set_deleted::<R>(tx, id, true).await
}

/// Brings a deleted record back.
pub async fn restore<R: Stored>(tx: &mut Tx<'_>, id: Uuid) -> Result<Seen<R>> {
    let locked = R::lock(tx, id).await?.filter(|locked| locked.deleted_at.is_some());
    let locked = locked.ok_or(Error::new(Code::NotFound))?;
    refuse_unseen(tx.db(), R::READ, &locked.record.stamp)?;
    refuse_foreign_rows(tx.db(), R::DELETE, &locked.record.stamp)?;
    set_deleted::<R>(tx, id, false).await?;
    let restored = R::lock(tx, id).await?.ok_or(Error::new(Code::NotFound))?;
    see::<R>(tx.db(), vec![restored.record])?.pop().ok_or_else(|| Code::NotFound.into())
}

pub(crate) async fn set_deleted<R: Stored>(tx: &mut Tx<'_>, id: Uuid, deleted: bool) -> Result<()> {
    let Some(Locked { record, deleted_at }) = R::lock(tx, id).await? else { return Ok(()) };
    let plain = write_deleted::<R>(tx, record, deleted).await?;
    match (deleted, deleted_at) {
        (true, _) => R::after_delete(tx, &plain, Deletion::Done).await,
        (false, Some(at)) => R::after_delete(tx, &plain, Deletion::Undone(at)).await,
        (false, None) => Ok(()),
    }
}

/// Deletes or restores a locked record and nothing else; returns it in the clear.
pub(crate) async fn write_deleted<R: Stored>(
    tx: &mut Tx<'_>,
    mut record: Record<R>,
    deleted: bool,
) -> Result<Record<R>> {
    let id = record.stamp.id;
    advance(tx, &mut record.stamp);
    let now: DateTime<Utc> = tx.now();
    R::update(tx, &record, deleted.then_some(now)).await?;
    personal::open::<R>(tx.db().keys(), &mut record)?;
    if deleted {
        search::forget(tx, &[id]).await?;
        external_ids::forget(tx, &[id]).await?;
    } else {
        search::index::<R>(tx, &[&record]).await?;
        external_ids::remember(tx, R::NAME, &[&record.stamp]).await?;
    }
    Ok(record)
}

/// Writes an earlier state over a locked record; both are sealed.
pub(crate) async fn put_back<R: Stored>(tx: &mut Tx<'_>, now: Record<R>, mut earlier: Record<R>) -> Result<()> {
    earlier.stamp.version = now.stamp.version;
    advance(tx, &mut earlier.stamp);
    R::update(tx, &earlier, None).await?;
    let id = now.stamp.id;
    let [now, earlier] = [now, earlier].map(|mut record| {
        personal::open::<R>(tx.db().keys(), &mut record)?;
        Ok::<_, crate::Error>(record)
    });
    let (now, earlier) = (now?, earlier?);
    if search::differs(&now, &earlier) {
        search::index::<R>(tx, &[&earlier]).await?;
    }
    if now.stamp.external_ids != earlier.stamp.external_ids {
        external_ids::forget(tx, &[id]).await?;
        external_ids::remember(tx, R::NAME, &[&earlier.stamp]).await?;
    }
    Ok(())
}

/// Locks a record for a change: visible, allowed, and of the version that the caller saw, in this order.
pub(crate) async fn lock<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    permission: Permission,
) -> Result<Record<R>> {
    let locked = R::lock(tx, id).await?.filter(|locked| locked.deleted_at.is_none());
    let record = locked.ok_or(Error::new(Code::NotFound))?.record;
    refuse_unseen(tx.db(), R::READ, &record.stamp)?;
    refuse_foreign_rows(tx.db(), permission, &record.stamp)?;
    let current = etag(tx.db(), record.stamp.version);
    match if_match {
        IfMatch::Tag(tag) if *tag != current => {
            Err(Error { current: Some(current), ..Error::new(Code::StaleVersion) }.into())
        }
        IfMatch::Refused(code) => Err((*code).into()),
        _ => Ok(record),
    }
}

pub(crate) fn refuse_unseen(db: &Db, read: Permission, stamp: &Stamp) -> Result<()> {
    let visible = db.rows(read).is_ok_and(|rows| rows.contains(stamp.owner_id, stamp.department_id));
    if visible { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// A row that may be seen but not changed is forbidden rather than missing.
pub(crate) fn refuse_foreign_rows(db: &Db, permission: Permission, stamp: &Stamp) -> Result<()> {
    if db.rows(permission)?.contains(stamp.owner_id, stamp.department_id) {
        return Ok(());
    }
    Err(Code::Forbidden.into())
}

pub(crate) fn refuse_unwritable<'a, R: Resource>(db: &Db, keys: impl Iterator<Item = &'a String>) -> Result<()> {
    let Some(viewer) = db.viewer() else { return Ok(()) };
    let writable =
        |field: &Field| field.access != Access::Writable || viewer.rights.field(R::NAME, field) == Right::Write;
    let faults: Vec<_> = keys
        .filter_map(|key| R::FIELDS.iter().find(|field| field.key == key))
        .filter(|field| !writable(field))
        .map(|field| Fault::field(field.key, "not_writable"))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Error { faults, ..Error::new(Code::Forbidden) }.into()) }
}

/// A reference may only name a record that the caller can see, or it would tell which ids exist.
async fn refuse_hidden_references<R: Resource>(tx: &mut Tx<'_>, before: Option<&R>, after: &R) -> Result<()> {
    let json = |data: &R| serde_json::to_value(data).unwrap_or_default();
    let (before, after) = (before.map(json).unwrap_or_default(), json(after));
    let mut faults = Vec::new();
    for field in R::FIELDS {
        let Kind::Reference(resource) = field.kind else { continue };
        let Some(id) = after[field.key].as_str().and_then(|text| text.parse::<Uuid>().ok()) else { continue };
        if before[field.key] == after[field.key] {
            continue;
        }
        let rows = tx.db().rows(Permission::new(resource, Action::Read)).ok();
        if !exists(tx, resource, id, rows, false).await? {
            faults.push(Fault::field(field.key, "not_found"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults).into()) }
}

/// Whether a record is among these rows; a deleted one only where that is asked for.
pub(crate) async fn exists(
    tx: &mut Tx<'_>,
    resource: &str,
    id: Uuid,
    rows: Option<Rows>,
    or_deleted: bool,
) -> Result<bool> {
    let (Some(rows), Some(definition)) = (rows, domain::catalogue::find(resource)) else { return Ok(false) };
    let table = definition.table;
    let present = if or_deleted { "true" } else { "deleted_at is null" };
    let query = Sql::new(format!("select exists (select 1 from {table} where {present} and {table}.id = "))
        .bind(Bind::Id(id))
        .push(" and ")
        .append(filter::rows(&rows, table))
        .push(")")
        .recurring();
    Ok(query.rows::<sql_types::Bool>().get_result(&mut **tx).await?)
}

/// The titles of records that the caller may see, for references to them.
pub async fn titles(db: &Db, resource: &str, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
    let Some(definition) = domain::catalogue::find(resource) else { return Ok(HashMap::new()) };
    let Ok(rows) = db.rows(Permission::new(definition.name, Action::Read)) else { return Ok(HashMap::new()) };
    let (table, title) = (definition.table, definition.title);
    let query = Sql::new(format!("select id, {title} from {table} where id = any("))
        .bind(Bind::Ids(ids))
        .push(") and ")
        .append(filter::rows(&rows, table))
        .recurring();
    let mut connection = db.read().await?;
    let titles: Vec<(Uuid, String)> = query.rows::<(sql_types::Uuid, sql_types::Text)>().load(&mut *connection).await?;
    Ok(titles.into_iter().collect())
}

/// Refuses a parent that stands below its child.
pub(crate) async fn refuse_cycle(tx: &mut Tx<'_>, table: &'static str, id: Uuid, parent: Option<Uuid>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    // Two moves at once could close a circle that neither of them sees.
    let lock =
        Sql::new(format!("select pg_advisory_xact_lock(hashtext('{table}.parent_id'))::text is not null")).recurring();
    let _: bool = lock.rows::<sql_types::Bool>().get_result(&mut **tx).await?;
    let query = Sql::new(format!("with recursive above as (select id, parent_id from {table} where id = "))
        .bind(Bind::Id(parent))
        .push(format!(
            " union select {table}.id, {table}.parent_id from {table} join above on {table}.id = above.parent_id) \
         select exists (select 1 from above where id = "
        ))
        .bind(Bind::Id(id))
        .push(")")
        .recurring();
    let cycle: bool = query.rows::<sql_types::Bool>().get_result(&mut **tx).await?;
    if cycle { Err(Error::invalid(vec![Fault::field("parent_id", "cycle")]).into()) } else { Ok(()) }
}
