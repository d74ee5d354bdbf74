//! Which processes live. Each says so every other second; the jobs of one that fell silent are free for the others at once,
//! long before their leases run out.

use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use crate::db::Db;
use crate::error::Result;

/// How often a process says that it lives.
pub const BEAT_SECONDS: f64 = 1.5;

/// Who has not been heard of for so long is dead. Of a living one three words in a row would have to be lost.
pub(super) const SILENT_SECONDS: i64 = 5;

/// A process lives. Should another have died that held a job, those who wait for work are told.
pub async fn beat(db: &Db, name: &str) -> Result<()> {
    let mut connection = db.read().await?;
    diesel::sql_query(
        "insert into processes (name, seen_at) values ($1, clock_timestamp()) \
         on conflict (name) do update set seen_at = excluded.seen_at",
    )
    .bind::<Text, _>(name)
    .execute(&mut *connection)
    .await?;
    diesel::sql_query(include_str!("wake_for_orphans.sql"))
        .bind::<BigInt, _>(SILENT_SECONDS)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// A process ends in order.
pub async fn leave(db: &Db, name: &str) -> Result<()> {
    let mut connection = db.read().await?;
    diesel::sql_query("delete from processes where name = $1 or seen_at < now() - interval '1 day'")
        .bind::<Text, _>(name)
        .execute(&mut *connection)
        .await?;
    Ok(())
}
