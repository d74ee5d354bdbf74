//! The records that the lines of a file speak of: by their name in the file's system, or by the key of the resource.

use std::collections::HashMap;

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::check;
use domain::field::Field;
use domain::text::fold;
use uuid::Uuid;

use super::import::Line;
use super::references::bears;
use crate::db::Tx;
use crate::error::Result;
use crate::external_ids;
use crate::filter;
use crate::sql::Sql;
use crate::table::Stored;

/// What is there already of what a chunk speaks of.
pub struct Known {
    key: Option<&'static Field>,
    names: HashMap<String, Uuid>,
    /// By the key as keys are compared.
    keys: HashMap<String, Uuid>,
}

/// Which record a line speaks of.
pub enum Meant {
    /// None that is there.
    New,
    /// This one; found by the named member.
    Present(Uuid, &'static str),
    /// None by its name, and yet its key is another record's.
    KeyOfAnother(&'static str),
}

impl Known {
    pub async fn of<R: Stored>(tx: &mut Tx<'_>, system: &str, lines: &[Line]) -> Result<Self> {
        let key = R::KEY.and_then(|key| tx.db().definition::<R>().field(key));
        let names: Vec<String> = lines.iter().filter_map(|line| line.external_id.clone()).collect();
        let keys: Vec<String> =
            key.into_iter().flat_map(|key| lines.iter().filter_map(move |line| key_of(key, line))).collect();
        let names = match names.is_empty() {
            true => HashMap::new(),
            false => external_ids::find_visible::<R>(tx, system, names).await?,
        };
        let keys = match key {
            Some(key) if !keys.is_empty() => bearers::<R>(tx, key, keys).await?,
            _ => HashMap::new(),
        };
        Ok(Self { key, names, keys })
    }

    /// A name of the file's system speaks before the key.
    pub fn meant(&self, line: &Line) -> Meant {
        let by_name = line.external_id.as_ref().map(|name| self.names.get(name).copied());
        let by_key = self.key.and_then(|key| Some((*self.keys.get(&fold::key(&key_of(key, line)?))?, key.key)));
        match (by_name, by_key) {
            (Some(Some(id)), _) => Meant::Present(id, "external_id"),
            (Some(None), Some((_, key))) => Meant::KeyOfAnother(key),
            (None, Some((id, key))) => Meant::Present(id, key),
            _ => Meant::New,
        }
    }
}

/// A line's key as records keep theirs.
fn key_of(key: &Field, line: &Line) -> Option<String> {
    let text = check::normalise_text(key.kind, line.values.get(key.key)?.as_str()?);
    (!text.is_empty()).then_some(text)
}

/// The present records that bear these keys, among those that the caller sees; others are as absent. Where a key can be
/// given only once, the line is refused when it is written, and told no more. Names are compared as the unique index
/// compares them.
async fn bearers<R: Stored>(tx: &mut Tx<'_>, key: &Field, keys: Vec<String>) -> Result<HashMap<String, Uuid>> {
    let (db, table, column) = (tx.db(), R::TABLE, key.key);
    let readable = filter::readable(db, db.definition::<R>(), &[column], table);
    let Some((rows, readable)) = db.visible::<R>().zip(readable) else { return Ok(HashMap::new()) };
    let query =
        Sql::new(format!("select {column}, id from {table} where deleted_at is null and ")).append(bears(key, keys));
    let query = query.push(" and ").append(filter::rows(&rows, table)).push(" and ").append(readable);
    let rows: Vec<(String, Uuid)> = query.recurring().rows::<(Text, SqlUuid)>().load(&mut **tx).await?;
    Ok(rows.into_iter().map(|(key, id)| (fold::key(&key), id)).collect())
}
