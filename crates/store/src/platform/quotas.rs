//! The quotas of callers, shared by all processes of one database: a bucket for each caller that empties evenly.
//!
//! A process counts by itself and brings here, about once a second, what its callers have used since, in one statement;
//! it learns what they have used everywhere. Between two of these meetings a caller may get away with a second's worth.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Double, Text};
use diesel_async::RunQueryDsl;
use schema::request_quotas as quotas;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::sql::{Bind, Sql};

/// Seconds in which a full bucket empties.
pub const WINDOW: u32 = 60;

/// Pours in what callers have used since the last time; returns what of `most` they have used in all, in their order.
pub async fn exchange(db: &Db, most: u32, fresh: &[(String, u32)]) -> Result<Vec<f64>> {
    let keys = db.keys();
    let tag = |caller: &str| BASE64.encode(&keys.tag(&[b"quota", caller.as_bytes()])[..16]);
    let tags: Vec<String> = fresh.iter().map(|(caller, _)| tag(caller)).collect();
    let counts = fresh.iter().map(|(_, count)| i32::try_from(*count).unwrap_or(i32::MAX)).collect();
    // In the order of the callers, so that two processes never wait for each other in a circle.
    let statement = Sql::new("insert into request_quotas as known (caller, used, at) select caller, least(count, ")
        .bind(Bind::Int(most.into()))
        .push("), clock_timestamp() from unnest(")
        .bind(Bind::Texts(tags.clone()))
        .push(", ")
        .bind(Bind::Tokens(counts))
        .push(
            ") as sent (caller, count) order by caller on conflict (caller) do update set at = excluded.at, \
             used = least(excluded.used + greatest(known.used - \
             greatest(extract(epoch from excluded.at - known.at)::float8, 0) * ",
        )
        .bind(Bind::Int(most.into()))
        .push(format!(" / {WINDOW}.0::float8, 0), "))
        .bind(Bind::Int(most.into()))
        .push(") returning caller, used")
        .recurring();
    let mut connection = db.read().await?;
    let used: Vec<(String, f64)> = statement.rows::<(Text, Double)>().load(&mut *connection).await?;
    let used: HashMap<String, f64> = used.into_iter().collect();
    Ok(tags.iter().map(|tag| used.get(tag).copied().unwrap_or_default()).collect())
}

/// Forgets callers whose bucket has been empty for long.
pub async fn forget_old(tx: &mut Tx<'_>) -> Result<usize> {
    let old = quotas::at.lt(tx.now() - TimeDelta::seconds(10 * i64::from(WINDOW)));
    Ok(diesel::delete(quotas::table.filter(old)).execute(&mut **tx).await?)
}
