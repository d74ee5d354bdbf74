//! Parents and children: what is deleted, comes back and is handed over together, always by the set and not one by one.
//!
//! Which records are children is said by the [`domain::references::Parent`] of their resource. In the log of changes
//! children stand before their parent when they go and behind it when they come, so that an undo, which reads it
//! backwards, never leaves one without the other.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::CATALOGUE;
use domain::catalogue::{self, Catalogue};
use domain::error::{Code, Error, Fault};
use domain::references;
use domain::resource::{Definition, Record, Stamp};
use uuid::Uuid;

use super::holding::{self, Lock};
use super::{successor, uses};
use crate::db::Tx;
use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::table::Stored;
use crate::{external_ids, registry, search};

/// What a deletion takes along: each resource with the ids of its records, children behind their parents.
pub(super) type Family = Vec<(&'static Definition, Vec<Uuid>)>;

/// Deletes rows that the transaction has locked, with all that goes with them. Refused as long as others name any of it.
pub(crate) async fn delete(tx: &mut Tx<'_>, of: &'static Definition, ids: Vec<Uuid>) -> Result<()> {
    let family = family(tx, of, ids, "deleted_at is null", None, Lock::Delete).await?;
    for (of, ids) in &family {
        uses::refuse(tx, of, ids, &family).await?;
    }
    for (of, ids) in family.iter().rev() {
        mark_deleted(tx, of, ids).await?;
    }
    Ok(())
}

/// Records with all that goes with them, locked: nobody in it comes before whom he names.
async fn family(
    tx: &mut Tx<'_>,
    of: &'static Definition,
    ids: Vec<Uuid>,
    state: &str,
    moment: Option<DateTime<Utc>>,
    lock: Lock,
) -> Result<Family> {
    let mut found: Family = vec![(of, ids)];
    let mut place = 0;
    while let Some((of, ids)) = found.get(place).cloned() {
        for child in Catalogue::built().references_to(of.name).filter(|reference| reference.goes_with()) {
            let below = children(tx, &child, &ids, state, moment, lock).await?;
            if !below.is_empty() {
                found.push((child.from, below));
            }
        }
        place += 1;
    }
    let mut family = Family::new();
    while !found.is_empty() {
        let names_another = |of: &Definition| {
            let others = found.iter().map(|(other, _)| other.name).filter(|other| *other != of.name);
            others.into_iter().any(|other| of.references().any(|(_, to)| to == other))
        };
        let next = found.iter().position(|(of, _)| !names_another(of)).unwrap_or(0);
        family.push(found.remove(next));
    }
    Ok(family)
}

/// Deletes these rows and nothing else.
pub(crate) async fn mark_deleted(tx: &mut Tx<'_>, of: &Definition, ids: &[Uuid]) -> Result<()> {
    let now = tx.now();
    let update = stamped(tx, of.table)
        .push(", deleted_at = ")
        .bind(Bind::Instant(now))
        .push(" where deleted_at is null and id = any(")
        .bind(Bind::Ids(ids.to_vec()))
        .push(")");
    update.recurring().rows::<()>().execute(&mut **tx).await?;
    search::forget(tx, ids).await?;
    external_ids::forget(tx, ids).await
}

/// Brings back rows that were deleted at a moment, with what went with them.
pub(crate) async fn restore(
    tx: &mut Tx<'_>,
    of: &'static Definition,
    ids: Vec<Uuid>,
    deleted_at: DateTime<Utc>,
) -> Result<()> {
    // Those that were deleted in the same transaction carry the same moment.
    for (of, ids) in family(tx, of, ids, "deleted_at = ", Some(deleted_at), Lock::Change).await? {
        let gone = holding::dangling(tx, of, &ids, &[]).await?;
        if let Some(faults) = gone.into_values().next() {
            return Err(Error { faults, ..Error::new(Code::Conflict) }.into());
        }
        bring_back(tx, of, &ids).await?;
    }
    Ok(())
}

/// Brings back these rows and nothing else. A child comes back to whoever owns its parent now.
pub(crate) async fn bring_back(tx: &mut Tx<'_>, of: &Definition, ids: &[Uuid]) -> Result<()> {
    let (table, mut update) = (of.table, stamped(tx, of.table).push(", deleted_at = null"));
    let parent = of.parent.filter(|_| of.follows_parent());
    let above = parent.and_then(|parent| Some((parent.field, parent_of(of)?.table)));
    if let Some((link, above)) = above {
        update = update
            .push(format!(", owner_id = above.owner_id, department_id = above.department_id from {above} above"))
            .push(format!(" where above.id = {table}.{link} and "));
    } else {
        update = update.push(" where ");
    }
    let update = update
        .push(format!("{table}.deleted_at is not null and {table}.id = any("))
        .bind(Bind::Ids(ids.to_vec()))
        .push(")");
    update.recurring().rows::<()>().execute(&mut **tx).await?;
    if of.merged {
        successor::forget(tx, ids).await?;
    }
    external_ids::remember_all(tx, of, ids).await?;
    registry::named(of.name)?.index(tx, ids).await
}

/// Hands the children of a record over with it, to the owner that it is about to have.
pub(crate) async fn hand_over(tx: &mut Tx<'_>, of: &Definition, parent: &Stamp) -> Result<()> {
    let mut parents: Vec<(&str, Vec<Uuid>)> = vec![(of.name, vec![parent.id])];
    let (mut steps, mut place) = (Vec::new(), 0);
    while let Some((name, ids)) = parents.get(place).cloned() {
        for child in Catalogue::built().references_to(name).filter(|reference| reference.follows()) {
            let below = children(tx, &child, &ids, "deleted_at is null", None, Lock::Change).await?;
            if !below.is_empty() {
                steps.push((child.from, below.clone()));
                parents.push((child.from.name, below));
            }
        }
        place += 1;
    }
    for (of, ids) in steps.into_iter().rev() {
        let value = |id: Option<Uuid>| match id {
            Some(id) => Sql::new("").bind(Bind::Id(id)),
            None => Sql::new("null::uuid"),
        };
        let update = stamped(tx, of.table)
            .push(", owner_id = ")
            .append(value(parent.owner_id))
            .push(", department_id = ")
            .append(value(parent.department_id))
            .push(" where id = any(")
            .bind(Bind::Ids(ids))
            .push(") and (owner_id, department_id) is distinct from (")
            .append(value(parent.owner_id))
            .push(", ")
            .append(value(parent.department_id))
            .push(")");
        update.recurring().rows::<()>().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Gives records that are about to be written to whoever owns their parents.
pub(super) async fn follow_parents<R: Stored>(tx: &mut Tx<'_>, records: &mut [Record<R>]) -> Result<()> {
    let definition = tx.db().definition::<R>();
    let (true, Some(parent)) = (definition.follows_parent(), parent_of(definition)) else { return Ok(()) };
    let link = |record: &Record<R>| -> Option<Uuid> {
        let json = serde_json::to_value(&record.data).ok()?;
        json[definition.parent?.field].as_str()?.parse().ok()
    };
    let links: Vec<Option<Uuid>> = records.iter().map(link).collect();
    let query = Sql::new(format!("select id, owner_id, department_id from {} where id = any(", parent.table))
        .bind(Bind::Ids(links.iter().flatten().copied().collect()))
        .push(")")
        .recurring();
    type Row = (Uuid, Option<Uuid>, Option<Uuid>);
    let rows: Vec<Row> = query.rows::<(SqlUuid, Nullable<SqlUuid>, Nullable<SqlUuid>)>().load(&mut **tx).await?;
    let owners: HashMap<Uuid, (Option<Uuid>, Option<Uuid>)> =
        rows.into_iter().map(|(id, owner, department)| (id, (owner, department))).collect();
    for (record, link) in records.iter_mut().zip(links) {
        let Some(placed) = link.and_then(|link| owners.get(&link)) else {
            return Err(
                Error::invalid(vec![Fault::field(definition.parent.map_or("", |p| p.field), "not_found")]).into()
            );
        };
        (record.stamp.owner_id, record.stamp.department_id) = *placed;
    }
    Ok(())
}

/// The resource of the records that these belong to.
fn parent_of(of: &Definition) -> Option<&'static Definition> {
    let parent = of.parent?;
    let (_, to) = of.references().find(|(field, _)| field.key == parent.field)?;
    catalogue::find(to)
}

/// The children of records, present or deleted, locked.
async fn children(
    tx: &mut Tx<'_>,
    child: &references::Reference,
    parents: &[Uuid],
    state: &str,
    moment: Option<DateTime<Utc>>,
    lock: Lock,
) -> Result<Vec<Uuid>> {
    let (table, link) = (child.from.table, child.field.key);
    let mut query = Sql::new(format!("select id from {table} where {state}"));
    if let Some(moment) = moment {
        query = query.bind(Bind::Instant(moment));
    }
    let query = query
        .push(format!(" and {link} = any("))
        .bind(Bind::Ids(parents.to_vec()))
        .push(format!(") order by id {}", lock.strength()))
        .recurring();
    Ok(query.rows::<SqlUuid>().load(&mut **tx).await?)
}

/// The beginning of an update that counts as one change of each record.
pub(crate) fn stamped(tx: &Tx<'_>, table: &str) -> Sql {
    let update = Sql::new(format!("update {table} set version = {table}.version + 1, updated_at = "));
    let update = update.bind(Bind::Instant(tx.now())).push(", updated_by = ");
    match tx.db().user_id() {
        Some(user) => update.bind(Bind::Id(user)),
        None => update.push("null"),
    }
}

/// Where a resource stands among all of them: parents before children, which is the order of locks.
pub(crate) fn rank(resource: &str) -> usize {
    CATALOGUE.iter().position(|definition| definition.name == resource).unwrap_or(CATALOGUE.len())
}
