//! Where what hangs on a record shall go when the record is deleted: to another one of its kind.

use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error, Fault};
use domain::field::Field;
use domain::permission::{Action, Permission, Right};
use domain::references::Reference;
use domain::resource::{Definition, STAMP_FIELDS};
use uuid::Uuid;

use super::family::{rank, stamped};
use super::holding::{self, Lock, is_tree};
use super::references::exists;
use super::uses::{Children, PARTS};
use crate::column;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::filter;
use crate::platform::users;
use crate::sql::{Bind, Sql};

/// Locks whatever may have to change when a record gives way to another: those that name it before itself, as whoever
/// writes a child does.
pub(super) async fn hold(tx: &mut Tx<'_>, of: &'static Definition, id: Uuid, successor: Option<Uuid>) -> Result<()> {
    let Some(successor) = successor else { return holding::rows(tx, of.table, &[id], Lock::Delete).await };
    hold_those(tx, moved(tx.db(), of, Children::Go), id).await?;
    // Two records that give way to each other would otherwise each wait for the other.
    if successor < id {
        share(tx, of, successor).await?;
    }
    holding::rows(tx, of.table, &[id], Lock::Delete).await?;
    share(tx, of, successor).await
}

/// The same where the children do not go with the record, but to the other one.
pub(super) async fn hold_naming(tx: &mut Tx<'_>, of: &'static Definition, id: Uuid) -> Result<()> {
    hold_those(tx, moved(tx.db(), of, Children::Stay), id).await
}

async fn hold_those(tx: &mut Tx<'_>, naming: Naming, id: Uuid) -> Result<()> {
    for (from, fields) in naming {
        let query = Sql::new(format!("select count(*) from (select 1 from {} where ", from.table))
            .append(names(from.table, &fields, id))
            .push(" order by id for no key update) held")
            .recurring();
        let _: i64 = query.rows::<BigInt>().get_result(&mut **tx).await?;
    }
    Ok(())
}

async fn share(tx: &mut Tx<'_>, of: &Definition, id: Uuid) -> Result<()> {
    let query = Sql::new(format!("select count(*) from (select 1 from {} where id = ", of.table))
        .bind(Bind::Id(id))
        .push(" for key share) held")
        .recurring();
    let _: i64 = query.rows::<BigInt>().get_result(&mut **tx).await?;
    Ok(())
}

/// Lets all that names a record name another one, as far as the caller may change it. What goes with the record goes.
pub(super) async fn hand_on(tx: &mut Tx<'_>, of: &'static Definition, id: Uuid, successor: Uuid) -> Result<()> {
    let wrong = |code: &str| Err(Error::invalid(vec![Fault::new("move_to", code)]).into());
    if successor == id {
        return wrong("itself");
    }
    let rows = tx.db().rows(Permission::new(of.name, Action::Read)).ok();
    if !exists(tx, of.name, successor, rows).await? {
        return wrong("not_found");
    }
    for link in tx
        .db()
        .catalogue()
        .references_to(of.name)
        .filter(|link| link.from.name == of.name && !link.goes_with() && is_tree(link.field))
    {
        if holding::refuse_cycle(tx, of.table, link.field.key, id, successor).await.is_err() {
            return wrong("below");
        }
    }
    for (from, fields) in moved(tx.db(), of, Children::Go) {
        refuse_beyond(tx, from, &fields, id).await?;
    }
    // Children first, as always in the log.
    for (from, fields) in moved(tx.db(), of, Children::Go).into_iter().rev() {
        rewrite(tx, of, from, &fields, id, &Heir { id: successor, owner: None, department: None }).await?;
    }
    for part in PARTS.iter().filter(|part| part.to == of.name) {
        hand_on_part(tx, part, id, successor).await?;
    }
    Ok(())
}

/// Who takes the place of a record, and whose it is.
pub(super) struct Heir {
    pub id: Uuid,
    pub owner: Option<Uuid>,
    pub department: Option<Uuid>,
}

/// Refuses if anything that names a record is out of the caller's reach, its children included.
pub(super) async fn refuse_any_beyond(tx: &mut Tx<'_>, of: &'static Definition, id: Uuid) -> Result<()> {
    for (from, fields) in moved(tx.db(), of, Children::Stay) {
        refuse_beyond(tx, from, &fields, id).await?;
    }
    Ok(())
}

/// Lets all that names some records, their children included, name another one. Who names others among these comes first
/// in the log, so that an undo finds whom it names where they were.
pub(super) async fn rewrite_all(tx: &mut Tx<'_>, of: &'static Definition, ids: &[Uuid], heir: &Heir) -> Result<()> {
    let mut waiting = moved(tx.db(), of, Children::Stay);
    while !waiting.is_empty() {
        let is_named = |of: &Definition| {
            let others = waiting.iter().filter(|(other, _)| other.name != of.name);
            others.into_iter().any(|(other, _)| other.references().any(|(_, to)| to == of.name))
        };
        let next = waiting.iter().position(|(from, _)| !is_named(from)).unwrap_or(waiting.len() - 1);
        let (from, fields) = waiting.remove(next);
        for id in ids {
            rewrite(tx, of, from, &fields, *id, heir).await?;
        }
    }
    Ok(())
}

/// Keeps where records went, and lets those who followed them follow the one that took their place.
pub(super) async fn remember(tx: &mut Tx<'_>, resource: &str, heir: Uuid, ids: &[Uuid]) -> Result<()> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    for id in ids {
        let query = Sql::new("with come as (insert into followers (record_id, user_id, resource) select ")
            .bind(Bind::Id(heir))
            .push("::uuid, user_id, resource from followers where record_id = ")
            .bind(Bind::Id(id))
            .push(
                " on conflict do nothing returning user_id) \
                   insert into successors (record_id, resource, successor_id, followers) select ",
            )
            .bind(Bind::Id(id))
            .push("::uuid, ")
            .bind(Bind::Text(resource.to_owned()))
            .push("::text, ")
            .bind(Bind::Id(heir))
            .push(
                "::uuid, coalesce(array_agg(user_id), '{}') from come on conflict (record_id) do update \
                   set successor_id = excluded.successor_id, followers = excluded.followers",
            );
        query.recurring().rows::<()>().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Forgets where records went that are back, and lets nobody follow the other because of them.
pub(super) async fn forget(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    let query =
        Sql::new("with back as (delete from successors where record_id = any(").bind(Bind::Ids(ids.to_vec())).push(
            ") returning successor_id, followers) delete from followers using back \
               where followers.record_id = back.successor_id and followers.user_id = any(back.followers)",
        );
    query.recurring().rows::<()>().execute(&mut **tx).await?;
    Ok(())
}

/// The record that stands at the end of the way that one went.
pub(super) async fn of(db: &Db, resource: &str, id: Uuid) -> Result<Option<Uuid>> {
    let query = Sql::new("with recursive way as (select successor_id, 1 as step from successors where record_id = ")
        .bind(Bind::Id(id))
        .push(" and resource = ")
        .bind(Bind::Text(resource.to_owned()))
        .push(" union all select successors.successor_id, step + 1 from way join successors on record_id = way.successor_id \
               where step < 100) select successor_id from way order by step desc limit 1")
        .recurring();
    let found: Vec<Uuid> = query.rows::<SqlUuid>().load(&mut *db.read().await?).await?;
    Ok(found.into_iter().next())
}

type Naming = Vec<(&'static Definition, Vec<&'static Field>)>;

/// The fields that name records of a resource and may name others instead, by the resource that they are of, parents
/// before children.
fn moved(db: &Db, of: &Definition, children: Children) -> Naming {
    let mut moved = Naming::new();
    let stays = |reference: &Reference| children == Children::Stay || !reference.goes_with();
    for Reference { from, field, .. } in db.catalogue().references_to(of.name).filter(stays) {
        match moved.iter_mut().find(|(known, _)| known.name == from.name) {
            Some((_, fields)) => fields.push(field),
            None => moved.push((from, vec![field])),
        }
    }
    moved.sort_by_key(|(from, _)| rank(from.name));
    moved
}

/// Rows that name a record in one of the fields.
fn names(table: &str, fields: &[&Field], id: Uuid) -> Sql {
    let named = |field: &&Field| column::names(table, field, Sql::default().bind(Bind::Id(id)));
    Sql::or(fields.iter().map(named).collect())
}

/// The rows in which the caller may change a field.
fn changeable(db: &Db, from: &Definition, field: &Field) -> Sql {
    let is_stamped = STAMP_FIELDS.iter().any(|own| own.key == field.key);
    let action = if is_stamped { Action::Assign } else { Action::Update };
    let writable = is_stamped || db.viewer().is_none_or(|viewer| viewer.rights.field(from.name, field) == Right::Write);
    let reach = |action| db.rows(Permission::new(from.name, action));
    match (reach(Action::Read), reach(action)) {
        (Ok(seen), Ok(changed)) if writable => {
            Sql::and(vec![filter::rows(&seen, from.table), filter::rows(&changed, from.table)])
        }
        _ => Sql::new("false"),
    }
}

/// Refuses if a present record names this one and is out of the caller's reach.
async fn refuse_beyond(tx: &mut Tx<'_>, from: &Definition, fields: &[&Field], id: Uuid) -> Result<()> {
    // What belongs to its parent's owner is handed on with the parent.
    let own =
        fields.iter().filter(|field| !(from.follows_parent() && matches!(field.key, "owner_id" | "department_id")));
    let parts: Vec<Sql> = own
        .map(|field| {
            let named = names(from.table, &[field], id).push(" and (");
            named.append(changeable(tx.db(), from, field)).push(") is not true")
        })
        .collect();
    if parts.is_empty() {
        return Ok(());
    }
    let query = Sql::new(format!("select count(*) from {} where deleted_at is null and ", from.table))
        .append(Sql::or(parts))
        .recurring();
    let beyond: i64 = query.rows::<BigInt>().get_result(&mut **tx).await?;
    if beyond == 0 {
        return Ok(());
    }
    Err(Error::at(Code::InUse, Fault::new("", "used_out_of_sight")).into())
}

/// One change of each record, in however many fields it names the one that goes. What is in the bin comes back to the
/// successor too.
async fn rewrite(
    tx: &mut Tx<'_>,
    of: &Definition,
    from: &Definition,
    fields: &[&Field],
    id: Uuid,
    heir: &Heir,
) -> Result<()> {
    let (table, successor) = (from.table, heir.id);
    let mut update = stamped(tx, table);
    let (made, fields): (Vec<&Field>, Vec<&Field>) = fields.iter().copied().partition(|field| field.is_custom());
    update = rewrite_made(update, table, &made, id, successor);
    let (several, fields): (Vec<&Field>, Vec<&Field>) = fields.into_iter().partition(|field| field.kind.is_many());
    for field in &several {
        update = rewrite_several(update, table, field, id, successor);
    }
    for Field { key, .. } in &fields {
        let instead = |update: Sql| update.push(" = ").bind(Bind::Id(id)).push(" then ");
        update = instead(update.push(format!(", {key} = case when {key}"))).bind(Bind::Id(successor));
        update = update.push(format!(" else {key} end"));
        if of.name == "users" && *key == "owner_id" {
            let department = users::department(tx, successor).await?;
            update = instead(update.push(", department_id = case when owner_id"));
            update = match department {
                Some(department) => update.bind(Bind::Id(department)),
                None => update.push("null"),
            };
            update = update.push(" else department_id end");
        }
        // A child is its parent's owner's.
        if from.follows_parent() && from.parent.is_some_and(|parent| parent.field == *key) {
            for (column, value) in [("owner_id", heir.owner), ("department_id", heir.department)] {
                update = update.push(format!(", {column} = "));
                update = match value {
                    Some(value) => update.bind(Bind::Id(value)),
                    None => update.push("null"),
                };
            }
        }
    }
    update
        .push(" where ")
        .append(names(table, &[made, several, fields].concat(), id))
        .recurring()
        .rows::<()>()
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The same of a field that names several: one that named both names the successor once.
fn rewrite_several(update: Sql, table: &str, field: &Field, id: Uuid, successor: Uuid) -> Sql {
    let column = column::of(table, field);
    update
        .push(format!(", {} = case when ", field.key))
        .append(names(table, &[field], id))
        .push(format!(" then array(select distinct other from unnest(array_replace({column}, "))
        .bind(Bind::Id(id))
        .push(", ")
        .bind(Bind::Id(successor))
        .push(format!(")) other order by other) else {column} end"))
}

/// The same of fields that share one column.
fn rewrite_made(update: Sql, table: &str, fields: &[&Field], id: Uuid, successor: Uuid) -> Sql {
    if fields.is_empty() {
        return update;
    }
    let mut update = update.push(format!(", custom = {table}.custom"));
    for field in fields {
        let column = column::of(table, field);
        update = update.push(format!(" || case when {column} = ")).bind(Bind::Id(id));
        update =
            update.push(format!(" then jsonb_build_object('{}', ", field.key)).bind(Bind::Text(successor.to_string()));
        update = update.push(") else '{}' end");
    }
    update
}

/// Rows beside records, such as the roles of people: one that names both names the successor once.
async fn hand_on_part(tx: &mut Tx<'_>, part: &super::uses::Part, id: Uuid, successor: Uuid) -> Result<()> {
    let (Some(of), super::uses::Part { table, record, named, .. }) = (domain::catalogue::find(part.of), part) else {
        return Ok(());
    };
    let gone = Sql::new(format!("delete from {table} where {named} = ")).bind(Bind::Id(id));
    let gone = gone.push(format!(" returning {record}")).recurring();
    let records: Vec<Uuid> = gone.rows::<SqlUuid>().load(&mut **tx).await?;
    let insert = Sql::new(format!("insert into {table} ({record}, {named}) select id, "))
        .bind(Bind::Id(successor))
        .push(" from unnest(")
        .bind(Bind::Ids(records.clone()))
        .push(") as holders (id) on conflict do nothing")
        .recurring();
    insert.rows::<()>().execute(&mut **tx).await?;
    let count = stamped(tx, of.table).push(" where id = any(").bind(Bind::Ids(records)).push(")").recurring();
    count.rows::<()>().execute(&mut **tx).await?;
    Ok(())
}
