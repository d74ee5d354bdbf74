//! The link that makes the first administrator: one at a time, used once, gone after a day. Only its digest is kept.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use schema::{credentials, setup_links};

use super::sessions::{digest, new_secret};
use crate::db::{Connection, Db, Tx};
use crate::error::Result;
use crate::sql::in_seconds;

const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// Whether there is nobody yet who could sign in. Deleted people count: they were once set up. The people of the demo
/// data have no password and do not count.
pub async fn is_needed(db: &Db) -> Result<bool> {
    nobody(&mut db.read().await?).await
}

async fn nobody(connection: &mut Connection<'_>) -> Result<bool> {
    let somebody: bool = diesel::select(diesel::dsl::exists(credentials::table.select(credentials::user_id)))
        .get_result(&mut **connection)
        .await?;
    Ok(!somebody)
}

/// Makes the link's token; earlier ones stop working.
pub async fn replace_link(tx: &mut Tx<'_>) -> Result<String> {
    let token = new_secret()?;
    let now = tx.now();
    diesel::delete(setup_links::table).execute(&mut **tx).await?;
    let row = (
        setup_links::hash.eq(digest(&token)),
        setup_links::created_at.eq(now),
        setup_links::expires_at.eq(now + LIFETIME),
    );
    diesel::insert_into(setup_links::table).values(row).execute(&mut **tx).await?;
    Ok(token)
}

/// Whether a token would be accepted at this moment. Asked before the costly part of a set-up.
pub async fn is_open(db: &Db, token: &str) -> Result<bool> {
    let mut connection = db.read().await?;
    let link = setup_links::table
        .find(digest(token))
        .filter(setup_links::used_at.is_null())
        .filter(setup_links::expires_at.gt(in_seconds::<Timestamptz>(0)));
    let known: bool = diesel::select(diesel::dsl::exists(link)).get_result(&mut *connection).await?;
    Ok(known && nobody(&mut connection).await?)
}

/// Uses the link up. Of many at once one succeeds: the others wait for its row, and find it used.
pub async fn take_link(tx: &mut Tx<'_>, token: &str) -> Result<bool> {
    let now = tx.now();
    let link = setup_links::table
        .find(digest(token))
        .filter(setup_links::used_at.is_null())
        .filter(setup_links::expires_at.gt(now));
    let taken = diesel::update(link).set(setup_links::used_at.eq(now)).execute(&mut **tx).await?;
    let somebody: bool = diesel::select(diesel::dsl::exists(credentials::table.select(credentials::user_id)))
        .get_result(&mut **tx)
        .await?;
    Ok(taken == 1 && !somebody)
}
