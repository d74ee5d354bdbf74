//! Sign-in attempts, counted across all processes.
//!
//! Whoever guesses is slowed down by account and address together, so that nobody shuts another out: guesses at a name from
//! elsewhere do not lock its owner, nor a colleague's who sit behind the same address. What comes from many addresses at
//! one account, or from one address at many accounts, is let through drop by drop. A device on which the account signed in
//! before is counted for itself, whatever strangers do.
//!
//! An attempt is written down before the password or the code is looked at and taken back when it was right, so that a
//! hundred guesses at once do not all see a count of none. Passwords and codes are counted apart: whoever knows the
//! password does not get further guesses at the code by typing it again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error};
use schema::sign_in_failures as failures;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::keys::KeyRing;

const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// What somebody tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    Password,
    /// A million possibilities, of which three are right at a time.
    Code,
}

/// Where an attempt comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A device on which the account signed in before, or a session of it.
    Known(Uuid),
    Address(String),
}

/// So many failures of one kind in a quarter of an hour; after them one at a time with a pause in between.
#[derive(Clone, Copy)]
struct Limit {
    kind: &'static str,
    free: usize,
    pause: TimeDelta,
}

impl Guess {
    /// From one device or address at one account.
    const fn here(self) -> Limit {
        match self {
            Self::Password => Limit { kind: "password", free: 10, pause: WINDOW },
            Self::Code => Limit { kind: "code", free: 5, pause: WINDOW },
        }
    }

    /// From all addresses at one account.
    const fn at_account(self) -> Limit {
        match self {
            Self::Password => Limit { kind: "password-account", free: 50, pause: TimeDelta::seconds(5) },
            Self::Code => Limit { kind: "code-account", free: 15, pause: WINDOW },
        }
    }

    /// From one address at all accounts.
    const fn of_address(self) -> Limit {
        match self {
            Self::Password => Limit { kind: "password-address", free: 100, pause: TimeDelta::seconds(1) },
            Self::Code => Limit { kind: "code-address", free: 50, pause: TimeDelta::seconds(1) },
        }
    }
}

/// Attempts that count as failed until they are taken back.
pub struct Attempt {
    here: String,
    rows: Vec<i64>,
}

/// Writes an attempt down, or refuses it because there were too many.
pub async fn begin(tx: &mut Tx<'_>, guess: Guess, account: &str, origin: &Origin) -> Result<Attempt> {
    let keys = tx.db().keys();
    let here = guess.here();
    // Always in this order, so that two attempts never wait for each other.
    let counts = match origin {
        Origin::Known(device) => vec![(here, subject(&keys, here, &[account, &device.to_string()]))],
        Origin::Address(address) => {
            let (account_wide, address_wide) = (guess.at_account(), guess.of_address());
            vec![
                (here, subject(&keys, here, &[account, address])),
                (account_wide, subject(&keys, account_wide, &[account])),
                (address_wide, subject(&keys, address_wide, &[address])),
            ]
        }
    };
    let mut rows = Vec::new();
    for (limit, subject) in &counts {
        rows.push(count(tx, subject, *limit).await?);
    }
    Ok(Attempt { here: counts[0].1.clone(), rows })
}

/// Names are often mistyped passwords, so neither they nor addresses are kept in the clear.
fn subject(keys: &KeyRing, limit: Limit, values: &[&str]) -> String {
    let parts = [&b"sign-in"[..], limit.kind.as_bytes()].into_iter().chain(values.iter().map(|value| value.as_bytes()));
    let tag = keys.tag(&parts.collect::<Vec<_>>());
    format!("{}:{}", limit.kind, BASE64.encode(&tag[..16]))
}

async fn count(tx: &mut Tx<'_>, subject: &str, limit: Limit) -> Result<i64> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<diesel::sql_types::Text, _>(subject)
        .execute(&mut **tx)
        .await?;
    let now = tx.now();
    let recent: Vec<DateTime<Utc>> = failures::table
        .filter(failures::subject.eq(subject))
        .filter(failures::at.gt(now - WINDOW))
        .order(failures::at.desc())
        .limit(limit.free as i64)
        .select(failures::at)
        .load(&mut **tx)
        .await?;
    if let Some(wait) = limit.wait(&recent, now) {
        return Err(Error::new(Code::QuotaExceeded).retry_after(wait).into());
    }
    let row = (failures::subject.eq(subject), failures::at.eq(now));
    Ok(diesel::insert_into(failures::table).values(row).returning(failures::id).get_result(&mut **tx).await?)
}

impl Limit {
    /// Seconds that somebody has to wait after these failures, the latest first.
    fn wait(self, recent: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<u64> {
        let (newest, oldest) = (recent.first()?, recent.get(self.free - 1)?);
        let until = (*oldest + WINDOW).min(*newest + self.pause);
        (until > now).then(|| (until - now).num_seconds().unsigned_abs() + 1)
    }
}

/// It was right: here the account starts afresh, and elsewhere this attempt does not count.
pub async fn forgive(tx: &mut Tx<'_>, attempt: &Attempt) -> Result<()> {
    let forgiven = failures::subject.eq(&attempt.here).or(failures::id.eq_any(&attempt.rows));
    diesel::delete(failures::table.filter(forgiven)).execute(&mut **tx).await?;
    Ok(())
}

/// Forgets what no longer counts.
pub async fn forget_old(tx: &mut Tx<'_>) -> Result<usize> {
    let old = failures::at.lt(tx.now() - WINDOW);
    Ok(diesel::delete(failures::table.filter(old)).execute(&mut **tx).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failures_are_free_and_further_ones_come_drop_by_drop() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let ago = |seconds: i64| now - TimeDelta::seconds(seconds);
        let limit = Limit { kind: "test", free: 3, pause: TimeDelta::seconds(5) };
        assert_eq!(limit.wait(&[ago(0), ago(1)], now), None);
        assert_eq!(limit.wait(&[ago(1), ago(2), ago(3)], now), Some(5));
        assert_eq!(limit.wait(&[ago(5), ago(6), ago(7)], now), None, "one after the pause");
        let closed = Limit { pause: WINDOW, ..limit };
        assert_eq!(closed.wait(&[ago(5), ago(6), ago(300)], now), Some(601), "until the window lets go of the first");
        assert_eq!(closed.wait(&[ago(5), ago(6), ago(900)], now), None);
    }
}
