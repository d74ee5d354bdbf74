//! The names of records in other systems, unique in each. Only records that are present hold theirs, so that what was
//! deleted can come in again.

use std::collections::HashMap;

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error, Fault};
use domain::permission::{Action, Permission, Right};
use domain::resource::{Definition, ExternalId, ExternalIds, Stamp};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::filter;
use crate::records::{self, IfMatch, Seen};
use crate::sql::{Bind, Sql};
use crate::table::Stored;

/// What a writer wants to be true of the record before it is written.
#[derive(Clone, Debug)]
pub enum Precondition {
    None,
    /// It is there, in the version that the caller saw.
    Match(IfMatch),
    /// Nobody bears this name yet.
    Absent,
}

/// A record that was made, or took the values of one that is there.
pub struct Upserted<R> {
    pub record: Seen<R>,
    pub created: bool,
    pub changed: bool,
}

/// Makes the record that another system calls so, or lays a merge patch over it. Of any number of callers at once one
/// makes it, and the others merge.
pub async fn upsert<R: Stored>(
    tx: &mut Tx<'_>,
    name: &ExternalId,
    precondition: &Precondition,
    body: &Map<String, Value>,
) -> Result<Upserted<R>> {
    let may_create = tx.db().rows(R::CREATE).is_ok();
    let creates = may_create && !matches!(precondition, Precondition::Match(_));
    refuse_blind::<R>(tx.db(), creates)?;
    // Whoever deletes the record at this moment takes its name away too; then it is made anew.
    for _ in 0..2 {
        let id = Uuid::now_v7();
        if creates && claim(tx, R::NAME, name, id).await? {
            let external_ids = ExternalIds([(name.system.clone(), name.id.clone())].into());
            let record = records::create_as::<R>(tx, id, external_ids, body).await?;
            return Ok(Upserted { record, created: true, changed: true });
        }
        let found = find_visible::<R>(tx, &name.system, vec![name.id.clone()]).await?;
        let Some(id) = found.get(&name.id) else { continue };
        match merge::<R>(tx, *id, precondition, body).await {
            Err(crate::Error::Refused(error)) if error.code == Code::NotFound => continue,
            merged => return merged,
        }
    }
    // What is out of reach is as absent, and nothing can be of the version that the caller saw. Only that no other record
    // can take the name has to be told.
    let unmatched = may_create && !creates;
    Err(if unmatched { Code::StaleVersion } else { Code::NotFound }.into())
}

/// Who reads the names nowhere must not find out by them which records there are.
fn refuse_blind<R: Stored>(db: &Db, creates: bool) -> Result<()> {
    let Some((viewer, field)) = db.viewer().zip(db.definition::<R>().field("external_ids")) else { return Ok(()) };
    let reads = viewer.rights.reads(R::NAME, field).is_some();
    let gives = !creates || viewer.rights.reach(R::CREATE, field, Right::Write).is_some();
    if reads && gives { Ok(()) } else { Err(Code::FieldForbidden.into()) }
}

async fn merge<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    precondition: &Precondition,
    body: &Map<String, Value>,
) -> Result<Upserted<R>> {
    let if_match = match precondition {
        Precondition::None => &IfMatch::Any,
        Precondition::Match(if_match) => if_match,
        Precondition::Absent => {
            let there = records::lock::<R>(tx, id, &IfMatch::Any, R::READ).await?;
            let current = Some(records::etag(tx.db(), &there.stamp));
            let refusal = Error::at(Code::StaleVersion, Fault::new("If-None-Match", "taken"));
            return Err(Error { current, ..refusal }.into());
        }
    };
    let written = records::update::<R>(tx, id, if_match, body).await?;
    Ok(Upserted { record: written.record, created: false, changed: written.changed })
}

/// Takes a name for a record that is about to be made, unless another bears it. Waits for others who are taking it.
async fn claim(tx: &mut Tx<'_>, resource: &str, name: &ExternalId, id: Uuid) -> Result<bool> {
    let insert = Sql::new("insert into external_ids (resource, system, external_id, record_id) values (")
        .bind(Bind::Text(resource.to_owned()))
        .push(", ")
        .bind(Bind::Text(name.system.clone()))
        .push(", ")
        .bind(Bind::Text(name.id.clone()))
        .push(", ")
        .bind(Bind::Id(id))
        .push(") on conflict do nothing")
        .recurring();
    Ok(insert.rows::<()>().execute(&mut **tx).await? == 1)
}

/// Writes down what other systems call these records; a name that another record bears is refused.
pub async fn remember(tx: &mut Tx<'_>, resource: &str, stamps: &[&Stamp]) -> Result<()> {
    let (mut systems, mut names, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for stamp in stamps {
        for (system, name) in &stamp.external_ids.0 {
            systems.push(system.clone());
            names.push(name.clone());
            records.push(stamp.id);
        }
    }
    if records.is_empty() {
        return Ok(());
    }
    let insert = Sql::new("insert into external_ids (resource, system, external_id, record_id) select ")
        .bind(Bind::Text(resource.to_owned()))
        .push(", * from unnest(")
        .bind(Bind::Texts(systems))
        .push(", ")
        .bind(Bind::Texts(names))
        .push(", ")
        .bind(Bind::Ids(records))
        .push(")")
        .recurring();
    insert.rows::<()>().execute(&mut **tx).await?;
    Ok(())
}

/// The same for rows of a table, by what they say themselves.
pub async fn remember_all(tx: &mut Tx<'_>, of: &Definition, ids: &[Uuid]) -> Result<()> {
    let insert = Sql::new("insert into external_ids (resource, system, external_id, record_id) select ")
        .bind(Bind::Text(of.name.to_owned()))
        .push(format!(
            ", names.key, names.value, id from {}, jsonb_each_text(external_ids) names where id = any(",
            of.table
        ))
        .bind(Bind::Ids(ids.to_vec()))
        .push(")")
        .recurring();
    insert.rows::<()>().execute(&mut **tx).await?;
    Ok(())
}

pub async fn forget(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    let delete = Sql::new("delete from external_ids where record_id = any(").bind(Bind::Ids(ids.to_vec())).push(")");
    delete.recurring().rows::<()>().execute(&mut **tx).await?;
    Ok(())
}

/// The present records that a system knows by these names, where the caller sees both the record and its names.
pub async fn find_visible<R: Stored>(
    tx: &mut Tx<'_>,
    system: &str,
    names: Vec<String>,
) -> Result<HashMap<String, Uuid>> {
    find(tx, tx.db().definition::<R>(), system, names).await
}

/// The same of a resource by its definition.
pub async fn find(
    tx: &mut Tx<'_>,
    definition: &Definition,
    system: &str,
    names: Vec<String>,
) -> Result<HashMap<String, Uuid>> {
    let (db, table) = (tx.db(), definition.table);
    let rows = db.rows(Permission::new(definition.name, Action::Read)).ok();
    let readable = filter::readable(db, definition, &["external_ids"], table);
    let Some((rows, readable)) = rows.zip(readable) else { return Ok(HashMap::new()) };
    let query = Sql::new(format!(
        "select external_ids.external_id, record_id from external_ids join {table} on {table}.id = record_id \
         where {table}.deleted_at is null and resource = "
    ))
    .bind(Bind::Text(definition.name.to_owned()))
    .push(" and system = ")
    .bind(Bind::Text(system.to_owned()))
    .push(" and external_ids.external_id = any(")
    .bind(Bind::Texts(names))
    .push(") and ")
    .append(filter::rows(&rows, table))
    .push(" and ")
    .append(readable)
    .recurring();
    let rows: Vec<(String, Uuid)> = query.rows::<(Text, SqlUuid)>().load(&mut **tx).await?;
    Ok(rows.into_iter().collect())
}
