//! The timeline of a record: what was spoken, what is to be done, what is being sold, and what changed, in one order.
//!
//! Each resource that tells of the record is read by itself, in its own index and with its own rights, from a position
//! on; the caller merges what came.

use chrono::{DateTime, Utc};
use domain::resource::{Definition, Record};
use serde_json::Value;
use uuid::Uuid;

use crate::db::Db;
use crate::error::Result;
use crate::filter;
use crate::history;
use crate::records::{Shown, see};
use crate::sql::{Bind, Sql};
use crate::table::{Selection, Stored};

/// The kind of the entries that tell what happened to the record itself.
pub const CHANGES: &str = "changes";

/// The record whose timeline it is.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub resource: &'static str,
    pub id: Uuid,
}

/// A place in a timeline, for entries of one kind: those beyond it are earlier, or of the same moment and a lower key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub at: DateTime<Utc>,
    pub key: Uuid,
}

/// An entry of a timeline.
pub struct Told {
    pub position: Position,
    pub entry: TimelineEntry,
}

pub enum TimelineEntry {
    Record(Shown),
    Change(history::Change),
}

impl Position {
    /// Everything lies beyond it.
    pub const END: Self = Self { at: DateTime::<Utc>::MAX_UTC, key: Uuid::max() };

    /// The sequence of a change as a key, in the order of sequences.
    fn of_change(change: &history::Change) -> Self {
        Self { at: change.at, key: Uuid::from_u128(change.sequence.unsigned_abs().into()) }
    }

    fn sequence(&self) -> i64 {
        i64::try_from(self.key.as_u128()).unwrap_or(i64::MAX)
    }
}

/// The records of a resource that tell of another record, latest first, from a position on. Of those whose link or moment
/// the caller does not read he learns nothing.
pub(crate) async fn told<R: Stored>(db: &Db, about: &Subject, before: &Position, limit: i64) -> Result<Vec<Told>> {
    let definition = db.definition::<R>();
    let table = R::TABLE;
    let (Some(rows), Some(moment)) = (db.visible::<R>(), R::TOLD_AT) else { return Ok(Vec::new()) };
    let links = links(db, definition, about);
    let Some(known) = filter::readable(db, definition, &[moment], table).filter(|_| !links.is_empty()) else {
        return Ok(Vec::new());
    };
    let beyond = Sql::new(format!("({table}.{moment}, {table}.id) < ("))
        .bind(Bind::Instant(before.at))
        .push(", ")
        .bind(Bind::Id(before.key))
        .push(")");
    let present = Sql::new(format!("{table}.deleted_at is null"));
    let condition = Sql::and(vec![present, Sql::or(links), filter::rows(&rows, table), known, beyond]).recurring();
    let order = Sql::new(format!("{table}.{moment} desc, {table}.id desc")).recurring();
    let rows = R::load(&*db.read().await?, Selection { condition, order, limit }).await?;
    let moments: Vec<Option<DateTime<Utc>>> = rows.iter().map(|record| moment_of(record, moment)).collect();
    let told = see::<R>(db, rows)?.into_iter().zip(moments).filter_map(|(seen, at)| {
        let position = Position { at: at?, key: seen.stamp().id };
        Some(Told { position, entry: TimelineEntry::Record(Shown::members(db, &seen)) })
    });
    Ok(told.collect())
}

fn moment_of<R: Stored>(record: &Record<R>, field: &str) -> Option<DateTime<Utc>> {
    let record: Value = serde_json::to_value(record).ok()?;
    record[field].as_str()?.parse().ok()
}

/// The ways in which records of a resource name another, as far as the caller reads them.
fn links(db: &Db, of: &Definition, about: &Subject) -> Vec<Sql> {
    let named = |key: &str, more: Sql| {
        let readable = filter::readable(db, of, &[key], of.table)?;
        let named = Sql::new(format!("{}.{key} = ", of.table)).bind(Bind::Id(about.id)).append(more);
        Some(Sql::and(vec![named, readable]))
    };
    let references = of.references().filter(|(field, to)| *to == about.resource && !field.kind.is_many());
    let mut links: Vec<Sql> = references.filter_map(|(field, _)| named(field.key, Sql::default())).collect();
    if let Some(link) = of.link.filter(|_| of.links_to(about.resource)) {
        let kind = Sql::new(format!(" and {}.{} = ", of.table, link.kind)).bind(Bind::Text(about.resource.to_owned()));
        links.extend(named(link.id, kind));
    }
    links
}

/// What happened to the record itself, latest first.
pub(crate) async fn changes<R: Stored>(db: &Db, id: Uuid, before: &Position, limit: i64) -> Result<Vec<Told>> {
    let beyond = Sql::new("(at, sequence) < (")
        .bind(Bind::Instant(before.at))
        .push(", ")
        .bind(Bind::Int(before.sequence()))
        .push(")");
    let changes = history::beyond::<R>(db, id, beyond, limit).await?;
    Ok(changes
        .into_iter()
        .map(|change| Told { position: Position::of_change(&change), entry: TimelineEntry::Change(change) })
        .collect())
}
