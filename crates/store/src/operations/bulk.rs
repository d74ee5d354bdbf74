//! The same change to many records, each through its verb.

use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use domain::act::Act;
use domain::error::{Code, Error, Fault};
use domain::listing::Listing;
use domain::permission::{Action, Permission};
use domain::resource::Definition;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Kind, Outcome, RowResult};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records::holding::{self, Lock};
use crate::records::{self, IfMatch, Lists};
use crate::sql::{Bind, Sql};
use crate::table::Stored;

/// What is done to each record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum BulkChange {
    Delete {
        /// What the records shall give way to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        move_to: Option<Uuid>,
    },
    Edit {
        #[serde(default)]
        set: Map<String, Value>,
        #[serde(flatten)]
        lists: Lists,
    },
    Assign {
        owner_id: Option<Uuid>,
        department_id: Option<Uuid>,
    },
    Act {
        noun: String,
        set: Map<String, Value>,
    },
}

impl BulkChange {
    /// What somebody must hold to ask for it, and at each step of it.
    pub fn needs(&self, of: &Definition) -> Action {
        match self {
            BulkChange::Delete { .. } => Action::Delete,
            BulkChange::Edit { .. } => Action::Update,
            BulkChange::Assign { .. } => Action::Assign,
            BulkChange::Act { noun, .. } => of.act(noun).map_or(Action::Update, |act| act.action),
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            BulkChange::Delete { .. } => Kind::Delete,
            BulkChange::Edit { .. } => Kind::Edit,
            BulkChange::Assign { .. } => Kind::Assign,
            BulkChange::Act { .. } => Kind::Act,
        }
    }
}

/// Changes these records, numbered by their places in the selection.
pub async fn run<R: Stored>(tx: &mut Tx<'_>, change: &BulkChange, rows: &[(i64, Uuid)]) -> Result<Vec<RowResult>> {
    let ids: Vec<Uuid> = rows.iter().map(|(_, id)| *id).collect();
    let lock = if matches!(change, BulkChange::Delete { .. }) { Lock::Delete } else { Lock::Change };
    holding::rows(tx, R::TABLE, &ids, lock).await?;
    let mut results = Vec::with_capacity(rows.len());
    let mut waiting = rows.to_vec();
    // What others among them name can go when those have gone.
    loop {
        let (count, mut in_use) = (waiting.len(), Vec::new());
        for (row, id) in std::mem::take(&mut waiting) {
            let attempt = tx.savepoint(async |tx| one::<R>(tx, change, row, id).await).await;
            match attempt {
                Ok(result) => results.push(result),
                Err(crate::Error::Refused(error)) if error.code == Code::InUse => in_use.push((row, id, error)),
                Err(crate::Error::Refused(error)) => results.push(RowResult::refused(row, Some(id), error)),
                Err(error) => return Err(error),
            }
        }
        if in_use.is_empty() || in_use.len() == count {
            results.extend(in_use.into_iter().map(|(row, id, error)| RowResult::refused(row, Some(id), error)));
            break;
        }
        waiting = in_use.into_iter().map(|(row, id, _)| (row, id)).collect();
    }
    results.sort_by_key(|result| result.row);
    Ok(results)
}

async fn one<R: Stored>(tx: &mut Tx<'_>, change: &BulkChange, row: i64, id: Uuid) -> Result<RowResult> {
    let outcome = match change {
        BulkChange::Delete { move_to } => {
            records::delete::<R>(tx, id, &IfMatch::Any, *move_to).await?;
            return Ok(RowResult::new(row, Some(id), Outcome::Deleted));
        }
        BulkChange::Edit { set, lists } => records::edit::<R>(tx, id, &IfMatch::Any, set, lists).await?,
        BulkChange::Assign { owner_id, department_id } => {
            records::assign::<R>(tx, id, &IfMatch::Any, *owner_id, *department_id).await?
        }
        BulkChange::Act { noun, set } => records::act::<R>(tx, id, &IfMatch::Any, known::<R>(noun)?, set).await?,
    };
    let result = if outcome.changed || outcome.made.is_some() { Outcome::Updated } else { Outcome::Unchanged };
    Ok(RowResult::new(row, Some(id), result))
}

/// The ids of at most so many records in a list, in its order by id.
pub async fn selection<R: Stored>(db: &Db, listing: &Listing, limit: i64) -> Result<Vec<Uuid>> {
    let _turn = db.turn().await?;
    let scope = records::condition_of_list::<R>(db, listing, R::READ).await?;
    let mut connection = db.read().await?;
    let query = Sql::new(format!("select {}.id from {} where ", R::TABLE, R::TABLE))
        .append(scope)
        .push(format!(" order by {}.id limit ", R::TABLE))
        .bind(Bind::Int(limit));
    Ok(query.rows::<SqlUuid>().load(&mut *connection).await?)
}

/// Puts the rows of an operation aside for a job: exactly those that were chosen when it was asked for.
pub async fn put_aside(tx: &mut Tx<'_>, operation_id: Uuid, ids: Vec<Uuid>) -> Result<()> {
    let insert = Sql::new("insert into operation_rows (operation_id, row_number, record_id, outcome) select ")
        .bind(Bind::Id(operation_id))
        .push(", place, id, 'waiting' from unnest(")
        .bind(Bind::Ids(ids))
        .push(") with ordinality as chosen (id, place)")
        .recurring();
    insert.rows::<()>().execute(&mut **tx).await?;
    Ok(())
}

/// Takes the next rows that wait, so that their results can take their place.
pub async fn take(tx: &mut Tx<'_>, operation_id: Uuid, limit: i64) -> Result<Vec<(i64, Uuid)>> {
    let query = Sql::new("with next as (select row_number from operation_rows where operation_id = ")
        .bind(Bind::Id(operation_id))
        .push(" and outcome = 'waiting' order by row_number limit ")
        .bind(Bind::Int(limit))
        .push("), taken as (delete from operation_rows using next where operation_id = ")
        .bind(Bind::Id(operation_id))
        .push(
            " and operation_rows.row_number = next.row_number returning operation_rows.row_number, record_id) \
               select row_number, record_id from taken order by row_number",
        )
        .recurring();
    Ok(query.rows::<(diesel::sql_types::BigInt, SqlUuid)>().load(&mut **tx).await?)
}

/// Whether the caller gave a change that could be made to some record at all; told before any row is touched.
pub fn faults<R: Stored>(db: &Db, change: &BulkChange) -> Result<()> {
    match change {
        BulkChange::Delete { .. } => Ok(()),
        BulkChange::Assign { owner_id: None, department_id: None } => {
            Err(Error::invalid(vec![Fault::field("set", "required")]).into())
        }
        BulkChange::Assign { .. } => Ok(()),
        BulkChange::Act { noun, set } => {
            let act = known::<R>(noun)?;
            records::refuse_unwritable::<R>(db, Permission::new(R::NAME, act.action), None, set.keys())?;
            let unknown = set.keys().filter(|key| !act.asks_for(key));
            let unknown: Vec<_> = unknown.map(|key| Fault::new(format!("/set/{key}"), "unknown_member")).collect();
            if unknown.is_empty() { Ok(()) } else { Err(Error::invalid(unknown).into()) }
        }
        BulkChange::Edit { set, lists } => {
            if set.is_empty() && lists.is_empty() {
                return Err(Error::invalid(vec![Fault::field("set", "required")]).into());
            }
            records::refuse_unwritable::<R>(db, R::UPDATE, None, set.keys().chain(lists.keys()))?;
            let unknown = set.keys().filter(|key| db.definition::<R>().own_field(key).is_none());
            let unknown = unknown.map(|key| Fault::new(format!("/set/{key}"), "unknown_member"));
            let faults: Vec<_> = unknown.chain(lists.faults(db.definition::<R>())).collect();
            if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults).into()) }
        }
    }
}

/// An act of the resource by its noun.
fn known<R: Stored>(noun: &str) -> Result<&'static Act> {
    let found = R::ACTS.iter().find(|act| act.noun == noun);
    found.ok_or_else(|| Error::invalid(vec![Fault::field("act", "not_a_choice")]).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_put_aside_for_a_job_and_read_as_it_was() {
        let kept =
            json!({"action": "edit", "set": {"city": "苏州"}, "add": {"tag_ids": ["a"]}, "remove": {"tag_ids": ["b"]}});
        let change: BulkChange = serde_json::from_value(kept.clone()).expect("a change");
        assert_eq!(serde_json::to_value(&change).expect("JSON"), kept);
        let older: BulkChange = serde_json::from_value(json!({"action": "edit", "set": {}})).expect("as it was before");
        assert!(matches!(older, BulkChange::Edit { lists, .. } if lists.is_empty()));
    }
}
