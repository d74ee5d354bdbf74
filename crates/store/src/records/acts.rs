//! What happens to a record besides edits of its fields, once for all resources.

use domain::act::Act;
use domain::check::{self, Said};
use domain::error::{Code, Error, Fault};
use domain::permission::{Permission, Scope};
use domain::resource::{Record, Resource};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{IfMatch, Written, change};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::table::Stored;

/// Lets an act happen to a record, if it can from where the record stands.
pub async fn act<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    act: &Act,
    asked: &Map<String, Value>,
) -> Result<Written<R>> {
    let permission = Permission::new(R::NAME, act.action);
    refuse_closed::<R>(tx.db(), permission, asked)?;
    let definition = tx.db().definition::<R>();
    let lay = |before: &Record<R>, at| {
        refuse_from_here(&before.data, act)?;
        let said = Said { definition, members: asked, at };
        check::act((&before.data, &before.stamp.custom), act, said).map_err(Error::invalid)
    };
    change::<R>(tx, id, if_match, permission, asked, lay).await
}

/// What an act asks for is a field like others, though it may be one that no patch changes.
fn refuse_closed<R: Resource>(db: &Db, permission: Permission, asked: &Map<String, Value>) -> Result<()> {
    let Some(viewer) = db.viewer() else { return Ok(()) };
    let fields = R::FIELDS.iter().filter(|field| asked.contains_key(field.key));
    let closed = fields.filter(|field| !viewer.rights.writes(permission, field, Scope::Own));
    let faults: Vec<_> = closed.map(|field| Fault::field(field.key, "not_writable")).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error { faults, ..Error::new(Code::Forbidden) }.into()) }
}

fn refuse_from_here<R: Resource>(record: &R, act: &Act) -> std::result::Result<(), Error> {
    let document = serde_json::to_value(record).unwrap_or_default();
    let state = R::STATE.and_then(|key| document[key].as_str());
    match act.is_open_in(state) {
        true => Ok(()),
        false => Err(Error::at(Code::Conflict, Fault::field(R::STATE.unwrap_or_default(), "wrong_state"))),
    }
}
