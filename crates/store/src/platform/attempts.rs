//! Sign-in attempts, counted across all processes: so many in a quarter of an hour per account, and per address.
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

impl Guess {
    /// What it is counted under, and how often: per account, and per address.
    fn counts(self) -> [(&'static str, usize); 2] {
        match self {
            Self::Password => [("account", 10), ("address", 100)],
            Self::Code => [("code-account", 5), ("code-address", 50)],
        }
    }
}

/// Attempts that count as failed until they are taken back.
pub struct Attempt {
    account: String,
    rows: Vec<i64>,
}

/// Writes an attempt down, or refuses it because there were too many.
pub async fn begin(tx: &mut Tx<'_>, guess: Guess, account: &str, address: &str) -> Result<Attempt> {
    let [of_account, of_address] = guess.counts();
    let keys = tx.db().keys();
    let (account, address) = (subject(&keys, of_account.0, account), subject(&keys, of_address.0, address));
    let mut rows = Vec::new();
    // Always in this order, so that two attempts never wait for each other.
    for (subject, most) in [(&account, of_account.1), (&address, of_address.1)] {
        rows.push(count(tx, subject, most).await?);
    }
    Ok(Attempt { account, rows })
}

/// Names are often mistyped passwords, so neither they nor addresses are kept in the clear.
fn subject(keys: &KeyRing, kind: &str, value: &str) -> String {
    let tag = keys.tag(&[b"sign-in", kind.as_bytes(), value.as_bytes()]);
    format!("{kind}:{}", BASE64.encode(&tag[..16]))
}

async fn count(tx: &mut Tx<'_>, subject: &str, most: usize) -> Result<i64> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<diesel::sql_types::Text, _>(subject)
        .execute(&mut **tx)
        .await?;
    let now = Utc::now();
    let recent: Vec<DateTime<Utc>> = failures::table
        .filter(failures::subject.eq(subject))
        .filter(failures::at.gt(now - WINDOW))
        .order(failures::at.desc())
        .limit(most as i64)
        .select(failures::at)
        .load(&mut **tx)
        .await?;
    if let (true, Some(oldest)) = (recent.len() >= most, recent.last()) {
        let wait = (*oldest + WINDOW - now).num_seconds().max(0) as u64 + 1;
        return Err(Error::new(Code::QuotaExceeded).retry_after(wait).into());
    }
    let row = (failures::subject.eq(subject), failures::at.eq(now));
    Ok(diesel::insert_into(failures::table).values(row).returning(failures::id).get_result(&mut **tx).await?)
}

/// It was right: the account starts afresh, and the address loses this attempt only.
pub async fn forgive(tx: &mut Tx<'_>, attempt: &Attempt) -> Result<()> {
    let forgiven = failures::subject.eq(&attempt.account).or(failures::id.eq_any(&attempt.rows));
    diesel::delete(failures::table.filter(forgiven)).execute(&mut **tx).await?;
    Ok(())
}

/// Forgets what no longer counts.
pub async fn forget_old(tx: &mut Tx<'_>) -> Result<usize> {
    let old = failures::at.lt(tx.now() - WINDOW);
    Ok(diesel::delete(failures::table.filter(old)).execute(&mut **tx).await?)
}
