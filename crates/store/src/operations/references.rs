//! References in files: people write the name of a customer type, not its id.

use std::collections::{HashMap, HashSet};

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::error::Fault;
use domain::field::{Field, Kind};
use domain::permission::{Action, Permission};
use domain::resource::Resource;
use domain::text::fold;
use domain::text::pinyin::sort_key;
use serde_json::Value;
use uuid::Uuid;

use super::import::{Line, Plan};
use crate::db::Tx;
use crate::error;
use crate::sql::{Bind, Sql};
use crate::{external_ids, filter};

/// Replaces what the lines call other records by their ids: an id, a name in the file's system, or the title. What is
/// not found is a fault, and says nothing more.
pub async fn resolve<R: Resource>(tx: &mut Tx<'_>, plan: &Plan, lines: &mut [Line]) -> error::Result<()> {
    for field in tx.db().definition::<R>().own_fields() {
        let Some(resource) = field.kind.referred() else { continue };
        let names: HashSet<String> = lines.iter().flat_map(|line| named(line, field)).map(str::to_owned).collect();
        if names.is_empty() {
            continue;
        }
        let names: Vec<String> = names.into_iter().collect();
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

/// The records, among those that the caller may see, that each name means.
async fn find(
    tx: &mut Tx<'_>,
    system: &str,
    resource: &'static str,
    names: Vec<String>,
) -> error::Result<HashMap<String, Vec<Uuid>>> {
    let Some(definition) = domain::catalogue::find(resource) else { return Ok(HashMap::new()) };
    let Ok(rows) = tx.db().rows(Permission::new(resource, Action::Read)) else { return Ok(HashMap::new()) };
    let known = external_ids::find(tx, definition, system, names.clone()).await?;
    let mut ids: Vec<Uuid> = names.iter().filter_map(|name| name.parse().ok()).collect();
    ids.extend(known.values());
    let (table, title) = (definition.table, definition.title);
    // By a name only those can be meant whose name the caller reads.
    let readable = filter::readable(tx.db(), definition, &[title], table).unwrap_or(Sql::new("false"));
    // Names have no index of their own, but the key they are sorted by does.
    let sort_keys: HashSet<String> =
        names.iter().flat_map(|name| [sort_key(name), sort_key(&fold::key(name))]).collect();
    let query = Sql::new(format!("select {title}, id from {table} where deleted_at is null and (id = any("))
        .bind(Bind::Ids(ids))
        .push(") or (title_sort = any(")
        .bind(Bind::Texts(sort_keys.into_iter().collect()))
        .push(") and ")
        .append(readable)
        .push(")) and ")
        .append(filter::rows(&rows, table))
        .recurring();
    let rows: Vec<(String, Uuid)> = query.rows::<(Text, SqlUuid)>().load(&mut **tx).await?;
    let mut found: HashMap<String, Vec<Uuid>> = HashMap::new();
    for name in names {
        let by_id: Option<Uuid> = name.parse().ok().or(known.get(&name).copied());
        let those = |means: &dyn Fn(&str, Uuid) -> bool| -> Vec<Uuid> {
            rows.iter().filter(|(title, id)| means(title, *id)).map(|(_, id)| *id).collect()
        };
        // Written just so speaks before written in another width or case.
        let mut means = those(&|title, id| by_id.map_or(title == name, |wanted| wanted == id));
        if means.is_empty() && by_id.is_none() {
            let key = fold::key(&name);
            means = those(&|title, _| fold::key(title) == key);
        }
        found.insert(name, means);
    }
    Ok(found)
}
