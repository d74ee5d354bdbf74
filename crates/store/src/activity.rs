//! The stream: what happened lately to all the records that somebody sees, latest first, of everybody or of one department.
//!
//! It is read from the end of the change log in stretches; what the caller does not see is left out of each.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Resource;
use domain::instant;
use domain::permission::{Action, Governed, Permission, Right};
use domain::platform::User;
use domain::resource::Definition;
use serde::Serialize;
use uuid::Uuid;

use crate::db::Db;
use crate::error::Result;
use crate::records;
use crate::sql::{Bind, Sql};

/// Entries of the log that are looked at at once, and how often before an answer is given however short it is.
const STRETCH: i64 = 300;
const STRETCHES: usize = 10;

/// A place in the stream: what lies beyond it is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivityPlace {
    pub at: DateTime<Utc>,
    pub sequence: i64,
}

/// Something that happened to a record.
#[derive(Clone, Debug, Serialize)]
pub struct Happened {
    pub sequence: i64,
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    pub resource: String,
    pub record_id: Uuid,
    /// What the record is called.
    pub title: String,
    /// `create`, `update` or `restore`.
    pub operation: String,
    pub actor_name: Option<String>,
    /// The fields that an update changed, of those that the caller reads.
    pub fields: Vec<String>,
}

type Row = (i64, DateTime<Utc>, String, Uuid, String, Option<Uuid>, Vec<String>);

/// A page of the stream, and where the next one begins if there is more to look at.
pub async fn latest(
    db: &Db,
    department: Option<Uuid>,
    before: Option<ActivityPlace>,
    limit: usize,
) -> Result<(Vec<Happened>, Option<ActivityPlace>)> {
    let _turn = db.turn().await?;
    let told: Vec<&'static Definition> = db.catalogue().iter().filter(|of| is_told(db, of)).collect();
    let (mut page, mut place) = (Vec::new(), before);
    for _ in 0..STRETCHES {
        let rows = stretch(db, &told, place).await?;
        let is_last = rows.len() < usize::try_from(STRETCH).unwrap_or_default();
        let seen = seen(db, &told, &rows, department).await?;
        let actors = rows.iter().filter_map(|row| row.5).collect();
        let names = records::titles(db, User::NAME, actors).await?;
        for row in rows {
            if page.len() == limit {
                return Ok((page, place));
            }
            place = Some(ActivityPlace { at: row.1, sequence: row.0 });
            let title = seen.get(&row.3).cloned();
            page.extend(title.and_then(|title| happened(db, &told, &names, title, row)));
        }
        if is_last {
            return Ok((page, None));
        }
    }
    Ok((page, place))
}

/// What belongs to somebody is told of; what the house keeps for itself is not.
fn is_told(db: &Db, of: &Definition) -> bool {
    of.governed == Governed::ByRoles && of.owned && db.rows(Permission::new(of.name, Action::Read)).is_ok()
}

async fn stretch(db: &Db, told: &[&Definition], place: Option<ActivityPlace>) -> Result<Vec<Row>> {
    let names = told.iter().map(|of| of.name.to_owned()).collect();
    let mut query = Sql::new(
        "select sequence, at, resource, record_id, operation, actor_id, case when operation = 'update' \
         then array(select jsonb_object_keys(changed)) else '{}' end from changes \
         where operation in ('create', 'update', 'restore') and resource = any(",
    )
    .bind(Bind::Texts(names))
    .push(")");
    if let Some(ActivityPlace { at, sequence }) = place {
        query = query
            .push(" and (at, sequence) < (")
            .bind(Bind::Instant(at))
            .push(", ")
            .bind(Bind::Int(sequence))
            .push(")");
    }
    let query = query.push(format!(" order by at desc, sequence desc limit {STRETCH}"));
    type Columns = (BigInt, Timestamptz, Text, SqlUuid, Text, Nullable<SqlUuid>, Array<Text>);
    Ok(query.rows::<Columns>().load(&mut *db.read().await?).await?)
}

/// The titles of those records that the caller sees, of one department if it is named.
async fn seen(
    db: &Db,
    told: &[&'static Definition],
    rows: &[Row],
    department: Option<Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let mut seen = HashMap::new();
    for of in told {
        let ids: Vec<Uuid> = rows.iter().filter(|row| row.2 == of.name).map(|row| row.3).collect();
        if ids.is_empty() {
            continue;
        }
        let within =
            department.map(|department| Sql::new(format!("{}.department_id = ", of.table)).bind(Bind::Id(department)));
        let called = records::called_within(db, of, ids, within).await?;
        seen.extend(called.into_iter().map(|(id, called)| (id, called.title)));
    }
    Ok(seen)
}

fn happened(
    db: &Db,
    told: &[&'static Definition],
    names: &HashMap<Uuid, String>,
    title: String,
    row: Row,
) -> Option<Happened> {
    let (sequence, at, resource, record_id, operation, actor, changed) = row;
    let of = told.iter().find(|of| of.name == resource)?;
    let right = |key: &str| {
        let field = of.field(key)?;
        Some(db.viewer().map_or(Right::Write, |viewer| viewer.rights.field(of.name, field)))
    };
    let whose = if operation == "create" { "created_by" } else { "updated_by" };
    let mut changed: Vec<String> = changed.into_iter().filter(|key| right(key) > Some(Right::Masked)).collect();
    changed.sort();
    Some(Happened {
        sequence,
        at,
        resource,
        record_id,
        title,
        operation,
        actor_name: actor.filter(|_| right(whose) > Some(Right::None)).and_then(|actor| names.get(&actor).cloned()),
        fields: changed,
    })
}
