//! Creations taken back: what the operation made is deleted, unless something of later hangs on it.

use std::collections::{HashMap, HashSet};

use domain::error::{Code, Error, Fault};
use domain::resource::Definition;
use uuid::Uuid;

use super::{Entry, Undoing, allowed, changed_since, kept, refused, takes_issued};
use crate::db::Tx;
use crate::error::Result;
use crate::operations::{Outcome, RowResult};
use crate::records::uses::{self, Children};
use crate::records::{self, family};
use crate::table::Stored;

pub(super) async fn take_back<R: Stored>(
    tx: &mut Tx<'_>,
    undoing: &Undoing,
    first: i64,
    run: &[Entry],
    untouched: &HashSet<Uuid>,
) -> Result<Vec<RowResult>> {
    let of = tx.db().definition::<R>();
    let wanted = |id: &Uuid| undoing.changed_too || untouched.contains(id);
    let ids: Vec<Uuid> = run.iter().map(|entry| entry.record_id).filter(wanted).collect();
    let allowed = allowed::<R>(tx, &ids, R::CREATE).await?;
    let (mut going, mut staying) = unused(tx, undoing, of, allowed.clone()).await?;
    let takes_issued = takes_issued::<R>(tx, undoing).await?;
    for id in going.clone() {
        let may_go = match takes_issued {
            true => R::before_delete(tx, id, None).await,
            false => records::may_go::<R>(tx, id, None).await,
        };
        if let Err(error) = may_go {
            let crate::Error::Refused(error) = error else { return Err(error) };
            going.remove(&id);
            staying.insert(id, error.faults);
        }
    }
    let gone: Vec<Uuid> = going.iter().copied().collect();
    if undoing.changed_too {
        family::delete(tx, of, gone).await?;
    } else {
        family::mark_deleted(tx, of, &gone).await?;
    }
    let result = |(entry, row): (&Entry, i64)| match entry.record_id {
        id if !wanted(&id) => changed_since(row, entry),
        id if going.contains(&id) => RowResult::new(row, Some(id), Outcome::Deleted),
        id => match staying.remove(&id) {
            Some(faults) => kept(row, entry, faults),
            None => refused(row, entry, Error::new(Code::Forbidden)),
        },
    };
    Ok(run.iter().zip(first..).map(result).collect())
}

/// Parts the records on which nothing of later hangs from the others. One that stays may keep others, so this is asked
/// until the answer no longer changes.
async fn unused(
    tx: &mut Tx<'_>,
    undoing: &Undoing,
    of: &'static Definition,
    mut going: HashSet<Uuid>,
) -> Result<(HashSet<Uuid>, HashMap<Uuid, Vec<Fault>>)> {
    let (mut staying, settled) = (HashMap::new(), undoing.settled(tx));
    // Who takes along what was changed since takes along the children that were added since.
    let children = if undoing.changed_too { Children::Go } else { Children::Stay };
    loop {
        let ids: Vec<Uuid> = going.iter().copied().collect();
        let used = uses::of(tx, of, &ids, children, &settled).await?;
        if used.is_empty() {
            return Ok((going, staying));
        }
        going.retain(|id| !used.contains_key(id));
        staying.extend(used);
    }
}
