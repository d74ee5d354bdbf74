//! Export: records as lines of a file, in the order of the list, as the caller may see them.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::error::{Code, Error};
use domain::field::Field;
use domain::listing::Listing;
use domain::permission::{Action, Permission};
use domain::resource::{Definition, Resource};
use domain::{catalogue, transfer};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::Db;
use crate::error::Result;
use crate::filter;
use crate::paging::Order;
use crate::records;
use crate::sql::{Bind, Sql};
use crate::table::{Selection, Stored};

/// Records that one chunk reads.
pub const CHUNK: i64 = 1000;

/// A record and the one that its line tells besides.
pub struct Exported {
    pub id: Uuid,
    /// Where it stands in the order of the list.
    pub place: Vec<Value>,
    pub record: Map<String, Value>,
    pub companion: Map<String, Value>,
}

/// The records of a list beyond a place in it, in the list's order; of one without an order in that of their ids, in
/// which nothing that is changed meanwhile moves.
pub async fn chunk<R: Stored>(db: &Db, listing: &Listing, after: Option<&[Value]>) -> Result<Vec<Exported>> {
    let order = order_of::<R>(db, listing);
    let records = {
        let mut scope = vec![records::condition_of_list::<R>(db, listing, R::READ).await?];
        let connection = db.read().await?;
        // Who may read more than they may export takes along only what they may export.
        scope.push(filter::rows(&db.rows(R::EXPORT)?, R::TABLE));
        if let Some(after) = after {
            scope.push(order.beyond(after, false).ok_or(Error::new(Code::Internal))?);
        }
        let selection = Selection { condition: Sql::and(scope), order: order.sql(false), limit: CHUNK };
        let rows = R::load(&connection, selection).await?;
        records::see::<R>(db, rows)?
    };
    let ids: Vec<Uuid> = records.iter().map(|seen| seen.stamp().id).collect();
    let mut companions = companions::<R>(db, ids).await?;
    let exported = |seen: &records::Seen<R>| {
        let id = seen.stamp().id;
        Exported {
            id,
            place: order.position(&seen.plain_json()),
            record: seen.json(),
            companion: companions.remove(&id).unwrap_or_default(),
        }
    };
    Ok(records.iter().map(exported).collect())
}

fn order_of<R: Stored>(db: &Db, listing: &Listing) -> Order {
    if listing.sort.is_empty() { Order::of_ids::<R>() } else { Order::of::<R>(db, listing) }
}

/// A digest of what the caller can take along of a resource: which rows and which fields, of its companion and of what it
/// refers to as well. It changes with every right on which the lines of a file depend.
pub fn reach(db: &Db, resource: &Definition) -> Result<String> {
    let rows = db.rows(Permission::new(resource.name, Action::Export))?;
    let companion = transfer::companion(resource.name).and_then(|kind| catalogue::find(kind.resource));
    let mut told = format!("{rows:?}");
    for part in [Some(resource), companion].into_iter().flatten() {
        told += &reach_of(db, part);
        for field in part.fields {
            let right = db.viewer().map(|viewer| viewer.rights.field(part.name, field));
            told += &format!("{} {right:?};", field.key);
            told += &referred(db, field);
        }
        told.extend(part.lines().flat_map(|(_, columns)| columns.fields).map(|column| referred(db, column)));
    }
    Ok(BASE64.encode(Sha256::digest(told)))
}

fn referred(db: &Db, field: &Field) -> String {
    let other = field.kind.referred().and_then(catalogue::find);
    other.map(|other| reach_of(db, other)).unwrap_or_default()
}

/// The rows of a resource that the caller may see.
fn reach_of(db: &Db, resource: &Definition) -> String {
    format!("{} {:?};", resource.name, db.rows(Permission::new(resource.name, Action::Read)).ok())
}

/// Refuses to go on with lines that were read with other rights than the caller has now.
pub fn refuse_other_reach(db: &Db, resource: &Definition, before: &str) -> Result<()> {
    if reach(db, resource)? == before { Ok(()) } else { Err(Code::Forbidden.into()) }
}

/// Refuses a list that could not be exported, before anything is made of it.
pub async fn count<R: Stored>(db: &Db, listing: &Listing) -> Result<i64> {
    use diesel_async::RunQueryDsl;
    let _turn = db.turn().await?;
    let scope = records::condition_of_list::<R>(db, listing, R::READ).await?;
    let mut connection = db.read().await?;
    let query = Sql::new(format!("select count(*) from {} where ", R::TABLE))
        .append(scope)
        .push(" and ")
        .append(filter::rows(&db.rows(R::EXPORT)?, R::TABLE));
    Ok(query.rows::<diesel::sql_types::BigInt>().get_result(&mut *connection).await?)
}

async fn companions<R: Stored>(db: &Db, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Map<String, Value>>> {
    let Some(kind) = transfer::companion(R::NAME) else { return Ok(HashMap::new()) };
    let Some(rows) = db.visible::<R::Companion>() else { return Ok(HashMap::new()) };
    let table = R::Companion::TABLE;
    // Which of them is meant, and whose it is, are fields like others.
    let told = [kind.mark, kind.link];
    let Some(readable) = filter::readable(db, db.definition::<R::Companion>(), &told, table) else {
        return Ok(HashMap::new());
    };
    let condition =
        Sql::new(format!("{table}.deleted_at is null and {table}.{} and {table}.{} = any(", kind.mark, kind.link))
            .bind(Bind::Ids(ids))
            .push(") and ")
            .append(filter::rows(&rows, table))
            .push(" and ")
            .append(readable)
            .recurring();
    let connection = db.read().await?;
    let selection = Selection { condition, order: Sql::new(format!("{table}.id")).recurring(), limit: i64::MAX };
    let rows = R::Companion::load(&connection, selection).await?;
    drop(connection);
    let seen = records::see::<R::Companion>(db, rows)?;
    let keyed = seen.iter().map(|seen| {
        let json = seen.json();
        let id = json.get(kind.link).and_then(Value::as_str).and_then(|id| id.parse().ok());
        Ok((id.ok_or(Error::new(Code::Internal))?, json))
    });
    keyed.collect()
}
