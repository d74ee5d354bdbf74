//! What happens to a record besides edits of its fields, once for all resources.

use domain::act::{Act, Makes};
use domain::check::{self, Said};
use domain::error::{Code, Error, Fault};
use domain::permission::{Permission, Scope};
use domain::resource::{Record, Resource};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{IfMatch, Made, Written, change};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::registry;
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
    let mut written = change::<R>(tx, id, if_match, permission, asked, lay).await?;
    if let Some(makes) = &act.makes {
        written.made = Some(make::<R>(tx, &written, makes).await?);
    }
    Ok(written)
}

/// Makes the record that goes on from this one, of what the caller sees of it, in the same transaction.
async fn make<R: Stored>(tx: &mut Tx<'_>, written: &Written<R>, makes: &Makes) -> Result<Made> {
    let verbs = registry::named(makes.resource)?;
    let (from, to) = (tx.db().definition::<R>(), verbs.definition_in(tx.db()));
    let mut source = written.record.json();
    // What is masked is not known, and so goes nowhere.
    let is_known =
        |key: &str| from.own_field(key).is_none_or(|field| !field.personal || written.record.lens().shows(key));
    source.retain(|key, _| is_known(key));
    let mut body = makes.body(from, &source, to);
    let id = Value::from(written.record.stamp().id.to_string());
    let names_several = to.own_field(makes.link).is_some_and(|field| field.kind.is_many());
    body.insert(makes.link.to_owned(), if names_several { vec![id].into() } else { id });
    let made = verbs.create(tx, &body).await?;
    Ok(Made { resource: makes.resource, id: made.stamp.id })
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
