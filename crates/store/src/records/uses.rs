//! What hangs on a record: who names it, where and how often. As long as somebody does, it is not deleted.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error, Fault};
use domain::field::Kind;
use domain::lines::{Columns, Spread};
use domain::permission::{Action, Permission};
use domain::references::Reference;
use domain::resource::Definition;
use domain::{CATALOGUE, catalogue};
use uuid::Uuid;

use super::family::Family;
use crate::column;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::filter;
use crate::sql::{Bind, Sql};

/// A field that lies in a table beside the record's own: whose it is, its key, the resource that it names, and where.
pub(crate) struct Part {
    pub of: &'static str,
    pub field: &'static str,
    pub to: &'static str,
    pub table: &'static str,
    /// The columns of the record and of what it names.
    pub record: &'static str,
    pub named: &'static str,
}

pub(super) const PARTS: [Part; 1] =
    [Part { of: "users", field: "roles", to: "roles", table: "user_roles", record: "user_id", named: "role_id" }];

/// The fields of lines that name records of a resource.
pub(crate) fn lines(to: &str) -> impl Iterator<Item = Part> {
    let of = CATALOGUE.iter().flat_map(|of| of.references_of_lines().map(move |found| (of, found)));
    of.filter(move |(_, (_, _, named))| *named == to).filter_map(|(of, (lines, field, to))| match lines.kind {
        Kind::Lines(Columns { spread: Some(Spread { table, document }), .. }) => {
            Some(Part { of: of.name, field: lines.key, to, table, record: document, named: field.key })
        }
        _ => None,
    })
}

/// One way of naming records: by a column, or by rows beside.
struct NamingColumn {
    from: &'static Definition,
    field: &'static str,
    source: String,
    column: String,
    /// The column of the record that holds several, by which an index finds those that hold one of some.
    several: Option<String>,
}

impl NamingColumn {
    fn of_field(reference: &Reference) -> Self {
        let Reference { from, field, .. } = reference;
        let column = column::of(from.table, field);
        match field.kind {
            Kind::References(_) => Self {
                from,
                field: field.key,
                source: format!("{} cross join lateral unnest({column}) named (id)", from.table),
                several: Some(column),
                column: "named.id".to_owned(),
            },
            _ => Self { from, field: field.key, source: from.table.to_owned(), column, several: None },
        }
    }

    fn of_part(part: &Part) -> Option<Self> {
        let from = catalogue::find(part.of)?;
        let Part { table, record, named, .. } = part;
        let source = format!("{0} join {table} on {table}.{record} = {0}.id", from.table);
        Some(Self { from, field: part.field, source, column: format!("{table}.{named}"), several: None })
    }

    fn all(db: &Db, to: &str, children: Children) -> Vec<Self> {
        let counts =
            |reference: &Reference| !(reference.is_inherited() || children == Children::Go && reference.goes_with());
        let parts = PARTS.iter().filter(|part| part.to == to).filter_map(Self::of_part);
        let lines: Vec<Self> = lines(to).filter_map(|part| Self::of_part(&part)).collect();
        db.catalogue()
            .references_to(to)
            .filter(counts)
            .map(|reference| Self::of_field(&reference))
            .chain(parts)
            .chain(lines)
            .collect()
    }

    /// The rows of which the caller may know that they name something here.
    fn seen(&self, db: &Db) -> Sql {
        let table = self.from.table;
        let readable = match self.from.field(self.field) {
            Some(_) => filter::readable(db, self.from, &[self.field], table),
            // What lies in a part of the record is no field of it, and goes with it.
            None => Some(Sql::new("true")),
        };
        match (db.rows(Permission::new(self.from.name, Action::Read)), readable) {
            (Ok(rows), Some(readable)) => Sql::and(vec![filter::rows(&rows, table), readable]),
            _ => Sql::new("false"),
        }
    }
}

/// Whether children that go with their parents count.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Children {
    /// They go along, and so do not stand in the way.
    Go,
    Stay,
}

/// Refuses the deletion of records that others name which do not go themselves, and tells where.
pub(super) async fn refuse(tx: &mut Tx<'_>, to: &'static Definition, ids: &[Uuid], going: &Family) -> Result<()> {
    match counted(tx, to, ids, Children::Go, &[], going).await?.into_values().next() {
        Some(faults) => Err(Error { faults, ..Error::new(Code::InUse) }.into()),
        None => Ok(()),
    }
}

/// Those of the records that present ones outside their midst name, and where. What the caller may not see is said to
/// be there, but not what it is. In a rehearsal, those that `settled` operations changed last are as good as gone.
pub(crate) async fn of(
    tx: &mut Tx<'_>,
    to: &'static Definition,
    ids: &[Uuid],
    children: Children,
    settled: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Fault>>> {
    counted(tx, to, ids, children, settled, &vec![(to, ids.to_vec())]).await
}

async fn counted(
    tx: &mut Tx<'_>,
    to: &Definition,
    ids: &[Uuid],
    children: Children,
    settled: &[Uuid],
    going: &Family,
) -> Result<HashMap<Uuid, Vec<Fault>>> {
    let places = NamingColumn::all(tx.db(), to.name, children);
    if places.is_empty() || ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut counts = Vec::new();
    for (number, place) in places.iter().enumerate() {
        counts.push(count(tx.db(), ids, number, place, settled, going));
    }
    let query = Sql::join(counts, ") union all (", "").recurring();
    let rows: Vec<(Uuid, i32, i64, i64)> = query.rows::<(SqlUuid, Integer, BigInt, BigInt)>().load(&mut **tx).await?;
    let mut faults: HashMap<Uuid, Vec<Fault>> = HashMap::new();
    for (id, number, seen, all) in rows {
        let Some(place) = places.get(number as usize) else { continue };
        let faults = faults.entry(id).or_default();
        if seen > 0 {
            let used = Fault::new("", "used_by").with("resource", place.from.name).with("field", place.field);
            faults.push(used.with("count", seen));
        }
        let unseen = Fault::new("", "used_out_of_sight");
        if all > seen && !faults.contains(&unseen) {
            faults.push(unseen);
        }
    }
    Ok(faults)
}

fn count(db: &Db, ids: &[Uuid], number: usize, place: &NamingColumn, settled: &[Uuid], going: &Family) -> Sql {
    let NamingColumn { from, source, column, several, .. } = place;
    let table = from.table;
    let mut query = Sql::new(format!("select {column}, {number}, count(*) filter (where "))
        .append(place.seen(db))
        .push(format!("), count(*) from {source} where {table}.deleted_at is null and {column} = any("))
        .bind(Bind::Ids(ids.to_vec()))
        .push(")");
    if let Some(several) = several {
        query = query.push(format!(" and {several} && ")).bind(Bind::Ids(ids.to_vec()));
    }
    for (_, along) in going.iter().filter(|(of, _)| of.name == from.name) {
        query = query.push(format!(" and not {table}.id = any(")).bind(Bind::Ids(along.clone())).push(")");
    }
    if !settled.is_empty() {
        query = query
            .push(" and (select operation_id from changes where resource = ")
            .bind(Bind::Text(from.name.to_owned()))
            .push(format!(" and record_id = {table}.id order by sequence desc limit 1) = any("))
            .bind(Bind::Ids(settled.to_vec()))
            .push(") is not true");
    }
    query.push(format!(" group by {column}"))
}
