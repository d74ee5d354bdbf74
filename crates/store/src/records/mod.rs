//! The five verbs, once for all resources.
//!
//! Here a record is found, made, changed and deleted; [`list`] has the fifth verb, which needs as much as the four.
//! What follows a record stands beside them: its [`owner`], its [`deletion`] and return, its [`family`] of children, the
//! [`references`] between records, which are asked for before a write by [`holding`] and before a deletion by [`uses`];
//! and the [`lock`] under which all of them write.

mod acts;
mod beside;
mod count;
mod deletion;
pub(crate) mod family;
pub(crate) mod holding;
mod list;
mod lists;
mod lock;
mod merge;
mod owner;
mod passing;
mod references;
mod shown;
mod successor;
pub(crate) mod uses;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::check::{self, Said};
use domain::custom::Custom;
use domain::error::{Code, Error, Fault};
use domain::lens::{Lens, Lenses};
use domain::lines;
use domain::permission::Permission;
use domain::resource::{ExternalIds, Record, Resource, Seals, Stamp};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use self::acts::act;
pub use self::deletion::{delete, restore};
pub(crate) use self::deletion::{may_go, put_back, refuse_issued};
pub(crate) use self::list::condition_of_list;
pub use self::list::list;
pub use self::lists::Lists;
pub(crate) use self::lock::{
    lock, reaches, refuse_foreign, refuse_foreign_rows, refuse_undraftable, refuse_unseen, refuse_unwritable, writes,
};
pub use self::merge::{Merging, merge};
pub use self::owner::assign;
pub(crate) use self::passing::{Passing, context, passing, present};
pub use self::references::{Called, called, titles, told_apart};
pub(crate) use self::references::{called_within, exists, linked, whose};
pub use self::shown::{Page, Shown};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::keys::damage;
use crate::sql::{Bind, Sql};
use crate::table::{Locked, Selection, Stored};
use crate::{duplicates, external_ids, filter, numbering, personal, search};

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

    /// What stands in it, in the clear; for reasons that are told, not for showing.
    pub(crate) fn data(&self) -> &R {
        &self.record.data
    }

    pub(crate) fn lens(&self) -> &Lens {
        &self.lens
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

/// One state of a record: its version, and the moment at which it came to be. In a history that a restore undid, the
/// same version came to be at another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    version: i64,
    at: DateTime<Utc>,
}

impl From<&Stamp> for Edition {
    fn from(stamp: &Stamp) -> Self {
        Self { version: stamp.version, at: stamp.updated_at }
    }
}

/// The entity tag of a record as it is in one state, without quotes.
pub fn etag(db: &Db, of: impl Into<Edition>) -> String {
    let Edition { version, at } = of.into();
    format!("{version}-{}-{:x}", db.keys().lineage(), at.timestamp_micros())
}

/// The version a writer claims to have seen.
#[derive(Clone, Debug)]
pub enum IfMatch {
    /// One of these, without quotes.
    Tags(Vec<String>),
    /// Whatever the version; only for callers that may force.
    Any,
    /// None that counts. Why is told once the record was found to be there and the caller's to change.
    Refused(Code),
}

/// The outcome of a write.
pub struct Written<R> {
    pub record: Seen<R>,
    pub changed: bool,
    /// The record that an act made out of it.
    pub made: Option<Made>,
}

/// A record that was made out of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    pub resource: &'static str,
    pub id: Uuid,
}

pub(crate) fn lenses<R: Resource>(db: &Db) -> Lenses<'_> {
    Lenses::of(db.viewer(), db.definition::<R>())
}

pub(crate) fn see<R: Stored>(db: &Db, mut rows: Vec<Record<R>>) -> Result<Vec<Seen<R>>> {
    let lenses = lenses::<R>(db);
    rows.iter_mut().for_each(|record| personal::open::<R>(db, record));
    let definition = db.definition::<R>();
    let seen = |mut record: Record<R>| {
        record.stamp.custom.show(definition);
        let lens = lenses.at(&record.stamp);
        Seen::new(record, lens)
    };
    Ok(rows.into_iter().map(seen).collect())
}

/// A record in the clear as the caller may see it.
fn seen<R: Resource>(db: &Db, mut record: Record<R>) -> Seen<R> {
    record.stamp.custom.show(db.definition::<R>());
    let lens = lenses::<R>(db).at(&record.stamp);
    Seen::new(record, lens)
}

/// The same of one that was just written.
pub(crate) fn see_one<R: Stored>(db: &Db, record: Record<R>) -> Result<Seen<R>> {
    see::<R>(db, vec![record])?.pop().ok_or_else(|| Code::NotFound.into())
}

/// A record by its id; one that the caller may not see is not found. One that was put together with another tells where it
/// went.
pub async fn find<R: Stored>(db: &Db, id: Uuid) -> Result<Seen<R>> {
    match found::<R>(db, id).await? {
        Some(seen) => Ok(seen),
        None => Err(merge::gone::<R>(db, id).await?.into()),
    }
}

async fn found<R: Stored>(db: &Db, id: Uuid) -> Result<Option<Seen<R>>> {
    let condition = Sql::new(format!("{}.id = ", R::TABLE))
        .bind(Bind::Id(id))
        .push(format!(" and {}.deleted_at is null and ", R::TABLE))
        .append(filter::rows(&db.rows(R::READ)?, R::TABLE))
        .recurring();
    let selection = Selection { condition, order: Sql::new("1").recurring(), limit: 1 };
    let rows = db.ask(async |connection| R::load(connection, selection.clone()).await).await?;
    Ok(see::<R>(db, rows)?.pop())
}

/// Makes a record out of a body that may also name owner, department and external ids.
pub async fn create<R: Stored>(tx: &mut Tx<'_>, body: &Map<String, Value>) -> Result<Seen<R>> {
    create_as(tx, Uuid::now_v7(), ExternalIds::default(), body).await
}

/// The same under an id that is chosen already, with the names that it bears elsewhere.
pub(crate) async fn create_as<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    external_ids: ExternalIds,
    body: &Map<String, Value>,
) -> Result<Seen<R>> {
    let (stamp, mut patch) = stamp_of_body::<R>(tx, body).await?;
    let stamp = Stamp { id, external_ids, ..stamp };
    let beside = beside::take::<R>(&mut patch)?;
    refuse_unwritable::<R>(tx.db(), R::CREATE, None, body.keys())?;
    let strange = lines::name_new(R::FIELDS, None, &mut patch, Uuid::now_v7);
    let said = Said { definition: tx.db().definition::<R>(), members: &patch, at: tx.now() };
    let (data, custom) = told(strange, check::create::<R>(said))?;
    let mut record = Record { stamp: Stamp { custom, ..stamp }, data };
    holding::settle::<R>(tx, None, &mut record).await?;
    numbering::give::<R>(tx, std::slice::from_mut(&mut record)).await?;
    R::before_write(tx, None, &mut record).await?;
    R::make_room(tx, &record).await?;
    duplicates::refuse(tx, None, &record).await?;
    refuse_foreign_rows(tx, R::CREATE, &record).await?;
    // Whose the record will be is known only now.
    refuse_unwritable::<R>(tx.db(), R::CREATE, Some(&record.stamp), body.keys())?;
    let mut sealed = record.clone();
    personal::seal::<R>(tx.db(), &mut sealed, None)?;
    R::insert(tx, &sealed).await?;
    R::after_create(tx, &record.stamp, &beside).await?;
    search::index::<R>(tx, &[&record]).await?;
    R::after_write(tx, None, std::slice::from_ref(&record)).await?;
    Ok(seen(tx.db(), record))
}

/// Writes a new record that follows from another, whoever may make such a one by himself.
pub(crate) async fn make<R: Stored>(tx: &mut Tx<'_>, mut record: Record<R>) -> Result<()> {
    numbering::give::<R>(tx, std::slice::from_mut(&mut record)).await?;
    let mut sealed = record.clone();
    personal::seal::<R>(tx.db(), &mut sealed, None)?;
    R::insert(tx, &sealed).await?;
    search::index::<R>(tx, &[&record]).await
}

/// The stamp of a new record, and the body without the members that belong to it.
async fn stamp_of_body<R: Resource>(tx: &mut Tx<'_>, body: &Map<String, Value>) -> Result<(Stamp, Map<String, Value>)> {
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
        // Where a person works is said, and is not where the one works who wrote it down.
        (department, _) if R::PLACED && !R::OWNED => department,
        (None, Some(owner)) => owner::department_of(tx, owner).await?,
        (department, _) => department,
    };
    Ok((new_stamp(tx, owner_id, department_id), patch))
}

/// The stamp of a record that the caller makes now.
pub(crate) fn new_stamp(tx: &Tx<'_>, owner_id: Option<Uuid>, department_id: Option<Uuid>) -> Stamp {
    let (now, actor) = (tx.now(), tx.db().user_id());
    Stamp {
        id: Uuid::now_v7(),
        version: 1,
        created_at: now,
        created_by: actor,
        updated_at: now,
        updated_by: actor,
        owner_id,
        department_id,
        external_ids: ExternalIds::default(),
        seals: Seals::default(),
        custom: Custom::default(),
    }
}

/// Lays a merge patch over a record. A patch that changes nothing writes nothing.
pub async fn update<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    patch: &Map<String, Value>,
) -> Result<Written<R>> {
    edit::<R>(tx, id, if_match, patch, &Lists::default()).await
}

/// The same, and adds to lists and takes from them. Of those the caller says what he would have to say of the whole.
pub(crate) async fn edit<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    patch: &Map<String, Value>,
    lists: &Lists,
) -> Result<Written<R>> {
    let definition = tx.db().definition::<R>();
    let lay = |before: &Record<R>, at| {
        let mut patch = patch.clone();
        let present = serde_json::to_value(before).unwrap_or_default();
        if let (Some(present), false) = (present.as_object(), lists.is_empty()) {
            lists.lay(definition, present, &mut patch);
        }
        let strange = lines::name_new(R::FIELDS, present.as_object(), &mut patch, Uuid::now_v7);
        let said = Said { definition, members: &patch, at };
        told(strange, check::change((&before.data, &before.stamp.custom), said))
    };
    let mut said: Map<String, Value> = lists.remove.keys().map(|key| (key.clone(), Value::Null)).collect();
    said.extend(lists.add.iter().chain(patch).map(|(key, value)| (key.clone(), value.clone())));
    change::<R>(tx, id, if_match, R::UPDATE, &said, lay).await
}

/// All that is wrong with what somebody said.
fn told<R>(mut faults: Vec<Fault>, checked: std::result::Result<R, Vec<Fault>>) -> std::result::Result<R, Error> {
    match checked {
        Ok(data) if faults.is_empty() => return Ok(data),
        Ok(_) => {}
        Err(found) => faults.extend(found),
    }
    Err(Error::invalid(faults))
}

/// Changes a record that is the caller's to change. `patch` is what he says, and `lay` what comes of it.
async fn change<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    permission: Permission,
    patch: &Map<String, Value>,
    lay: impl FnOnce(&Record<R>, DateTime<Utc>) -> std::result::Result<(R, Custom), Error>,
) -> Result<Written<R>> {
    holding::hold_first::<R>(tx, patch).await?;
    let mut sealed = lock::<R>(tx, id, if_match, permission).await?;
    refuse_unwritable::<R>(tx.db(), permission, Some(&sealed.stamp), patch.keys())?;
    let mut before = sealed.clone();
    personal::open::<R>(tx.db(), &mut before);
    let (data, custom) = lay(&before, tx.now())?;
    let mut record = Record { stamp: Stamp { custom, ..before.stamp.clone() }, data };
    holding::settle::<R>(tx, Some(&before), &mut record).await?;
    R::before_write(tx, Some(&before), &mut record).await?;
    R::make_room(tx, &record).await?;
    duplicates::refuse(tx, Some(&before), &record).await?;
    let written = write::<R>(tx, &before, &mut sealed, record).await?;
    if written.changed {
        R::after_write(tx, Some(&before), std::slice::from_ref(&written.record.record)).await?;
    }
    Ok(written)
}

/// Changes a record that the system itself has to change, such as the one that stops being primary.
pub(crate) async fn touch<R: Stored>(tx: &mut Tx<'_>, id: Uuid, change: impl FnOnce(&mut Record<R>)) -> Result<()> {
    let Some(Locked { record: mut sealed, .. }) = R::lock(tx, id).await? else { return Ok(()) };
    let mut before = sealed.clone();
    personal::open::<R>(tx.db(), &mut before);
    let mut record = before.clone();
    change(&mut record);
    write::<R>(tx, &before, &mut sealed, record).await?;
    Ok(())
}

async fn write<R: Stored>(
    tx: &mut Tx<'_>,
    before: &Record<R>,
    sealed: &mut Record<R>,
    mut record: Record<R>,
) -> Result<Written<R>> {
    if same(before, &record) {
        return Ok(Written { record: seen(tx.db(), record), changed: false, made: None });
    }
    advance(tx, &mut record.stamp);
    let mut next = record.clone();
    personal::seal::<R>(tx.db(), &mut next, Some((before, sealed)))?;
    R::update(tx, &next, None).await?;
    record.stamp.seals = next.stamp.seals;
    if record.stamp.seals.unreadable != before.stamp.seals.unreadable {
        damage::mended(tx, R::TABLE, record.stamp.id, &before.stamp.seals.unreadable).await?;
    }
    if search::differs(tx.db(), before, &record) {
        search::index::<R>(tx, &[&record]).await?;
    }
    if before.stamp.external_ids != record.stamp.external_ids {
        external_ids::forget(tx, &[record.stamp.id]).await?;
        external_ids::remember(tx, R::NAME, &[&record.stamp]).await?;
    }
    Ok(Written { record: seen(tx.db(), record), changed: true, made: None })
}

/// Counts a change of what belongs to a locked record but lies in another table, such as the roles of a user.
pub(crate) async fn count_change<R: Stored>(tx: &mut Tx<'_>, mut record: Record<R>) -> Result<Edition> {
    advance(tx, &mut record.stamp);
    R::update(tx, &record, None).await?;
    Ok(Edition::from(&record.stamp))
}

pub(crate) fn same<R: Resource>(before: &Record<R>, after: &Record<R>) -> bool {
    let data = |record: &Record<R>| serde_json::to_value(&record.data).ok();
    let kept = |Record { stamp, .. }: &Record<R>| {
        (stamp.owner_id, stamp.department_id, stamp.external_ids.clone(), stamp.custom.clone())
    };
    data(before) == data(after) && kept(before) == kept(after)
}

pub(crate) fn advance(tx: &Tx<'_>, stamp: &mut Stamp) {
    stamp.version += 1;
    stamp.updated_at = tx.now();
    stamp.updated_by = tx.db().user_id();
}
