//! How a resource lies in its table: plain diesel, a few lines a resource.

use std::collections::HashMap;
use std::future::Future;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::custom::Custom;
use domain::resource::{Definition, Record, Resource, Stamp};
use domain::text::pinyin::sort_key;
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::search::{Asked, Match};
use crate::sql::{Bind, Sql};

/// Which rows of a table, in which order, and how many.
#[derive(Clone)]
pub struct Selection {
    pub condition: Sql,
    pub order: Sql,
    pub limit: i64,
}

impl Selection {
    /// The statement is prepared once; see [`Sql::recurring`].
    pub fn recurring(self) -> Self {
        Self { condition: self.condition.recurring(), order: self.order.recurring(), ..self }
    }
}

/// A row held by a transaction.
pub struct Locked<R> {
    pub record: Record<R>,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Records of another resource by which a search finds these too, such as a customer by its contacts.
pub struct FoundBy {
    pub definition: Definition,
    /// The field that names the record found.
    pub link: &'static str,
}

impl FoundBy {
    pub const fn of<C: Stored>(link: &'static str) -> Self {
        Self { definition: Definition::of::<C>(), link }
    }
}

/// The words of a search that nothing in a record itself explains, by its id.
pub type Unexplained<'a> = HashMap<Uuid, Vec<&'a Asked<'a>>>;

/// What records name beside their columns: ids and titles, by the id of the record.
pub type Beside = HashMap<Uuid, Vec<(Uuid, String)>>;

/// A resource that lies in a table of its own, every field in a column of its name.
pub trait Stored: Resource {
    /// What a line of a file tells besides; see [`domain::transfer::companion`]. A resource whose lines tell nothing else
    /// names itself.
    type Companion: Stored;

    /// Whether a column may hold no value; the others need no `nulls last`, and so can use an index for an order.
    fn nullable(key: &str) -> bool {
        let required = Self::FIELDS.iter().any(|field| field.key == key && field.required);
        !required && !matches!(key, "id" | "created_at" | "updated_at")
    }

    fn load(
        connection: &AsyncPgConnection,
        selection: Selection,
    ) -> impl Future<Output = QueryResult<Vec<Record<Self>>>>;

    /// Locks the row until the transaction ends, for a change: others may go on naming it. Sees deleted rows too.
    fn lock(connection: &mut AsyncPgConnection, id: Uuid) -> impl Future<Output = QueryResult<Option<Locked<Self>>>>;

    fn insert(connection: &mut AsyncPgConnection, record: &Record<Self>) -> impl Future<Output = QueryResult<usize>>;

    /// Writes many new rows by a statement that is prepared once: as a list of values it would have to be parsed and
    /// planned anew each time, with some forty thousand of them for a thousand rows.
    fn insert_all(
        connection: &mut AsyncPgConnection,
        records: &[Record<Self>],
    ) -> impl Future<Output = QueryResult<usize>> {
        async move {
            let rows: Vec<Value> = records.iter().filter_map(row).collect();
            let Some(Value::Object(first)) = rows.as_slice().first() else { return Ok(0) };
            let columns = first.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let table = Self::TABLE;
            let insert = format!(
                "insert into {table} ({columns}) select {columns} from json_populate_recordset(null::{table}, "
            );
            let insert = Sql::new(insert).bind(Bind::Text(Value::Array(rows).to_string())).push("::json)").recurring();
            insert.rows::<()>().execute(connection).await
        }
    }

    /// Writes a row that the transaction has locked.
    fn update(
        connection: &mut AsyncPgConnection,
        record: &Record<Self>,
        deleted_at: Option<DateTime<Utc>>,
    ) -> impl Future<Output = QueryResult<usize>>;

    const FOUND_BY: Option<FoundBy> = None;

    /// Why records were found that bear nothing of these words themselves.
    fn why_beside(_db: &Db, _words: &Unexplained<'_>) -> impl Future<Output = Result<HashMap<Uuid, Vec<Match>>>> {
        async { Ok(HashMap::new()) }
    }

    /// Rules that need the database, asked before a row is written, also by an undo. What holds for all references, trees
    /// and children was asked already; see [`crate::records::holding`].
    fn before_write(
        _tx: &mut Tx<'_>,
        _before: Option<&Record<Self>>,
        _record: &mut Record<Self>,
    ) -> impl Future<Output = Result<()>> {
        async { Ok(()) }
    }

    /// Writes what was said of a new record beside its columns, see [`Resource::BESIDE`]: member and ids.
    fn after_create(
        _tx: &mut Tx<'_>,
        _stamp: &Stamp,
        _beside: &[(&'static str, Vec<Uuid>)],
    ) -> impl Future<Output = Result<()>> {
        async { Ok(()) }
    }

    /// What a member of [`Resource::BESIDE`] names, by the id of the record: ids and titles.
    fn beside(_db: &Db, _member: &str, _ids: Vec<Uuid>) -> impl Future<Output = Result<Beside>> {
        async { Ok(HashMap::new()) }
    }

    /// What a verb changes in other records so that this one may be as it is wanted. An undo does not: it leaves alone
    /// what is no longer free.
    fn make_room(_tx: &mut Tx<'_>, _record: &Record<Self>) -> impl Future<Output = Result<()>> {
        async { Ok(()) }
    }

    /// What follows in other records from those that were written: new ones, or one that stood otherwise before. An undo
    /// asks for none of it: it takes each change back by its own entry of the log.
    fn after_write(
        _tx: &mut Tx<'_>,
        _before: Option<&Record<Self>>,
        _written: &[Record<Self>],
    ) -> impl Future<Output = Result<()>> {
        async { Ok(()) }
    }

    /// What has to give way in what hangs on records before it hangs on one of them.
    fn before_merge(_tx: &mut Tx<'_>, _id: Uuid, _others: &[Uuid]) -> impl Future<Output = Result<()>> {
        async { Ok(()) }
    }

    /// Rules of a deletion that need the database. Who names the record is asked elsewhere; `move_to` is whom they shall
    /// name instead.
    fn before_delete(_tx: &mut Tx<'_>, _id: Uuid, _move_to: Option<Uuid>) -> impl Future<Output = Result<()>> {
        async { Ok(()) }
    }
}

/// A record by its columns. What only the database fills in is left to it.
fn row<R: Resource>(record: &Record<R>) -> Option<Value> {
    let mut row = serde_json::to_value(record).ok()?;
    let columns = row.as_object_mut()?;
    let title_sort = columns.get(R::TITLE).and_then(Value::as_str).map(sort_key);
    columns.insert("title_sort".into(), title_sort.into());
    columns.insert("seals".into(), serde_json::to_value(&record.stamp.seals.versions).ok()?);
    let made = Custom::taken_from(columns);
    columns.insert("custom".into(), serde_json::to_value(made).ok()?);
    Some(row)
}

/// Writes out the queries of [`Stored`] for a table with the house's columns.
///
/// They differ between resources in nothing but names; written by hand they would be the same fifty lines each time.
macro_rules! stored_in {
    ($table:ident) => {
        stored_in!($table, beside Self);
    };
    ($table:ident, beside $companion:ty) => {
        type Companion = $companion;

        async fn load(connection: &AsyncPgConnection, selection: Selection) -> QueryResult<Vec<Record<Self>>> {
            let rows: Vec<(Stamp, Self)> = $table::table
                .filter(selection.condition)
                .order(selection.order)
                .limit(selection.limit)
                .select((stamp_of!($table), Self::as_select()))
                .load(&mut &*connection)
                .await?;
            Ok(rows.into_iter().map(|(stamp, data)| Record { stamp, data }).collect())
        }

        async fn lock(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<Locked<Self>>> {
            let row: Option<(Stamp, Self, Option<DateTime<Utc>>)> = $table::table
                .find(id)
                .for_no_key_update()
                .select((stamp_of!($table), Self::as_select(), $table::deleted_at))
                .first(connection)
                .await
                .optional()?;
            Ok(row.map(|(stamp, data, deleted_at)| Locked { record: Record { stamp, data }, deleted_at }))
        }

        async fn insert(connection: &mut AsyncPgConnection, record: &Record<Self>) -> QueryResult<usize> {
            let stamp = &record.stamp;
            let values = (
                (
                    $table::id.eq(stamp.id),
                    $table::version.eq(stamp.version),
                    $table::created_at.eq(stamp.created_at),
                    $table::created_by.eq(stamp.created_by),
                    $table::updated_at.eq(stamp.updated_at),
                    $table::updated_by.eq(stamp.updated_by),
                    $table::owner_id.eq(stamp.owner_id),
                    $table::department_id.eq(stamp.department_id),
                    $table::external_ids.eq(&stamp.external_ids),
                    $table::seals.eq(&stamp.seals),
                    $table::custom.eq(&stamp.custom),
                    $table::title_sort.eq(sort_key(domain::Resource::title(&record.data))),
                ),
                &record.data,
            );
            diesel::insert_into($table::table).values(values).execute(connection).await
        }

        async fn update(
            connection: &mut AsyncPgConnection,
            record: &Record<Self>,
            deleted_at: Option<DateTime<Utc>>,
        ) -> QueryResult<usize> {
            let stamp = &record.stamp;
            let changes = (
                (
                    $table::version.eq(stamp.version),
                    $table::updated_at.eq(stamp.updated_at),
                    $table::updated_by.eq(stamp.updated_by),
                    $table::owner_id.eq(stamp.owner_id),
                    $table::department_id.eq(stamp.department_id),
                    $table::external_ids.eq(&stamp.external_ids),
                    $table::seals.eq(&stamp.seals),
                    $table::custom.eq(&stamp.custom),
                    $table::deleted_at.eq(deleted_at),
                    $table::title_sort.eq(sort_key(domain::Resource::title(&record.data))),
                ),
                &record.data,
            );
            diesel::update($table::table.find(stamp.id)).set(changes).execute(connection).await
        }
    };
}

macro_rules! stamp_of {
    ($table:ident) => {
        (
            $table::id,
            $table::version,
            $table::created_at,
            $table::created_by,
            $table::updated_at,
            $table::updated_by,
            $table::owner_id,
            $table::department_id,
            $table::external_ids,
            $table::seals,
            $table::custom,
        )
    };
}

pub(crate) use {stamp_of, stored_in};

/// What the queries that `stored_in` writes out speak of.
pub(crate) mod prelude {
    pub use chrono::{DateTime, Utc};
    pub use diesel::QueryResult;
    pub use diesel::prelude::*;
    pub use diesel_async::{AsyncPgConnection, RunQueryDsl};
    pub use domain::resource::{Record, Stamp};
    pub use domain::text::pinyin::sort_key;
    pub use uuid::Uuid;

    pub use super::{Beside, Locked, Selection, Stored};
    pub(crate) use super::{stamp_of, stored_in};
}
