//! Half a sign-in: the password was right, the code is still to come. What a person holds meanwhile opens nothing else,
//! and nothing at all after five minutes, after a session was opened with it, or after the password or
//! the second factor is another.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use domain::platform::users::UserStatus;
use schema::{credentials, second_factors, sign_in_challenges as challenges, users};
use uuid::Uuid;

use super::sessions::{digest, new_secret};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::sql::in_seconds;

pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// A challenge for somebody whose password was right.
pub async fn issue(tx: &mut Tx<'_>, user_id: Uuid) -> Result<String> {
    let (now, challenge) = (tx.now(), new_secret()?);
    let row = (
        challenges::hash.eq(digest(&challenge)),
        challenges::user_id.eq(user_id),
        challenges::created_at.eq(now),
        challenges::expires_at.eq(now + LIFETIME),
    );
    diesel::insert_into(challenges::table).values(row).execute(&mut **tx).await?;
    Ok(challenge)
}

/// Who holds a challenge that still counts.
pub async fn holder(db: &Db, challenge: &str) -> Result<Option<Uuid>> {
    let mut connection = db.read().await?;
    let holder = challenges::table
        .inner_join(users::table.on(users::id.eq(challenges::user_id)))
        .inner_join(credentials::table.on(credentials::user_id.eq(challenges::user_id)))
        .inner_join(second_factors::table.on(second_factors::user_id.eq(challenges::user_id)))
        .filter(challenges::hash.eq(digest(challenge)))
        .filter(challenges::expires_at.gt(in_seconds::<Timestamptz>(0)))
        .filter(credentials::changed_at.le(challenges::created_at))
        .filter(second_factors::active_since.is_not_null())
        .filter(users::deleted_at.is_null())
        .filter(users::status.eq(UserStatus::Active))
        .select(challenges::user_id)
        .first(&mut *connection)
        .await;
    Ok(holder.optional()?)
}

/// Uses a challenge up; false if somebody was quicker.
pub async fn take(tx: &mut Tx<'_>, challenge: &str) -> Result<bool> {
    let now = tx.now();
    let open = challenges::table.find(digest(challenge)).filter(challenges::expires_at.gt(now));
    Ok(diesel::delete(open).execute(&mut **tx).await? == 1)
}

/// Forgets those that nobody answered.
pub async fn forget_old(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    Ok(diesel::delete(challenges::table.filter(challenges::expires_at.lt(now))).execute(&mut **tx).await?)
}
