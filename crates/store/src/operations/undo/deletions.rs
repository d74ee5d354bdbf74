//! Deletions taken back: records come back, unless what they name has gone meanwhile.

use std::collections::{HashMap, HashSet};

use domain::error::{Code, Error};
use uuid::Uuid;

use super::{Entry, Undoing, allowed, changed_since, kept, refused};
use crate::db::Tx;
use crate::error::Result;
use crate::operations::{Outcome, RowResult};
use crate::records::{family, holding};
use crate::table::Stored;

pub(super) async fn take_back<R: Stored>(
    tx: &mut Tx<'_>,
    undoing: &Undoing,
    first: i64,
    run: &[Entry],
    untouched: &HashSet<Uuid>,
) -> Result<Vec<RowResult>> {
    let of = tx.db().definition::<R>();
    let ids: Vec<Uuid> = run.iter().map(|entry| entry.record_id).filter(|id| untouched.contains(id)).collect();
    let allowed = allowed::<R>(tx, &ids, R::DELETE).await?;
    let mut coming: Vec<Uuid> = allowed.iter().copied().collect();
    let (mut staying, settled) = (HashMap::new(), undoing.settled(tx));
    loop {
        // One that stays away may keep others away that name it.
        let gone = holding::dangling(tx, of, &coming, &settled).await?;
        if gone.is_empty() {
            break;
        }
        coming.retain(|id| !gone.contains_key(id));
        staying.extend(gone);
    }
    let together = tx.savepoint(async |tx| family::bring_back(tx, of, &coming).await).await;
    let mut refusals: HashMap<Uuid, Error> = HashMap::new();
    match together {
        Ok(()) => {}
        // The name of one of them was given to another meanwhile; the rest come back all the same.
        Err(crate::Error::Refused(_)) => {
            for id in coming {
                match tx.savepoint(async |tx| family::bring_back(tx, of, &[id]).await).await {
                    Ok(()) => {}
                    Err(crate::Error::Refused(error)) => drop(refusals.insert(id, error)),
                    Err(error) => return Err(error),
                }
            }
        }
        Err(error) => return Err(error),
    }
    let result = |(entry, row): (&Entry, i64)| {
        let id = entry.record_id;
        match (staying.remove(&id), refusals.remove(&id)) {
            _ if !untouched.contains(&id) => changed_since(row, entry),
            _ if !allowed.contains(&id) => refused(row, entry, Error::new(Code::Forbidden)),
            (Some(faults), _) => kept(row, entry, faults),
            (None, Some(error)) => refused(row, entry, error),
            (None, None) => RowResult::new(row, Some(id), Outcome::Restored),
        }
    };
    Ok(run.iter().zip(first..).map(result).collect())
}
