//! What happens to a record besides edits of its fields, once for all resources.

use domain::act::Act;
use domain::check;
use domain::error::{Code, Error, Fault};
use domain::permission::Permission;
use domain::resource::Resource;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{IfMatch, Written, change};
use crate::db::Tx;
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
    let lay = |before: &R, at| {
        refuse_from_here(before, act)?;
        check::act(before, act, asked, at).map_err(Error::invalid)
    };
    change::<R>(tx, id, if_match, permission, asked, lay).await
}

fn refuse_from_here<R: Resource>(record: &R, act: &Act) -> std::result::Result<(), Error> {
    let document = serde_json::to_value(record).unwrap_or_default();
    let state = R::STATE.and_then(|key| document[key].as_str());
    match act.is_open_in(state) {
        true => Ok(()),
        false => Err(Error::at(Code::Conflict, Fault::field(R::STATE.unwrap_or_default(), "wrong_state"))),
    }
}
