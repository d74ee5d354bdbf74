//! What a record names must be there, and stays there until the record is written.
//!
//! A record that is named is held with a share lock, which a deletion waits for: of the two the second sees what the
//! first did. Whoever needs several locks takes them in one order, parents before children and each table by its key, so
//! that no two wait for each other.

use std::collections::{HashMap, HashSet};

use diesel::sql_types::{Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::catalogue;
use domain::error::{Error, Fault};
use domain::field::{Field, Kind};
use domain::filter::paths;
use domain::permission::{Action, Permission};
use domain::resource::{Definition, Record, STAMP_FIELDS};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::family;
use crate::column;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::table::Stored;
use crate::{filter, history};

/// What the caller wants with rows.
#[derive(Clone, Copy)]
pub(crate) enum Lock {
    /// To change them. Others may go on naming them.
    Change,
    /// To delete them, when nobody may be about to name them.
    Delete,
}

impl Lock {
    pub(super) fn strength(self) -> &'static str {
        match self {
            Lock::Change => "for no key update",
            Lock::Delete => "for update",
        }
    }
}

/// Takes rows for oneself, in the order of their keys.
pub(crate) async fn rows(tx: &mut Tx<'_>, table: &str, ids: &[Uuid], lock: Lock) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let strength = lock.strength();
    let query = Sql::new(format!("select count(*) from (select 1 from {table} where id = any("))
        .bind(Bind::Ids(ids.to_vec()))
        .push(format!(") order by id {strength}) held"))
        .recurring();
    let _: i64 = query.rows::<diesel::sql_types::BigInt>().get_result(&mut **tx).await?;
    Ok(())
}

/// Before a record is written: what it names is there and is held, a tree stays a tree, and a child is its parent's
/// owner's.
pub(crate) async fn settle<R: Stored>(
    tx: &mut Tx<'_>,
    before: Option<&Record<R>>,
    record: &mut Record<R>,
) -> Result<()> {
    settle_knowing(tx, before, record, &[]).await
}

/// The same where what `settled` operations deleted last is as good as back.
pub(crate) async fn settle_knowing<R: Stored>(
    tx: &mut Tx<'_>,
    before: Option<&Record<R>>,
    record: &mut Record<R>,
    settled: &[Uuid],
) -> Result<()> {
    let definition = tx.db().definition::<R>();
    let named = named(definition, 0, before, record);
    refuse_missing(tx, definition, &named, settled).await?;
    if before.is_some() {
        // A new record stands above nobody.
        for one in named.iter().filter(|one| one.to == R::NAME && is_tree(one.field)) {
            refuse_cycle(tx, R::TABLE, one.field.key, record.stamp.id, one.id).await?;
        }
    }
    family::follow_parents(tx, std::slice::from_mut(record)).await
}

/// The same for many new records at once.
pub(crate) async fn settle_new<R: Stored>(tx: &mut Tx<'_>, records: &mut [Record<R>]) -> Result<()> {
    let definition = tx.db().definition::<R>();
    let named: Vec<_> = (0..).zip(&*records).flat_map(|(place, one)| named(definition, place, None, one)).collect();
    refuse_missing(tx, definition, &named, &[]).await?;
    family::follow_parents(tx, records).await
}

/// Takes the locks that a change will need before its own row is locked. Whether it may be made is judged later.
pub(crate) async fn hold_first<R: Stored>(tx: &mut Tx<'_>, patch: &Map<String, Value>) -> Result<()> {
    let definition = tx.db().definition::<R>();
    let said = |(field, to): (&'static Field, &'static str)| {
        paths::ids(patch.get(field.key)).into_iter().map(move |id| Named::new(0, field, to, id))
    };
    let named: Vec<Named> = definition.references().flat_map(said).collect();
    for one in named.iter().filter(|one| one.to == R::NAME && is_tree(one.field)) {
        queue_at_tree(tx, R::TABLE, one.field.key).await?;
    }
    hold(tx, definition, &named, Sight::Anybodys).await.map(drop)
}

/// Those of the rows that name something gone, unless it is among the rows themselves; what the others name is held.
pub(crate) async fn dangling(
    tx: &mut Tx<'_>,
    of: &Definition,
    ids: &[Uuid],
    settled: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Fault>>> {
    let fields: Vec<_> = of.references().filter(|(field, _)| !of.follows_parent() || !is_stamped(field)).collect();
    let (table, mut columns) = (of.table, Vec::new());
    for (place, (field, _)) in fields.iter().enumerate() {
        let column = column::of(table, field);
        columns.push(match field.kind {
            Kind::References(_) => format!("select {place}, unnest({column})"),
            _ => format!("select {place}, {column}"),
        });
    }
    if columns.is_empty() || ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = Sql::new(format!(
        "select {table}.id, named.place, named.id from {table}, lateral ({}) named (place, id) \
         where named.id is not null and {table}.id = any(",
        columns.join(" union all ")
    ))
    .bind(Bind::Ids(ids.to_vec()))
    .push(")")
    .recurring();
    let rows: Vec<(Uuid, i32, Uuid)> = query.rows::<(SqlUuid, Integer, SqlUuid)>().load(&mut **tx).await?;
    let (mut owners, mut named) = (Vec::new(), Vec::new());
    for (row, place, id) in rows {
        let Some((field, to)) = fields.get(place as usize).copied() else { continue };
        if to == of.name && ids.contains(&id) {
            continue;
        }
        named.push(Named::new(owners.len(), field, to, id));
        owners.push(row);
    }
    let mut faults: HashMap<Uuid, Vec<Fault>> = HashMap::new();
    for one in missing(tx, of, &named, Sight::Anybodys, settled).await? {
        faults.entry(owners[one.place]).or_default().push(Fault::field(one.field.key, "deleted"));
    }
    Ok(faults)
}

/// A reference: whose, by which field, and to what.
struct Named {
    place: usize,
    field: &'static Field,
    to: &'static str,
    id: Uuid,
    /// Where it is said.
    pointer: String,
}

impl Named {
    fn new(place: usize, field: &'static Field, to: &'static str, id: Uuid) -> Self {
        Self { place, field, to, id, pointer: format!("/{}", field.key) }
    }
}

/// What a record names that it did not name before.
fn named<R: Stored>(
    definition: &Definition,
    place: usize,
    before: Option<&Record<R>>,
    after: &Record<R>,
) -> Vec<Named> {
    let json = |record: &Record<R>| serde_json::to_value(record).unwrap_or_default();
    let (before, after) = (before.map(json).unwrap_or_default(), json(after));
    let inherited = definition.follows_parent();
    let changed = |field: &Field| before[field.key] != after[field.key];
    let linked = linked(definition, &after).filter(|(field, _)| changed(field));
    let own = definition
        .references()
        .filter(|(field, _)| changed(field) && !(inherited && is_stamped(field)))
        .chain(linked)
        .flat_map(|(field, to)| {
            let known = if field.kind.is_many() { paths::ids(before.get(field.key)) } else { Vec::new() };
            let anew = paths::ids(after.get(field.key)).into_iter().filter(move |id| !known.contains(id));
            anew.map(move |id| Named::new(place, field, to, id))
        });
    own.chain(named_by_lines(definition, place, &before, &after)).collect()
}

/// What the lines of a document name that none of them named before.
fn named_by_lines(definition: &Definition, place: usize, before: &Value, after: &Value) -> Vec<Named> {
    let mut named = Vec::new();
    for (lines, field, to) in definition.references_of_lines() {
        let of = |document: &Value| document[lines.key].as_array().cloned().unwrap_or_default();
        let known: HashSet<String> =
            of(before).iter().filter_map(|line| line[field.key].as_str().map(str::to_owned)).collect();
        for (number, line) in of(after).iter().enumerate() {
            let said = line[field.key].as_str().filter(|id| !known.contains(*id));
            if let Some(id) = said.and_then(|id| id.parse().ok()) {
                let pointer = format!("/{}/{number}/{}", lines.key, field.key);
                named.push(Named { pointer, ..Named::new(place, field, to, id) });
            }
        }
    }
    named
}

/// The field by which a record leads to one of any resource, and the resource that it leads to now.
fn linked(definition: &Definition, record: &Value) -> Option<(&'static Field, &'static str)> {
    let link = definition.link?;
    Some((definition.field(link.id)?, catalogue::find(record[link.kind].as_str()?)?.name))
}

/// Whether records of one kind stand above each other by this field. What an administrator lets them name is no tree, nor
/// is what names several.
pub(super) fn is_tree(field: &Field) -> bool {
    !field.is_custom() && !field.kind.is_many()
}

/// Whether the house keeps the field, and not the resource.
fn is_stamped(field: &Field) -> bool {
    STAMP_FIELDS.iter().any(|own| own.key == field.key)
}

/// Whose sight decides whether a record is there.
#[derive(Clone, Copy, PartialEq)]
enum Sight {
    /// The caller's: a reference to what they do not see would tell them which ids exist. Only owner and department may
    /// lie beyond it.
    Callers,
    Anybodys,
}

/// What is named and not there.
async fn missing<'a>(
    tx: &mut Tx<'_>,
    of: &Definition,
    named: &'a [Named],
    sight: Sight,
    settled: &[Uuid],
) -> Result<Vec<&'a Named>> {
    let held = hold(tx, of, named, sight).await?;
    let mut missing: Vec<&Named> = named.iter().filter(|one| !held.contains(&(one.field.key, one.id))).collect();
    if !settled.is_empty() {
        let resources: HashSet<&str> = missing.iter().map(|one| one.to).collect();
        for to in resources {
            let ids: Vec<Uuid> = missing.iter().filter(|one| one.to == to).map(|one| one.id).collect();
            let back = history::last_changed_by(tx, to, &ids, settled).await?;
            missing.retain(|one| one.to != to || !back.contains(&one.id));
        }
    }
    Ok(missing)
}

async fn refuse_missing(tx: &mut Tx<'_>, of: &Definition, named: &[Named], settled: &[Uuid]) -> Result<()> {
    let mut faults: Vec<Fault> = Vec::new();
    for one in missing(tx, of, named, Sight::Callers, settled).await? {
        let fault = Fault::new(&one.pointer, "not_found");
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults).into()) }
}

/// Holds what is named, in one statement, and tells what of it is there.
async fn hold(
    tx: &mut Tx<'_>,
    of: &Definition,
    named: &[Named],
    sight: Sight,
) -> Result<HashSet<(&'static str, Uuid)>> {
    let mut fields: Vec<(&'static Field, &'static str)> = Vec::new();
    for one in named {
        if !fields.iter().any(|(field, to)| (field.key, *to) == (one.field.key, one.to)) {
            fields.push((one.field, one.to));
        }
    }
    fields.sort_by_key(|(field, to)| (family::rank(to), field.key));
    let mut parts = Vec::new();
    for (place, (field, to)) in fields.iter().enumerate() {
        let ids: HashSet<Uuid> =
            named.iter().filter(|one| (one.field.key, one.to) == (field.key, *to)).map(|one| one.id).collect();
        let Some(part) = holding(tx.db(), of, field, to, ids, sight) else { continue };
        parts.push((place, part));
    }
    if parts.is_empty() {
        return Ok(HashSet::new());
    }
    // What is written later runs later, so the locks come in this order too.
    let mut query = Sql::new("with ");
    let mut told = Vec::new();
    for (index, (place, part)) in parts.into_iter().enumerate() {
        query = query.push(format!("{}held_{place} as (", if index == 0 { "" } else { ", " })).append(part).push(")");
        told.push(format!("select {place}, id from held_{place}"));
    }
    let query = query.push(format!(" {}", told.join(" union all "))).recurring();
    let rows: Vec<(i32, Uuid)> = query.rows::<(Integer, SqlUuid)>().load(&mut **tx).await?;
    let key = |place: i32| fields.get(place as usize).map_or("", |(field, _)| field.key);
    Ok(rows.into_iter().map(|(place, id)| (key(place), id)).collect())
}

/// The rows that one field names, locked; none if the caller sees nothing of their kind.
fn holding(db: &Db, of: &Definition, field: &Field, to: &str, ids: HashSet<Uuid>, sight: Sight) -> Option<Sql> {
    let target = catalogue::find(to)?;
    let table = target.table;
    let follows = of.follows_parent() && of.parent.is_some_and(|parent| parent.field == field.key);
    // A child whose owner is its parent's waits for a change of that owner too.
    let strength = if follows { "for share" } else { "for key share" };
    let seen = match sight {
        Sight::Callers if !is_stamped(field) => {
            filter::rows(&db.rows(Permission::new(target.name, Action::Read)).ok()?, table)
        }
        _ => Sql::new("true"),
    };
    let condition = format!("select {table}.id from {table} where {table}.deleted_at is null and {table}.id = any(");
    let held = Sql::new(condition).bind(Bind::Ids(ids.into_iter().collect())).push(") and ").append(seen);
    Some(held.push(format!(" order by {table}.id {strength}")))
}

/// Two moves in a tree at once could close a circle that neither of them sees, so they queue up.
async fn queue_at_tree(tx: &mut Tx<'_>, table: &str, link: &str) -> Result<()> {
    let lock = format!("select pg_advisory_xact_lock(hashtext('{table}.{link}'))::text is not null");
    let _: bool = Sql::new(lock).recurring().rows::<diesel::sql_types::Bool>().get_result(&mut **tx).await?;
    Ok(())
}

/// Refuses a record above, by this field, that stands below.
pub(super) async fn refuse_cycle(tx: &mut Tx<'_>, table: &str, link: &str, id: Uuid, above: Uuid) -> Result<()> {
    queue_at_tree(tx, table, link).await?;
    let query = Sql::new(format!("with recursive above as (select id, {link} from {table} where id = "))
        .bind(Bind::Id(above))
        .push(format!(
            " union select {table}.id, {table}.{link} from {table} join above on {table}.id = above.{link}) \
             select exists (select 1 from above where id = "
        ))
        .bind(Bind::Id(id))
        .push(")")
        .recurring();
    let cycle: bool = query.rows::<diesel::sql_types::Bool>().get_result(&mut **tx).await?;
    if cycle { Err(Error::invalid(vec![Fault::field(link, "cycle")]).into()) } else { Ok(()) }
}
