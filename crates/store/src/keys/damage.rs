//! Sealed values that do not open: altered, moved, put back from before, or sealed with a key that is gone.
//!
//! Whoever reads meets them, and goes on without them. What a process met for the first time goes to the log, is counted,
//! and is written down for administrators, whose page of keys tells of it until the field is written anew.

use std::collections::BTreeSet;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::instant;
use schema::unreadable_values;
use serde::Serialize;
use uuid::Uuid;

use super::Place;
use crate::db::{Db, Store, Tx};
use crate::error::{Error, Result};

/// Table, row and column.
type Where = (String, Uuid, String);

/// What this process met, and what of it is not written down yet.
#[derive(Default)]
pub(crate) struct Damage {
    met: Mutex<(BTreeSet<Where>, Vec<Where>)>,
}

impl Damage {
    pub fn note(&self, place: &Place<'_>, error: &Error) {
        let at = (place.table.to_owned(), place.row, place.column.to_owned());
        let Ok(mut met) = self.met.lock() else { return };
        if met.0.insert(at.clone()) {
            met.1.push(at);
            metrics::counter!("unreadable_values_total").increment(1);
            tracing::error!(table = place.table, row = %place.row, field = place.column, %error, "a value cannot be opened");
        }
    }

    fn take(&self) -> Vec<Where> {
        self.met.lock().map(|mut met| std::mem::take(&mut met.1)).unwrap_or_default()
    }

    fn forget(&self, at: &Where) {
        if let Ok(mut met) = self.met.lock() {
            met.0.remove(at);
        }
    }
}

/// Writes down what was met since the last time.
pub(super) async fn write_down(store: &Store) -> Result<()> {
    let met = store.keys().damage().take();
    if met.is_empty() {
        return Ok(());
    }
    let row = |(place, id, field): &Where| {
        (
            unreadable_values::place.eq(place.clone()),
            unreadable_values::record_id.eq(*id),
            unreadable_values::field.eq(field.clone()),
        )
    };
    let rows: Vec<_> = met.iter().map(row).collect();
    let db = store.system("unreadable values");
    diesel::insert_into(unreadable_values::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(&mut *db.read().await?)
        .await?;
    Ok(())
}

/// Says that fields of a row were written anew.
pub(crate) async fn mended(tx: &mut Tx<'_>, table: &str, row: Uuid, fields: &[String]) -> Result<()> {
    let keys = tx.db().keys();
    fields.iter().for_each(|field| keys.damage().forget(&(table.to_owned(), row, field.clone())));
    let of_row = unreadable_values::table
        .filter(unreadable_values::place.eq(table))
        .filter(unreadable_values::record_id.eq(row))
        .filter(unreadable_values::field.eq_any(fields));
    diesel::delete(of_row).execute(&mut **tx).await?;
    Ok(())
}

/// A field that holds something which does not open.
#[derive(Clone, Debug, Serialize, Queryable)]
pub struct Unreadable {
    /// The table.
    pub place: String,
    pub record_id: Uuid,
    pub field: String,
    #[serde(with = "instant")]
    pub noticed_at: DateTime<Utc>,
}

/// How many there are, and those that were noticed last.
pub async fn list(db: &Db, most: i64) -> Result<(i64, Vec<Unreadable>)> {
    let mut connection = db.read().await?;
    let count = unreadable_values::table.count().get_result(&mut *connection).await?;
    let newest = unreadable_values::table.order(unreadable_values::noticed_at.desc()).limit(most);
    Ok((count, newest.load(&mut *connection).await?))
}
