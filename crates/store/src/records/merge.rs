//! Records that turned out to be one are put together: one stays, with the value of each field that somebody chose; what
//! hangs on the others hangs on it from now on, and they go where deleted records are.
//!
//! All of it is written in one transaction under one operation, in an order in which an undo, which reads the log
//! backwards, finds what it needs: whatever names others before these, then the deletions, and last the record that stays,
//! which may take what was unique to one that goes.

use std::collections::HashSet;

use diesel_async::RunQueryDsl;
use domain::CATALOGUE;
use domain::check::{self, Said};
use domain::duplicates::MOST_MERGED;
use domain::error::{Code, Error, Fault};
use domain::field::{Access, Field, Kind};
use domain::lens::Lens;
use domain::permission::Governed;
use domain::resource::{Definition, Record};
use domain::text::phone;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::holding::{self, Lock, is_tree};
use super::successor::{self, Heir};
use super::{IfMatch, Seen, family, lenses, lock, refuse_foreign_rows, refuse_unwritable, writes};
use crate::db::Tx;
use crate::error::Result;
use crate::operations::{Outcome, RowResult};
use crate::personal;
use crate::sql::Bind;
use crate::table::Stored;

/// What is put together, and whose values stay.
#[derive(Clone, Debug, Default)]
pub struct Merging {
    pub others: Vec<Uuid>,
    /// Field to the record whose value stays; without a word the one that stays keeps its own, and lists are joined.
    pub choices: Map<String, Value>,
}

/// A record with what may be seen of it.
struct Part<R> {
    sealed: Record<R>,
    plain: Record<R>,
    document: Map<String, Value>,
    lens: std::sync::Arc<Lens>,
}

/// Puts others and one record together. Every one of them is of a version that the caller saw.
pub async fn merge<R: Stored>(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    merging: &Merging,
) -> Result<(Seen<R>, Vec<RowResult>)> {
    let of = tx.db().definition::<R>();
    tx.db().rows(R::MERGE)?;
    let others = in_order(of, id, merging)?;
    for other in &others {
        successor::hold_naming(tx, of, *other).await?;
    }
    let all: Vec<Uuid> = [id].into_iter().chain(others.iter().copied()).collect();
    holding::rows(tx, R::TABLE, &all, Lock::Delete).await?;
    let parts = parts::<R>(tx, id, &merging.others, if_match).await?;
    let (patch, stays) = wanted::<R>(tx, &parts, merging)?;
    R::before_merge(tx, id, &merging.others).await?;
    hand_on(tx, of, id, &merging.others, &parts[0].plain).await?;
    for other in &merging.others {
        R::before_delete(tx, *other, Some(id)).await?;
    }
    family::delete(tx, of, others.clone()).await?;
    let written = write::<R>(tx, parts, patch, &stays).await?;
    successor::remember(tx, R::NAME, id, &others).await?;
    let kept = if written.changed { Outcome::Updated } else { Outcome::Unchanged };
    let gone = merging.others.iter().zip(2..).map(|(other, row)| RowResult::new(row, Some(*other), Outcome::Deleted));
    let rows = [RowResult::new(1, Some(id), kept)].into_iter().chain(gone).collect();
    Ok((written.record, rows))
}

/// The others in the order of their ids, if what is wanted makes sense at all.
fn in_order(of: &Definition, id: Uuid, Merging { others, choices }: &Merging) -> Result<Vec<Uuid>> {
    let mut faults = Vec::new();
    let known: HashSet<Uuid> = others.iter().copied().collect();
    match others.len() {
        0 => faults.push(Fault::field("others", "required")),
        count if count >= MOST_MERGED => faults.push(Fault::field("others", "too_many").with("max", MOST_MERGED - 1)),
        count if known.len() < count => faults.push(Fault::field("others", "repeated")),
        _ if known.contains(&id) => faults.push(Fault::field("others", "itself")),
        _ => {}
    }
    for (key, chosen) in choices {
        let chosen = chosen.as_str().and_then(|chosen| chosen.parse().ok());
        let fault = match of.own_field(key).map(|field| field.access) {
            None => "unknown_member",
            Some(Access::ReadOnly | Access::CreateOnly) => "read_only",
            Some(_) if chosen.is_none_or(|chosen: Uuid| chosen != id && !known.contains(&chosen)) => "not_a_choice",
            Some(_) => continue,
        };
        faults.push(Fault::new(format!("/choices/{key}"), fault));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults).into());
    }
    let mut others = others.clone();
    others.sort_unstable();
    Ok(others)
}

/// The records, locked, first the one that stays. Each is the caller's to merge; the others are also his to delete.
async fn parts<R: Stored>(tx: &mut Tx<'_>, id: Uuid, others: &[Uuid], if_match: &IfMatch) -> Result<Vec<Part<R>>> {
    let mut parts = Vec::with_capacity(others.len() + 1);
    for (place, one) in [id].iter().chain(others).enumerate() {
        let sealed = match lock::<R>(tx, *one, if_match, R::MERGE).await {
            Err(crate::Error::Refused(error)) if place > 0 && error.code == Code::NotFound => {
                let fault = Fault::new(format!("/others/{}", place - 1), "not_found");
                return Err(Error::invalid(vec![fault]).into());
            }
            locked => locked?,
        };
        refuse_foreign_rows(tx, if place == 0 { R::UPDATE } else { R::DELETE }, &sealed).await?;
        let mut plain = sealed.clone();
        personal::open::<R>(tx.db(), &mut plain);
        let document = match serde_json::to_value(&plain) {
            Ok(Value::Object(document)) => document,
            _ => return Err(Code::Internal.into()),
        };
        let lens = lenses::<R>(tx.db()).at(&plain.stamp);
        parts.push(Part { sealed, plain, document, lens });
    }
    Ok(parts)
}

/// What changes in the record that stays, and which of it was chosen. What the caller does not read in full stays where it
/// is: he could read it where it went.
fn wanted<R: Stored>(
    tx: &Tx<'_>,
    parts: &[Part<R>],
    merging: &Merging,
) -> Result<(Map<String, Value>, HashSet<String>)> {
    let (of, stays) = (tx.db().definition::<R>(), &parts[0]);
    let (mut patch, mut chosen) = (Map::new(), HashSet::new());
    for field in of.own_fields().filter(|field| field.access == Access::Writable) {
        let said = merging.choices.get(field.key).and_then(Value::as_str);
        let present = stays.document.get(field.key).cloned().unwrap_or_default();
        let value = match said {
            Some(id) => {
                let from = parts.iter().find(|part| part.plain.stamp.id.to_string() == id);
                let Some(from) = from.filter(|from| from.lens.shows(field.key)) else {
                    let fault = Fault::new(format!("/choices/{}", field.key), "not_readable");
                    return Err(Error::at(Code::Forbidden, fault).into());
                };
                chosen.insert(field.key.to_owned());
                from.document.get(field.key).cloned().unwrap_or_default()
            }
            None if field.kind.is_many() && writes::<R>(tx.db(), R::UPDATE, Some(&stays.plain.stamp), field.key) => {
                joined(field, parts)
            }
            None => continue,
        };
        if value != present {
            patch.insert(field.key.to_owned(), value);
        }
    }
    refuse_unwritable::<R>(tx.db(), R::UPDATE, Some(&stays.plain.stamp), patch.keys())?;
    Ok((patch, chosen))
}

/// The values of all records, each once.
fn joined<R>(field: &Field, parts: &[Part<R>]) -> Value {
    let mut items: Vec<Value> = Vec::new();
    for part in parts.iter().filter(|part| part.lens.shows(field.key)) {
        for item in part.document.get(field.key).and_then(Value::as_array).into_iter().flatten() {
            if !items.iter().any(|known| is_same(field.kind, known, item)) {
                items.push(item.clone());
            }
        }
    }
    items.into()
}

fn is_same(kind: Kind, one: &Value, other: &Value) -> bool {
    let number = |value: &Value| value.as_str().map(phone::numbers).filter(|numbers| !numbers.is_empty());
    one == other || (kind == Kind::Phones && number(one).is_some() && number(one) == number(other))
}

/// Lets all that names the others, or speaks of them, name the one that stays.
async fn hand_on<R: Stored>(
    tx: &mut Tx<'_>,
    of: &'static Definition,
    id: Uuid,
    others: &[Uuid],
    stays: &Record<R>,
) -> Result<()> {
    let below = |place: usize| Error::invalid(vec![Fault::new(format!("/others/{place}"), "below")]);
    for link in
        tx.db().catalogue().references_to(of.name).filter(|link| link.from.name == of.name && is_tree(link.field))
    {
        for (place, other) in others.iter().enumerate() {
            if holding::refuse_cycle(tx, of.table, link.field.key, *other, id).await.is_err() {
                return Err(below(place).into());
            }
        }
    }
    for other in others {
        successor::refuse_any_beyond(tx, of, *other).await?;
    }
    let heir = Heir { id, owner: stays.stamp.owner_id, department: stays.stamp.department_id };
    successor::rewrite_all(tx, of, others, &heir).await?;
    for about in CATALOGUE.iter().filter(|about| is_moved(about, of)) {
        let Some(link) = about.link else { continue };
        let update = family::stamped(tx, about.table)
            .push(format!(", {} = ", link.id))
            .bind(Bind::Id(id))
            .push(format!(" where {} = ", link.kind))
            .bind(Bind::Text(of.name.to_owned()))
            .push(format!(" and {} = any(", link.id))
            .bind(Bind::Ids(others.to_vec()))
            .push(")");
        update.recurring().rows::<()>().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Whether what is said of a record goes with it: comments, files and tasks do; who was told something was told of the
/// record that was there.
fn is_moved(about: &Definition, of: &Definition) -> bool {
    about.links_to(of.name) && about.governed != Governed::ByOwner
}

/// Writes the record that stays, by the rules of every write.
async fn write<R: Stored>(
    tx: &mut Tx<'_>,
    mut parts: Vec<Part<R>>,
    patch: Map<String, Value>,
    chosen: &HashSet<String>,
) -> Result<super::Written<R>> {
    let gone = parts.split_off(1);
    let Some(Part { mut sealed, plain: before, .. }) = parts.pop() else { return Err(Code::Internal.into()) };
    let said = Said { definition: tx.db().definition::<R>(), members: &patch, at: tx.now() };
    let place = |mut fault: Fault| {
        let key = fault.pointer.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
        if chosen.contains(&key) {
            fault.pointer = format!("/choices/{key}");
        }
        fault
    };
    let wrong = |faults: Vec<Fault>| Error::invalid(faults.into_iter().map(place).collect());
    let (data, custom) = check::change((&before.data, &before.stamp.custom), said).map_err(wrong)?;
    let mut record = Record { stamp: before.stamp.clone(), data };
    record.stamp.custom = custom;
    // What other systems call those that go is a name of the one that stays, where it has none there.
    for (system, name) in gone.iter().flat_map(|part| &part.plain.stamp.external_ids.0) {
        record.stamp.external_ids.0.entry(system.clone()).or_insert_with(|| name.clone());
    }
    holding::settle::<R>(tx, Some(&before), &mut record).await?;
    R::before_write(tx, Some(&before), &mut record).await?;
    R::make_room(tx, &record).await?;
    let written = super::write::<R>(tx, &before, &mut sealed, record).await?;
    if written.changed {
        R::after_write(tx, Some(&before), std::slice::from_ref(&written.record.record)).await?;
    }
    Ok(written)
}

/// Tells of a record that is not there where it went, if it was put together with one that the caller sees.
pub(super) async fn gone<R: Stored>(db: &crate::db::Db, id: Uuid) -> Result<Error> {
    let absent = Error::new(Code::NotFound);
    if !R::MERGED {
        return Ok(absent);
    }
    let Some(successor) = successor::of(db, R::NAME, id).await? else { return Ok(absent) };
    match super::found::<R>(db, successor).await? {
        Some(_) => {
            Ok(Error::at(Code::NotFound, Fault::new("", "merged").with("id", successor).with("resource", R::NAME)))
        }
        None => Ok(absent),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_that_is_written_in_two_ways_is_kept_once() {
        assert!(is_same(Kind::Phones, &json!("138 0000 5678"), &json!("+8613800005678")));
        assert!(!is_same(Kind::Phones, &json!("13800005678"), &json!("13800005679")));
        assert!(!is_same(Kind::Emails, &json!("a@b.cn"), &json!("c@b.cn")));
    }
}
