//! Making anew what records are found by and ordered by, where an older version made it otherwise.
//!
//! Each entry bears a mark of what it holds and of the way it was made. A process of an older version that serves beside
//! this one changes entries without touching their marks, so that they are known by a mark that does not fit. The walk
//! goes over all entries; it comes again every day and then finds nothing to do.

use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::resource::Record;
use domain::text::pinyin::sort_key;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::personal;
use crate::registry;
use crate::sql::{Bind, Sql};
use crate::table::{Selection, Stored};

/// Rises with every change of how names are folded, read or cut, and of what telephone numbers are found by.
const EDITION: u8 = 2;

/// Entries that are looked through at a time.
const ENTRIES: i64 = 1000;

/// How far a walk has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Position {
    after: Uuid,
    pub seen: i64,
    pub renewed: i64,
}

/// The mark of an entry, FNV-1a over the way it was made and what it holds; never that of an entry without one.
pub(super) fn mark(body: &str, digests: &[Uuid]) -> i32 {
    let bytes = [EDITION].into_iter().chain(body.bytes()).chain(digests.iter().flat_map(|digest| *digest.as_bytes()));
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.max(1).cast_signed()
}

/// Goes some entries on; nothing at the end.
pub async fn step(tx: &mut Tx<'_>, at: &Position) -> Result<Option<Position>> {
    type Entry = (Uuid, String, String, Vec<Uuid>, i32);
    let query = Sql::new("select record_id, resource, body, digests, mark from search_index where record_id > ")
        .bind(Bind::Id(at.after))
        .push(" order by record_id limit ")
        .bind(Bind::Int(ENTRIES));
    let entries: Vec<Entry> =
        query.recurring().rows::<(SqlUuid, Text, Text, Array<SqlUuid>, Integer)>().load(&mut **tx).await?;
    let Some((after, ..)) = entries.last() else { return Ok(None) };
    let mut next = Position { after: *after, seen: at.seen + entries.len() as i64, ..at.clone() };
    let stale: Vec<&Entry> =
        entries.iter().filter(|(_, _, body, digests, marked)| mark(body, digests) != *marked).collect();
    for entries in stale.chunk_by(|a, b| a.1 == b.1) {
        let ids = entries.iter().map(|(id, ..)| *id).collect();
        if let Some(verbs) = registry::find(&entries[0].1) {
            next.renewed += verbs.renew(tx, ids).await?;
        }
    }
    Ok(Some(next))
}

/// Makes entries and sort keys anew. A record that somebody is writing is left for the next walk, so that nobody waits
/// for us and we wait for nobody.
pub(crate) async fn renew<R: Stored>(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<i64> {
    let table = R::TABLE;
    let free = Sql::new(format!("select id from {table} where id = any(")).bind(Bind::Ids(ids));
    let free = free.push(") for no key update skip locked").rows::<SqlUuid>();
    let ids: Vec<Uuid> = free.load(&mut **tx).await?;
    let limit = ids.len() as i64;
    let condition = Sql::new(format!("{table}.id = any(")).bind(Bind::Ids(ids)).push(")");
    let mut records = R::load(tx, Selection { condition, order: Sql::new("1"), limit }).await?;
    records.iter_mut().for_each(|record| personal::open::<R>(tx.db(), record));
    order(tx, &records).await?;
    super::index(tx, &records.iter().collect::<Vec<_>>()).await?;
    Ok(records.len() as i64)
}

/// Writes the keys by which names are ordered, where they are others now. They are made of the name, so that a record
/// keeps its version, and the change log tells of nothing.
async fn order<R: Stored>(tx: &mut Tx<'_>, records: &[Record<R>]) -> Result<()> {
    let key = |record: &Record<R>| {
        let document = serde_json::to_value(&record.data).ok()?;
        Some(json!({"id": record.stamp.id, "title_sort": sort_key(document.get(R::TITLE)?.as_str()?)}))
    };
    let keys: Vec<Value> = records.iter().filter_map(key).collect();
    tx.batch_execute("select set_config('zhiyin.resealing', 'on', true)").await?;
    let update = Sql::new(format!("update {} t set title_sort = made.title_sort from jsonb_to_recordset(", R::TABLE))
        .bind(Bind::Text(Value::Array(keys).to_string()))
        .push("::jsonb) as made (id uuid, title_sort text) where t.id = made.id and t.title_sort <> made.title_sort");
    update.rows::<()>().execute(&mut **tx).await?;
    Ok(())
}
