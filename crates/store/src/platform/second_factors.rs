//! The second factor of people: a secret that the server shares with their phone, and recovery codes for the day on which
//! the phone is gone.
//!
//! The secret leaves this module once, when it is made; afterwards codes come in and yes or no goes out. Whoever has a
//! code checked holds the person's row until the end of the transaction, so that of two requests with the same code one
//! finds it used.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error, Fault};
use domain::platform::User;
use domain::platform::second_factor::Typed;
use domain::resource::Resource;
use schema::{recovery_codes, second_factors as factors};
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use super::sessions::{self, digest};
use super::{user_roles, users};
use crate::db::{Db, Tx};
use crate::error::{self, Result};
use crate::keys::{Place, random};
use crate::records::{self, Edition, IfMatch};

/// What an authenticator app shows above the account.
const ISSUER: &str = "Zhiyin";

/// An enrolment that was not confirmed for so long must begin again.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);

/// What its owner, and whoever may reset their password, is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct State {
    pub active_since: Option<DateTime<Utc>>,
    pub recovery_codes_left: i64,
}

/// What a phone must learn, this once: the secret in base 32, and the same as an address that apps understand.
pub struct Shared {
    pub secret: String,
    pub uri: String,
}

#[derive(Queryable)]
struct Factor {
    secret: String,
    begun_at: DateTime<Utc>,
    active_since: Option<DateTime<Utc>>,
    last_step: i64,
}

pub async fn state(db: &Db, user_id: Uuid) -> Result<State> {
    let mut connection = db.read().await?;
    let since: Option<Option<DateTime<Utc>>> =
        factors::table.find(user_id).select(factors::active_since).first(&mut *connection).await.optional()?;
    let left = recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)).count().get_result(&mut *connection);
    Ok(State { active_since: since.flatten(), recovery_codes_left: left.await? })
}

/// Makes a secret for somebody; an earlier one that was never confirmed is forgotten. `account` is what the app calls it.
pub async fn begin(tx: &mut Tx<'_>, user_id: Uuid, account: &str) -> Result<Shared> {
    if lock(tx, user_id).await?.is_some_and(|factor| factor.active_since.is_some()) {
        return Err(conflict("second_factor_on"));
    }
    let totp = totp(Secret::from(random::<20>()?), account)?;
    let secret = totp.secret().to_base32();
    let changes = (
        factors::secret.eq(tx.db().keys().seal(&place(user_id), &secret)?),
        factors::begun_at.eq(tx.now()),
        factors::last_step.eq(0),
    );
    diesel::insert_into(factors::table)
        .values((factors::user_id.eq(user_id), changes.clone()))
        .on_conflict(factors::user_id)
        .do_update()
        .set(changes)
        .execute(&mut **tx)
        .await?;
    Ok(Shared { uri: totp.to_url().map_err(|_| error::Error::Secret("no address for an app"))?, secret })
}

/// Switches it on with these recovery codes, once a code shows that the phone knows the secret; false if it does not.
pub async fn confirm(tx: &mut Tx<'_>, user_id: Uuid, typed: &Typed, codes: &[String]) -> Result<bool> {
    let now = tx.now();
    let factor = match lock(tx, user_id).await? {
        Some(factor) if factor.active_since.is_some() => return Err(conflict("second_factor_on")),
        Some(factor) if factor.begun_at > now - PATIENCE => factor,
        _ => return Err(conflict("second_factor_not_begun")),
    };
    let Typed::Code(code) = typed else { return Ok(false) };
    let Some(step) = step(tx, user_id, &factor, code)? else { return Ok(false) };
    diesel::update(factors::table.find(user_id))
        .set((factors::active_since.eq(now), factors::last_step.eq(step)))
        .execute(&mut **tx)
        .await?;
    set_recovery_codes(tx, user_id, codes).await?;
    users::count(tx, user_id).await?;
    Ok(true)
}

/// Whether a code opens the door now. It does so once.
pub async fn accept(tx: &mut Tx<'_>, user_id: Uuid, typed: &Typed) -> Result<bool> {
    let factor = lock(tx, user_id).await?.filter(|factor| factor.active_since.is_some());
    let Some(factor) = factor else { return Ok(false) };
    let code = match typed {
        Typed::Code(code) => code,
        Typed::Recovery(code) => return take_recovery_code(tx, user_id, code).await,
    };
    let Some(step) = step(tx, user_id, &factor, code)? else { return Ok(false) };
    diesel::update(factors::table.find(user_id)).set(factors::last_step.eq(step)).execute(&mut **tx).await?;
    Ok(true)
}

async fn take_recovery_code(tx: &mut Tx<'_>, user_id: Uuid, code: &str) -> Result<bool> {
    let code = recovery_codes::table.find(digest(code)).filter(recovery_codes::user_id.eq(user_id));
    Ok(diesel::delete(code).execute(&mut **tx).await? == 1)
}

/// Gives somebody these recovery codes, in their plain form, and takes what is left of the earlier ones away.
pub async fn renew_recovery_codes(tx: &mut Tx<'_>, user_id: Uuid, codes: &[String]) -> Result<()> {
    set_recovery_codes(tx, user_id, codes).await?;
    users::count(tx, user_id).await
}

async fn set_recovery_codes(tx: &mut Tx<'_>, user_id: Uuid, codes: &[String]) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(&mut **tx).await?;
    let row = |code: &String| (recovery_codes::hash.eq(digest(code)), recovery_codes::user_id.eq(user_id));
    let rows: Vec<_> = codes.iter().map(row).collect();
    diesel::insert_into(recovery_codes::table).values(rows).execute(&mut **tx).await?;
    Ok(())
}

/// Switches the caller's own off.
pub async fn switch_off(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    remove(tx, user_id).await?;
    users::count(tx, user_id).await
}

/// Takes somebody's away, because the phone is gone, and ends their sessions. Whoever still has theirs switches it off
/// themselves, with the password and a code: an unlocked screen is not enough.
pub async fn take_away(tx: &mut Tx<'_>, user_id: Uuid, if_match: &IfMatch) -> Result<Edition> {
    let user = records::lock::<User>(tx, user_id, if_match, User::UPDATE).await?;
    user_roles::refuse_lesser(tx, user_id).await?;
    if tx.db().user_id() == Some(user_id) {
        return Err(conflict("own_second_factor"));
    }
    if !remove(tx, user_id).await? {
        return Err(conflict("second_factor_off"));
    }
    sessions::end_all(tx, user_id, None, "second_factor_removed").await?;
    records::count_change(tx, user).await
}

/// Forgets the secret and the codes; false if it was not on.
async fn remove(tx: &mut Tx<'_>, user_id: Uuid) -> Result<bool> {
    let active = factors::table.find(user_id).filter(factors::active_since.is_not_null());
    Ok(diesel::delete(active).execute(&mut **tx).await? == 1)
}

/// Forgets secrets that no phone has confirmed.
pub async fn forget_unconfirmed(tx: &mut Tx<'_>) -> Result<usize> {
    let stale = factors::active_since.is_null().and(factors::begun_at.lt(tx.now() - PATIENCE));
    Ok(diesel::delete(factors::table.filter(stale)).execute(&mut **tx).await?)
}

async fn lock(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<Factor>> {
    let row = factors::table
        .find(user_id)
        .for_update()
        .select((factors::secret, factors::begun_at, factors::active_since, factors::last_step))
        .first(&mut **tx)
        .await;
    Ok(row.optional()?)
}

/// The step whose code this is: the present one, the one before or the one after, unless it or a later one was used.
fn step(tx: &Tx<'_>, user_id: Uuid, factor: &Factor, code: &str) -> Result<Option<i64>> {
    let secret = tx.db().keys().open_sealed(&place(user_id), &factor.secret)?;
    let secret = Secret::try_from_base32(secret).map_err(|_| error::Error::Secret("a shared secret is damaged"))?;
    let step = totp(secret, "")?.check(code, tx.now().timestamp().unsigned_abs());
    Ok(step.and_then(|step| i64::try_from(step).ok()).filter(|step| *step > factor.last_step))
}

/// SHA-1, six digits, thirty seconds: several apps silently do this whatever they are told.
fn totp(secret: Secret, account: &str) -> Result<Totp> {
    let builder = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(ISSUER));
    builder.build().map_err(|_| error::Error::Secret("no one-time codes can be made of this"))
}

fn place(user_id: Uuid) -> Place<'static> {
    Place::new("second_factors", "secret", user_id)
}

fn conflict(fault: &str) -> error::Error {
    Error::at(Code::Conflict, Fault::new("", fault)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, of which six digits are shown here.
    #[test]
    fn codes_are_those_of_the_standard_a_step_early_and_a_step_late() {
        let totp = totp(Secret::from(*b"12345678901234567890"), "li.wei").expect("codes");
        for (time, code) in [(1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            let step = time / 30;
            for seen in [time, time - 30, time + 30] {
                assert_eq!(totp.check(code, seen), Some(step), "{code} at {seen}");
            }
            for seen in [(step - 1) * 30 - 1, (step + 2) * 30] {
                assert_eq!(totp.check(code, seen), None, "{code} at {seen}");
            }
        }
    }

    #[test]
    fn an_app_is_told_who_and_where() {
        let totp = totp(Secret::from(*b"12345678901234567890"), "li.wei@crm.example.com").expect("codes");
        let uri = totp.to_url().expect("an address");
        assert!(uri.starts_with("otpauth://totp/Zhiyin:li.wei%40crm.example.com?"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && uri.contains("issuer=Zhiyin"), "{uri}");
    }
}
