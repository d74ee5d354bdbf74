//! What is done again and again: schedules are rows, so that of many processes one does it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::schedules;
use serde_json::Value;

use super::jobs::{self, Draft};
use crate::db::Db;
use crate::error::Result;

/// Makes sure that a kind of work has its schedule; one that was changed stays as it is.
pub async fn ensure(db: &Db, kind: &str, every_seconds: i32) -> Result<()> {
    db.write(async |tx| {
        let now = tx.now();
        diesel::insert_into(schedules::table)
            .values((schedules::kind.eq(kind), schedules::every_seconds.eq(every_seconds), schedules::next_at.eq(now)))
            .on_conflict_do_nothing()
            .execute(&mut **tx)
            .await?;
        Ok(())
    })
    .await
}

/// Enqueues what is due, once for each time, however many processes ask.
pub async fn tick(db: &Db) -> Result<()> {
    db.write(async |tx| {
        let due: Vec<(String, i32, Value)> = schedules::table
            .filter(schedules::next_at.le(diesel::dsl::now))
            .select((schedules::kind, schedules::every_seconds, schedules::payload))
            .for_update()
            .skip_locked()
            .load(&mut **tx)
            .await?;
        for (kind, every, payload) in due {
            let next = tx.now() + chrono::TimeDelta::seconds(every.into());
            diesel::update(schedules::table.find(&kind)).set(schedules::next_at.eq(next)).execute(&mut **tx).await?;
            jobs::enqueue(tx, Draft { kind: &kind, payload, total: None, unique_key: Some(&kind) }).await?;
        }
        Ok(())
    })
    .await
}
