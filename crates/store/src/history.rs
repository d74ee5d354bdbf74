//! What happened to a record: its part of the change log, as somebody may see it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::instant;
use domain::lens::Lens;
use domain::platform::User;
use domain::resource::{Definition, Resource};
use schema::changes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::keys::{KeyRing, Place};
use crate::reason;
use crate::records;
use crate::sql::{Bind, Sql};
use crate::table::Stored;

/// One change of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Rises from change to change; `before` of the next page.
    pub sequence: i64,
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// `create`, `update`, `delete`, `restore`, `purge` or `reveal`.
    pub operation: String,
    pub version: i64,
    pub actor_id: Option<Uuid>,
    pub actor_name: Option<String>,
    pub operation_id: Option<Uuid>,
    pub reason: Option<String>,
    /// Field to its value before and after. Fields the caller may not see are left out, personal ones masked.
    pub changed: Map<String, Value>,
    /// Fields of which a value cannot be opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
}

type Row = (i64, DateTime<Utc>, String, i64, Option<Uuid>, Option<Uuid>, Option<String>, Value);

/// Those of the records whose last change was made by one of these operations.
pub(crate) async fn last_changed_by(
    tx: &mut Tx<'_>,
    resource: &str,
    ids: &[Uuid],
    operations: &[Uuid],
) -> Result<HashSet<Uuid>> {
    if ids.is_empty() || operations.is_empty() {
        return Ok(HashSet::new());
    }
    // One look at the end of each record's history.
    let query = Sql::new("select id from unnest(")
        .bind(Bind::Ids(ids.to_vec()))
        .push(") as chosen (id) where (select operation_id from changes where resource = ")
        .bind(Bind::Text(resource.to_owned()))
        .push(" and record_id = chosen.id order by sequence desc limit 1) = any(")
        .bind(Bind::Ids(operations.to_vec()))
        .push(")")
        .recurring();
    let rows: Vec<Uuid> = query.rows::<diesel::sql_types::Uuid>().load(&mut **tx).await?;
    Ok(rows.into_iter().collect())
}

/// The changes of a record that the caller can see, newest first.
pub async fn of_record<R: Stored>(db: &Db, id: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<Change>> {
    let beyond = Sql::new("sequence < ").bind(Bind::Int(before.unwrap_or(i64::MAX)));
    told::<R>(db, id, beyond, Sql::new("sequence desc"), limit).await
}

/// The same beyond a place in the order of their moments.
pub(crate) async fn beyond<R: Stored>(db: &Db, id: Uuid, beyond: Sql, limit: i64) -> Result<Vec<Change>> {
    told::<R>(db, id, beyond, Sql::new("at desc, sequence desc"), limit).await
}

async fn told<R: Stored>(db: &Db, id: Uuid, beyond: Sql, order: Sql, limit: i64) -> Result<Vec<Change>> {
    let seen = records::find::<R>(db, id).await?;
    let mut connection = db.read().await?;
    let rows: Vec<Row> = changes::table
        .filter(changes::resource.eq(R::NAME))
        .filter(changes::record_id.eq(id))
        .filter(beyond.recurring())
        .order(order.recurring())
        .limit(limit)
        .select((
            changes::sequence,
            changes::at,
            changes::operation,
            changes::version,
            changes::actor_id,
            changes::operation_id,
            changes::reason,
            changes::changed,
        ))
        .load(&mut *connection)
        .await?;
    drop(connection);
    let actors = rows.iter().filter_map(|row| row.4).collect();
    let names = records::titles(db, User::NAME, actors).await?;
    let keys = db.keys();
    rows.into_iter().map(|row| change(&keys, db.definition::<R>(), seen.lens(), &names, id, row)).collect()
}

fn change(
    keys: &KeyRing,
    definition: &Definition,
    lens: &Lens,
    names: &HashMap<Uuid, String>,
    id: Uuid,
    row: Row,
) -> Result<Change> {
    let (sequence, at, operation, version, actor_id, operation_id, reason, changed) = row;
    let reason = reason::open(keys, actor_id, reason);
    // Who made a record and who changed it are fields of it.
    let actor_id = actor_id.filter(|_| lens.shows(if operation == "create" { "created_by" } else { "updated_by" }));
    let actor_name = actor_id.and_then(|actor| names.get(&actor).cloned());
    let pairs = match changed {
        // A create holds the values themselves.
        Value::Object(values) if operation == "create" => {
            values.into_iter().map(|(key, value)| (key, Value::Null, value)).collect()
        }
        Value::Object(seen) if operation == "reveal" => {
            seen.into_iter().map(|(key, _)| (key, Value::Null, Value::Null)).collect()
        }
        Value::Object(pairs) => pairs.into_iter().filter_map(|(key, pair)| split(key, pair)).collect(),
        _ => Vec::new(),
    };
    let (mut before, mut after) = (Map::new(), Map::new());
    for (key, old, new) in pairs {
        // What no field tells about is the house's own business.
        if definition.own_field(&key).is_some() || matches!(key.as_str(), "owner_id" | "department_id") {
            before.insert(key.clone(), old);
            after.insert(key, new);
        }
    }
    let mut unreadable = Vec::new();
    for side in [&mut before, &mut after] {
        unreadable.extend(open(keys, definition, id, side));
        lens.apply(side);
    }
    unreadable.retain(|field| lens.shows(field));
    unreadable.sort();
    unreadable.dedup();
    let is_reveal = operation == "reveal";
    let pairs = after.into_iter().filter_map(|(key, new)| {
        let old = before.remove(&key).unwrap_or(Value::Null);
        // A create names only what was filled in, a reveal only what was looked at.
        let empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        (is_reveal || !(empty(&old) && empty(&new))).then(|| (key, Value::Array(vec![old, new])))
    });
    Ok(Change {
        sequence,
        at,
        operation,
        version,
        actor_id,
        actor_name,
        operation_id,
        reason,
        changed: pairs.collect(),
        unreadable,
    })
}

fn split(key: String, pair: Value) -> Option<(String, Value, Value)> {
    let Value::Array(mut pair) = pair else { return None };
    let (new, old) = (pair.pop()?, pair.pop()?);
    Some((key, old, new))
}

/// Opens the sealed values among those that an entry of the log tells of a row. What does not open is told as nothing; its
/// fields are returned.
pub(crate) fn open(keys: &KeyRing, definition: &Definition, row: Uuid, values: &mut Map<String, Value>) -> Vec<String> {
    let (table, mut unreadable) = (definition.table, Vec::new());
    for field in definition.own_fields().filter(|field| field.personal) {
        let column = field.key;
        let Some(value) = values.get_mut(column) else { continue };
        let place = Place::new(table, column, row);
        let mut open = |(index, value): (usize, &Value)| match value {
            Value::String(sealed) => {
                let opened = keys.open_sealed(&place.at(index), sealed);
                let opened = opened.inspect_err(|error| {
                    tracing::error!(table, %row, field = column, %error, "a value in the log cannot be opened");
                });
                opened.map_or_else(
                    |_| {
                        unreadable.push(column.to_owned());
                        Value::Null
                    },
                    Value::String,
                )
            }
            _ => Value::Null,
        };
        *value = match (field.kind.is_many(), &*value) {
            (true, Value::Array(items)) => items.iter().enumerate().map(&mut open).collect(),
            (_, value) => open((0, value)),
        };
    }
    unreadable.dedup();
    unreadable
}
