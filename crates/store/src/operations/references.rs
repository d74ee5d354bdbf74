//! References in files: people write the name of a customer type, not its id.

use std::collections::{HashMap, HashSet};

use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::error::Fault;
use domain::field::{Field, Kind};
use domain::permission::{Action, Permission};
use domain::resource::{Definition, Resource};
use domain::text::fold;
use domain::text::pinyin::sort_key;
use domain::viewer::Rows;
use serde_json::Value;
use uuid::Uuid;

use super::import::{Line, Plan};
use crate::db::Tx;
use crate::error;
use crate::sql::{Bind, Sql};
use crate::{external_ids, filter};

/// Replaces what the lines call other records by their ids: an id, a name in the file's system, the title, or the key. What
/// is not found is a fault, and says nothing more.
pub async fn resolve<R: Resource>(tx: &mut Tx<'_>, plan: &Plan, lines: &mut [Line]) -> error::Result<()> {
    let definition = tx.db().definition::<R>();
    for field in definition.own_fields() {
        if let Some(resource) = field.kind.referred() {
            resolve_field(tx, plan, resource, field, lines).await?;
        }
    }
    for (field, columns) in definition.lines() {
        for column in columns.fields {
            if let Some(resource) = column.kind.referred() {
                resolve_column(tx, plan, resource, [field.key, column.key], lines).await?;
            }
        }
    }
    Ok(())
}

async fn resolve_field(
    tx: &mut Tx<'_>,
    plan: &Plan,
    resource: &'static str,
    field: &Field,
    lines: &mut [Line],
) -> error::Result<()> {
    let names = lines.iter().flat_map(|line| named(line, field)).map(str::to_owned).collect();
    let found = find(tx, &plan.system, resource, names).await?;
    for line in lines.iter_mut() {
        let said = named(line, field);
        if said.is_empty() {
            continue;
        }
        let ids: Result<Vec<Value>, &str> = said.into_iter().map(|name| meant(&found, name)).collect();
        let code = match (ids, field.kind) {
            (Ok(ids), Kind::References(_)) => {
                line.values.insert(field.key.to_owned(), ids.into());
                continue;
            }
            (Ok(ids), _) => {
                line.values.insert(field.key.to_owned(), ids.into_iter().next().unwrap_or_default());
                continue;
            }
            (Err(code), _) => code,
        };
        let made_in_earnest = plan.dry_run && code == "not_found" && line.told_before.contains(&field.key);
        if !made_in_earnest {
            line.faults.push(Fault::field(field.key, code));
        }
        line.values.remove(field.key);
    }
    Ok(())
}

/// The same for a column of the lines of documents.
async fn resolve_column(
    tx: &mut Tx<'_>,
    plan: &Plan,
    resource: &'static str,
    [field, column]: [&str; 2],
    lines: &mut [Line],
) -> error::Result<()> {
    let told = lines.iter().filter_map(|line| line.values.get(field)?.as_array()).flatten();
    let names = told.filter_map(|told| told[column].as_str()).map(str::to_owned).collect();
    let found = find(tx, &plan.system, resource, names).await?;
    for line in lines.iter_mut() {
        let told = line.values.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten();
        for (place, told) in told.filter_map(Value::as_object_mut).enumerate() {
            let Some(name) = told.get(column).and_then(Value::as_str) else { continue };
            match meant(&found, name) {
                Ok(id) => drop(told.insert(column.to_owned(), id)),
                Err(code) => {
                    told.remove(column);
                    line.faults.push(Fault::new(format!("/{field}/{place}/{column}"), code));
                }
            }
        }
    }
    Ok(())
}

/// The id of the one record that a name means, or why there is none.
fn meant(found: &HashMap<String, Vec<Uuid>>, name: &str) -> Result<Value, &'static str> {
    match found.get(name).map(Vec::as_slice) {
        Some([id]) => Ok(id.to_string().into()),
        Some([_, _, ..]) => Err("ambiguous"),
        _ => Err("not_found"),
    }
}

/// What a line calls others in a field, one name or several.
fn named<'a>(line: &'a Line, field: &Field) -> Vec<&'a str> {
    match line.values.get(field.key) {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        name => name.and_then(Value::as_str).into_iter().collect(),
    }
}

/// What names the records that are referred to: title, key, id.
type Bearer = (String, Option<String>, Uuid);

/// The records, among those that the caller may see, that each name means.
async fn find(
    tx: &mut Tx<'_>,
    system: &str,
    resource: &'static str,
    names: HashSet<String>,
) -> error::Result<HashMap<String, Vec<Uuid>>> {
    let Some(definition) = domain::catalogue::find(resource).filter(|_| !names.is_empty()) else {
        return Ok(HashMap::new());
    };
    let Ok(rows) = tx.db().rows(Permission::new(resource, Action::Read)) else { return Ok(HashMap::new()) };
    let names: Vec<String> = names.into_iter().collect();
    let known = external_ids::find(tx, definition, system, names.clone()).await?;
    let mut ids: Vec<Uuid> = names.iter().filter_map(|name| name.parse().ok()).collect();
    ids.extend(known.values());
    let bearers = bearers(tx, definition, &rows, &names, ids).await?;
    let mut found: HashMap<String, Vec<Uuid>> = HashMap::new();
    for name in names {
        let by_id: Option<Uuid> = name.parse().ok().or(known.get(&name).copied());
        let those = |means: &dyn Fn(&Bearer) -> bool| -> Vec<Uuid> {
            bearers.iter().filter(|bearer| means(bearer)).map(|(.., id)| *id).collect()
        };
        let folded = fold::key(&name);
        // Written just so speaks before written in another width or case, and a title before a key.
        let ways: [&dyn Fn(&Bearer) -> bool; 3] =
            [&|(title, ..)| *title == name, &|(title, ..)| fold::key(title) == folded, &|(_, key, _)| {
                key.as_deref().is_some_and(|key| fold::key(key) == folded)
            }];
        let means = match by_id {
            Some(wanted) => those(&|(.., id)| *id == wanted),
            None => ways.into_iter().map(those).find(|means| !means.is_empty()).unwrap_or_default(),
        };
        found.insert(name, means);
    }
    Ok(found)
}

/// That a record bears one of these keys, as the unique index compares them.
pub(super) fn bears(key: &Field, keys: Vec<String>) -> Sql {
    let column = key.key;
    match key.kind {
        // Numbers are ours, and written in one way.
        Kind::Text if key.numbered.is_none() => {
            Sql::new(format!("folded({column}) = any(array(select folded(asked) from unnest("))
                .bind(Bind::Texts(keys))
                .push(") as asked))")
        }
        _ => Sql::new(format!("{column} = any(")).bind(Bind::Texts(keys)).push(")"),
    }
}

/// Those of the visible records that one of the names could mean.
async fn bearers(
    tx: &mut Tx<'_>,
    definition: &Definition,
    rows: &Rows,
    names: &[String],
    ids: Vec<Uuid>,
) -> error::Result<Vec<Bearer>> {
    let (table, title) = (definition.table, definition.title);
    // By a name only those can be meant whose name the caller reads.
    let readable = |field: &str| filter::readable(tx.db(), definition, &[field], table).unwrap_or(Sql::new("false"));
    // Names have no index of their own, but the key they are sorted by does.
    let sort_keys: HashSet<String> =
        names.iter().flat_map(|name| [sort_key(name), sort_key(&fold::key(name))]).collect();
    let key = definition.key.filter(|key| *key != title).and_then(|key| definition.field(key));
    let (told, by_key) = match key.filter(|key| !key.personal) {
        Some(field) => {
            let by_key =
                Sql::new(" or (").append(bears(field, names.to_vec())).push(" and ").append(readable(field.key));
            (field.key, by_key.push(")"))
        }
        None => ("null::text", Sql::new("")),
    };
    let query = Sql::new(format!("select {title}, {told}, id from {table} where deleted_at is null and (id = any("))
        .bind(Bind::Ids(ids))
        .push(") or (title_sort = any(")
        .bind(Bind::Texts(sort_keys.into_iter().collect()))
        .push(") and ")
        .append(readable(title))
        .push(")")
        .append(by_key)
        .push(") and ")
        .append(filter::rows(rows, table))
        .recurring();
    Ok(query.rows::<(Text, Nullable<Text>, SqlUuid)>().load(&mut **tx).await?)
}
