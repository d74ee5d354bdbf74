//! Personal values on their way into the table and out of it.

use domain::resource::{Record, Resource};

use crate::error::Result;
use crate::keys::{KeyRing, Place};
use crate::table::Stored;

/// Opens the sealed values of a record.
pub fn open<R: Stored>(keys: &KeyRing, record: &mut Record<R>) -> Result<()> {
    let row = record.stamp.id;
    for (column, mut personal) in record.data.personal() {
        for value in personal.values_mut() {
            *value = keys.open_sealed(&Place { table: R::TABLE, column, row }, value)?;
        }
    }
    Ok(())
}

/// Seals the values of a record. A value that was there before keeps its seal, so that the change log and the
/// comparison of rows see no change where there is none.
pub fn seal<R: Stored>(keys: &KeyRing, record: &mut Record<R>, before: Option<(&R, &mut R)>) -> Result<()> {
    let row = record.stamp.id;
    let known = before.map(|(plain, sealed)| pairs(plain, sealed)).unwrap_or_default();
    for (column, mut personal) in record.data.personal() {
        for value in personal.values_mut() {
            let kept = known.iter().find(|known| known.0 == column && known.1 == *value);
            *value = match kept {
                Some((_, _, sealed)) => sealed.clone(),
                None => keys.seal(&Place { table: R::TABLE, column, row }, value)?,
            };
        }
    }
    Ok(())
}

/// Column, plain value and sealed value of everything that a record held.
fn pairs<R: Resource>(plain: &R, sealed: &mut R) -> Vec<(&'static str, String, String)> {
    let mut plain = plain.clone();
    let mut pairs = Vec::new();
    for ((column, mut plain), (_, mut sealed)) in plain.personal().into_iter().zip(sealed.personal()) {
        let sealed = sealed.values_mut().map(|value| value.clone()).collect::<Vec<_>>();
        pairs.extend(plain.values_mut().zip(sealed).map(|(plain, sealed)| (column, plain.clone(), sealed)));
    }
    pairs
}
