//! The name of this history of the database.
//!
//! A copy that goes on by itself, or a state of before that was brought back, is another history from there on: what was
//! handed out in the one that is lost, such as page marks, must not fit. The database cannot tell by what is in it that it
//! is a copy, so it remembers where it stood; found standing elsewhere at a start, it takes a new name. A copy that stands
//! on the very ground of the original, such as a snapshot of the whole disk, cannot be told from a restart; entity tags fit
//! neither, because they name the moment of a change too.

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use crate::connect::connect;
use crate::error::{Error, Result};
use crate::sql::{Bind, Sql};

/// The cluster, its timeline, which a recovery to a moment begins anew, and the database in it.
const STANDS: &str = "(select system_identifier::text from pg_control_system()) || '/' \
    || (select timeline_id::text from pg_control_checkpoint()) || '/' \
    || (select oid::text from pg_database where datname = current_database())";

/// Gives a database that was moved since its last start a name of its own; whether it did. `ground` tells of the files
/// it stands on, where the caller can see them.
pub async fn settle(url: &str, ground: Option<&str>) -> Result<bool> {
    let mut connection = connect(url).await.map_err(|error| Error::NoConnection(error.to_string()))?;
    // The one statement holds the row of the lineage, so of two processes that start at once one renames.
    let settle = Sql::new(format!("with here as (select to_jsonb({STANDS} || '/' || "))
        .bind(Bind::Text(ground.unwrap_or_default().to_owned()))
        .push(
            ") as place), \
            lineage as (select value from settings where key = 'lineage' for update), \
            earlier as (select settings.value as place from settings, lineage where key = 'place'), \
            named as (update settings set value = to_jsonb(substr(md5(gen_random_uuid()::text), 1, 8)) from here, earlier \
                where key = 'lineage' and earlier.place <> here.place returning settings.value), \
            kept as (insert into settings (key, value) select 'place', place from here, lineage \
                on conflict (key) do update set value = excluded.value where settings.value <> excluded.value) \
            select value #>> '{}' from named",
        );
    let named: Vec<String> = settle.rows::<Text>().load(&mut connection).await?;
    Ok(!named.is_empty())
}
