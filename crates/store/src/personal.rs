//! Personal values on their way into the table and out of it.

use domain::resource::{Record, Resource};

use crate::error::Result;
use crate::keys::{KeyRing, Place};
use crate::table::Stored;

/// Opens the sealed values of a record. What does not open is left out of it, and its field named as unreadable.
pub fn open<R: Stored>(keys: &KeyRing, record: &mut Record<R>) {
    let Record { stamp, data } = record;
    for (column, mut personal) in data.personal() {
        let place = Place::new(R::TABLE, column, stamp.id).of_age(stamp.seals.versions.get(column).copied());
        if personal.keep(|index, value| keys.open_or_note(&place.at(index), value)) {
            stamp.seals.unreadable.push(column.to_owned());
        }
    }
}

/// Seals the values of a record. A field whose values were there before keeps their seals, so that the change log and the
/// comparison of rows see no change where there is none, and so that what does not open stays as it is.
pub fn seal<R: Stored>(keys: &KeyRing, record: &mut Record<R>, before: Option<(&R, &mut R)>) -> Result<()> {
    let known = before.map(|(plain, sealed)| pairs(plain, sealed)).unwrap_or_default();
    let Record { stamp, data } = record;
    for (column, mut personal) in data.personal() {
        let plain: Vec<String> = personal.values_mut().map(|value| value.clone()).collect();
        if let Some((_, _, sealed)) = known.iter().find(|known| known.0 == column && known.1 == plain) {
            personal.replace(sealed.clone());
            continue;
        }
        let place = Place::new(R::TABLE, column, stamp.id).of_age(Some(stamp.version));
        for (index, value) in personal.values_mut().enumerate() {
            *value = keys.seal(&place.at(index), value)?;
        }
        stamp.seals.versions.insert(column.to_owned(), stamp.version);
        stamp.seals.unreadable.retain(|field| field != column);
    }
    Ok(())
}

/// Field, plain values and sealed values of everything that a record held.
fn pairs<R: Resource>(plain: &R, sealed: &mut R) -> Vec<(&'static str, Vec<String>, Vec<String>)> {
    let mut plain = plain.clone();
    let fields = plain.personal().into_iter().zip(sealed.personal());
    let values =
        |mut personal: domain::resource::Personal<'_>| personal.values_mut().map(|value| value.clone()).collect();
    fields.map(|((column, plain), (_, sealed))| (column, values(plain), values(sealed))).collect()
}
