//! The rows that pass a filter, as far as that needs no more than a field list: what lists and figures have in common.

use chrono::Utc;
use domain::filter::{Checked, Condition, Context, Filter};
use domain::permission::Permission;
use domain::resource::Definition;

use crate::db::Db;
use crate::error::Result;
use crate::filter;
use crate::sql::Sql;

/// Conditions that all hold.
pub(crate) struct Passing {
    pub parts: Vec<Sql>,
    /// The masked fields in which it looks a value up.
    pub looked_up: Vec<String>,
}

/// The rows that nobody deleted.
pub(crate) fn present(table: &str) -> Sql {
    Sql::new(format!("{table}.deleted_at is null"))
}

/// The rows within the caller's reach by an action that pass a filter, present or deleted.
pub(crate) fn passing(
    db: &Db,
    context: &Context<'_>,
    filter: &Filter,
    action: Permission,
    lookup: bool,
) -> Result<Passing> {
    let Definition { name, table, .. } = *context.definition;
    let mut parts = vec![filter::rows(&db.rows(action)?, table)];
    let mut looked_up = Vec::new();
    if !filter.is_everything() {
        let Checked { condition, looked_up: fields } = match lookup {
            true => Condition::check_with_lookup(filter, context)?,
            false => Checked { condition: Condition::check(filter, context)?, looked_up: Vec::new() },
        };
        looked_up.extend(fields.iter().map(|field| field.key.to_owned()));
        parts.push(filter::condition(&condition, name, table, &db.keys()));
    }
    Ok(Passing { parts, looked_up })
}

/// What the words of a caller are read against.
pub(crate) fn context<'a>(db: &'a Db, definition: &'a Definition) -> Context<'a> {
    match db.viewer() {
        Some(viewer) => Context::of(definition, viewer),
        None => Context { definition, viewer: None, today: Utc::now().date_naive(), utc_offset: 0 },
    }
}
