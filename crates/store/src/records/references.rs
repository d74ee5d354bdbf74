//! Records that name each other: how they are called, and who names whom.

use std::collections::HashMap;

use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::permission::{Action, Permission};
use domain::resource::Definition;
use domain::text::pinyin::sort_key;
use domain::viewer::Rows;
use uuid::Uuid;

use super::{Seen, see};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::filter;
use crate::sql::{Bind, Sql};
use crate::table::{Selection, Stored};

/// Records that name those of one page are looked at up to so many.
const MOST_LINKED: i64 = 5_000;

/// The titles of records, where the caller sees both the record and its title, for references to them.
pub async fn titles(db: &Db, resource: &str, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
    Ok(called(db, resource, ids).await?.into_iter().map(|(id, called)| (id, called.title)).collect())
}

/// What a file calls these records, so that it finds them again: by their titles, and of several that the caller sees under
/// one title by their keys or ids.
pub async fn told_apart(db: &Db, resource: &str, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
    let mut told = titles(db, resource, ids).await?;
    let (Some(definition), false) = (domain::catalogue::find(resource), told.is_empty()) else { return Ok(told) };
    let Ok(rows) = db.rows(Permission::new(definition.name, Action::Read)) else { return Ok(told) };
    let table = definition.table;
    let Some(readable) = filter::readable(db, definition, &[definition.title], table) else { return Ok(told) };
    let key = definition.key.filter(|key| *key != definition.title).and_then(|key| definition.field(key));
    let key = key.filter(|key| !key.personal).map(|key| key.key);
    let key = key.and_then(|key| Some((key, filter::readable(db, definition, &[key], table)?)));
    let named = match key {
        Some((key, readable)) => Sql::new("case when ").append(readable).push(format!(" then {key}::text end")),
        None => Sql::new("null::text"),
    };
    let sort_keys: Vec<String> = told.values().map(|title| sort_key(title)).collect();
    // Titles that are read alike are not told apart by a file either.
    let query = Sql::new("select id, ")
        .append(named)
        .push(format!(" from {table} where deleted_at is null and id = any("))
        .bind(Bind::Ids(told.keys().copied().collect()))
        .push(format!(
            ") and title_sort in (select title_sort from {table} where deleted_at is null and title_sort = any("
        ))
        .bind(Bind::Texts(sort_keys))
        .push(") and ")
        .append(filter::rows(&rows, table))
        .push(" and ")
        .append(readable)
        .push(" group by title_sort having count(*) > 1)")
        .recurring();
    type Row = (sql_types::Uuid, sql_types::Nullable<sql_types::Text>);
    let several: Vec<(Uuid, Option<String>)> = query.rows::<Row>().load(&mut *db.read().await?).await?;
    told.extend(several.into_iter().map(|(id, key)| (id, key.unwrap_or_else(|| id.to_string()))));
    Ok(told)
}

/// How a record is called, and in which colour it is shown.
pub struct Called {
    pub title: String,
    pub colour: Option<String>,
}

/// The same with the colours of those that have one, as far as the caller reads it.
pub async fn called(db: &Db, resource: &str, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Called>> {
    let Some(definition) = domain::catalogue::find(resource) else { return Ok(HashMap::new()) };
    called_within(db, definition, ids, None).await
}

/// The same of those for which more holds.
pub(crate) async fn called_within(
    db: &Db,
    definition: &Definition,
    ids: Vec<Uuid>,
    more: Option<Sql>,
) -> Result<HashMap<Uuid, Called>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let Ok(rows) = db.rows(Permission::new(definition.name, Action::Read)) else { return Ok(HashMap::new()) };
    let (table, title) = (definition.table, definition.title);
    let Some(readable) = filter::readable(db, definition, &[title], table) else { return Ok(HashMap::new()) };
    let coloured = definition.colour.and_then(|key| Some((key, filter::readable(db, definition, &[key], table)?)));
    let colour = match coloured {
        Some((key, readable)) => Sql::new("case when ").append(readable).push(format!(" then {key} end")),
        None => Sql::new("null"),
    };
    let query = Sql::new(format!("select id, {title}, "))
        .append(colour)
        .push(format!("::text from {table} where deleted_at is null and id = any("))
        .bind(Bind::Ids(ids))
        .push(") and ")
        .append(filter::rows(&rows, table))
        .push(" and ")
        .append(readable);
    let query = match more {
        Some(more) => query.push(" and ").append(more),
        None => query,
    };
    let query = query.recurring();
    let mut connection = db.read().await?;
    type Row = (sql_types::Uuid, sql_types::Text, sql_types::Nullable<sql_types::Text>);
    let rows: Vec<(Uuid, String, Option<String>)> = query.rows::<Row>().load(&mut *connection).await?;
    Ok(rows.into_iter().map(|(id, title, colour)| (id, Called { title, colour })).collect())
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
    let rows = R::load(&*db.read().await?, Selection { condition, order, limit: MOST_LINKED }).await?;
    see::<R>(db, rows)
}

/// Whether a record is present among these rows.
pub(crate) async fn exists(tx: &mut Tx<'_>, resource: &str, id: Uuid, rows: Option<Rows>) -> Result<bool> {
    let (Some(rows), Some(definition)) = (rows, domain::catalogue::find(resource)) else { return Ok(false) };
    let table = definition.table;
    let query = Sql::new(format!("select exists (select 1 from {table} where deleted_at is null and {table}.id = "))
        .bind(Bind::Id(id))
        .push(" and ")
        .append(filter::rows(&rows, table))
        .push(")")
        .recurring();
    Ok(query.rows::<sql_types::Bool>().get_result(&mut **tx).await?)
}

/// Owner and department of those of the records that the caller sees, or would see were they not deleted.
pub(crate) async fn whose(
    connection: &mut AsyncPgConnection,
    db: &Db,
    definition: &Definition,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, (Option<Uuid>, Option<Uuid>)>> {
    type Whose = (sql_types::Uuid, sql_types::Nullable<sql_types::Uuid>, sql_types::Nullable<sql_types::Uuid>);
    let Ok(rows) = db.rows(Permission::new(definition.name, Action::Read)) else { return Ok(HashMap::new()) };
    let table = definition.table;
    let query = Sql::new(format!("select id, owner_id, department_id from {table} where id = any("))
        .bind(Bind::Ids(ids))
        .push(") and ")
        .append(filter::rows(&rows, table))
        .recurring();
    let found: Vec<(Uuid, Option<Uuid>, Option<Uuid>)> = query.rows::<Whose>().load(connection).await?;
    Ok(found.into_iter().map(|(id, owner, department)| (id, (owner, department))).collect())
}
