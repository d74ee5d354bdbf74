//! Personal values on their way into the table and out of it.

use domain::resource::{Definition, Personal, Record, Resource, Stamp};

use crate::db::Db;
use crate::error::Result;
use crate::keys::Place;
use crate::table::Stored;

/// Opens the sealed values of a record. What does not open is left out of it, and its field named as unreadable.
pub fn open<R: Stored>(db: &Db, record: &mut Record<R>) {
    let (keys, definition) = (db.keys(), db.definition::<R>());
    let Record { stamp: Stamp { id, seals, custom, .. }, data } = record;
    // Of nothing the database driver forgets the places.
    if let Some((currency, amounts)) = data.amounts() {
        amounts.into_iter().filter(|amount| amount.is_zero()).for_each(|amount| amount.rescale(currency.places()));
    }
    for (column, mut personal) in data.personal().into_iter().chain(custom.personal(definition)) {
        let place = Place::new(R::TABLE, column, *id).of_age(seals.versions.get(column).copied());
        if personal.keep(|index, value| keys.open_or_note(&place.at(index), value)) {
            seals.unreadable.push(column.to_owned());
        }
    }
}

/// Seals the values of a record. A field whose values were there before keeps their seals, so that the change log and the
/// comparison of rows see no change where there is none, and so that what does not open stays as it is.
pub fn seal<R: Stored>(db: &Db, record: &mut Record<R>, before: Option<(&Record<R>, &mut Record<R>)>) -> Result<()> {
    let (keys, definition) = (db.keys(), db.definition::<R>());
    let known = before.map(|(plain, sealed)| pairs(definition, plain, sealed)).unwrap_or_default();
    let Record { stamp: Stamp { id, version, seals, custom, .. }, data } = record;
    for (column, mut personal) in data.personal().into_iter().chain(custom.personal(definition)) {
        let plain: Vec<String> = personal.values_mut().map(|value| value.clone()).collect();
        if let Some((_, _, sealed)) = known.iter().find(|known| known.0 == column && known.1 == plain) {
            personal.replace(sealed.clone());
            continue;
        }
        let place = Place::new(R::TABLE, column, *id).of_age(Some(*version));
        for (index, value) in personal.values_mut().enumerate() {
            *value = keys.seal(&place.at(index), value)?;
        }
        seals.versions.insert(column.to_owned(), *version);
        seals.unreadable.retain(|field| field != column);
    }
    Ok(())
}

/// Field, plain values and sealed values of everything that a record held.
fn pairs<R: Resource>(
    definition: &Definition,
    plain: &Record<R>,
    sealed: &mut Record<R>,
) -> Vec<(&'static str, Vec<String>, Vec<String>)> {
    let values = |mut personal: Personal<'_>| personal.values_mut().map(|value| value.clone()).collect::<Vec<_>>();
    let held = |record: &mut Record<R>| -> Vec<(&'static str, Vec<String>)> {
        let Record { stamp, data } = record;
        let personal = data.personal().into_iter().chain(stamp.custom.personal(definition));
        personal.map(|(column, personal)| (column, values(personal))).collect()
    };
    let plain = held(&mut plain.clone());
    let pair = |(column, sealed): (&'static str, Vec<String>)| {
        let (_, plain) = plain.iter().find(|(known, _)| *known == column)?;
        Some((column, plain.clone(), sealed))
    };
    held(sealed).into_iter().filter_map(pair).collect()
}
