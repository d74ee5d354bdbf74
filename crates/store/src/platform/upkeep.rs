//! What the house does for itself every day: it forgets what it need not keep, and makes room for what comes.

use chrono::{TimeDelta, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::db::Db;
use crate::error::Result;

/// Each statement forgets at most so many rows, so that none holds locks for long.
const AT_ONCE: i64 = 1000;

/// Answers of repeatable requests, after seven days.
const IDEMPOTENCY: &str = "delete from idempotency_keys where ctid = any(array(
    select ctid from idempotency_keys where created_at < $1 limit $2))";

const FILES: &str = "delete from files where id = any(array(select id from files where expires_at < $1 limit $2))";

/// What was deleted thirty days ago can no longer be restored. Records that others still point to wait for them.
const DELETED: [&str; 3] = [
    "delete from contacts where id = any(array(select id from contacts where deleted_at < $1 limit $2))",
    "delete from customers where id = any(array(
        select id from customers where deleted_at < $1
        and not exists (select 1 from contacts where contacts.customer_id = customers.id)
        and not exists (select 1 from customers child where child.parent_id = customers.id) limit $2))",
    "delete from customer_types where id = any(array(
        select id from customer_types where deleted_at < $1
        and not exists (select 1 from customers where customers.type_id = customer_types.id) limit $2))",
];

pub async fn run(db: &Db) -> Result<()> {
    db.write(async |tx| {
        diesel::sql_query("select ensure_change_partitions(current_date)").execute(&mut **tx).await?;
        Ok(())
    })
    .await?;
    forget(db, IDEMPOTENCY, TimeDelta::days(7)).await?;
    forget(db, FILES, TimeDelta::zero()).await?;
    for statement in DELETED {
        forget(db, statement, TimeDelta::days(30)).await?;
    }
    Ok(())
}

async fn forget(db: &Db, statement: &str, age: TimeDelta) -> Result<()> {
    let before = Utc::now() - age;
    loop {
        let gone = db.write(async |tx| {
            let delete = diesel::sql_query(statement).bind::<Timestamptz, _>(before).bind::<BigInt, _>(AT_ONCE);
            Ok(delete.execute(&mut **tx).await?)
        });
        if gone.await? == 0 {
            return Ok(());
        }
    }
}
