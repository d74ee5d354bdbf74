//! Sessions and their refresh tokens.
//!
//! A session is a chain of tokens, each used once. The next token follows from the one before and a key of ours, so
//! that tabs which refresh at the same moment get the same one, however far the chain has gone meanwhile, and no second
//! chain begins. A token that comes back later than that was stolen, or its thief has already used it: the whole session
//! ends, and its owner is told.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use domain::platform::users::UserStatus;
use schema::{refresh_tokens, sessions, users};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{settings, users as people};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::keys::{KeyRing, random};
use crate::sql::in_seconds;

/// The same token may come again for so long, because an answer can get lost and two tabs can be in step.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// Why a session ended whose token came back.
const STOLEN: &str = "token_reuse";

/// Longest name of a browser that is kept.
const LONGEST_AGENT: usize = 300;

/// A session that is open, and the token that refreshes it next.
pub struct Open {
    pub session_id: Uuid,
    pub user_id: Uuid,
    pub token: String,
    /// When it ends, however busy.
    pub expires_at: DateTime<Utc>,
}

/// A session as its owner sees it.
#[derive(Queryable)]
pub struct Session {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub address: String,
    pub agent: String,
}

/// A session that ended because its token came back.
#[derive(Queryable)]
pub struct Stolen {
    pub id: Uuid,
    pub ended_at: DateTime<Utc>,
    /// Where its owner had signed in.
    pub address: String,
    pub agent: String,
}

/// A secret of 256 bits, as text.
pub(super) fn new_secret() -> Result<String> {
    Ok(BASE64.encode(random::<32>()?))
}

/// What is kept of a secret. It is random, so a plain digest cannot be searched backwards.
pub(super) fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

fn successor(keys: &KeyRing, token: &str) -> String {
    BASE64.encode(keys.tag(&[b"refresh", token.as_bytes()]))
}

/// Opens a session for somebody whose password was right.
pub async fn open(tx: &mut Tx<'_>, user_id: Uuid, address: &str, agent: &str) -> Result<Open> {
    let now = tx.now();
    let session_id = Uuid::now_v7();
    let expires_at = now + settings::times(tx).await?.absolute;
    let agent: String = agent.chars().take(LONGEST_AGENT).collect();
    let row = (
        sessions::id.eq(session_id),
        sessions::user_id.eq(user_id),
        sessions::created_at.eq(now),
        sessions::last_seen_at.eq(now),
        sessions::expires_at.eq(expires_at),
        sessions::address.eq(address),
        sessions::agent.eq(agent),
    );
    diesel::insert_into(sessions::table).values(row).execute(&mut **tx).await?;
    let token = new_secret()?;
    add_token(tx, session_id, &token).await?;
    Ok(Open { session_id, user_id, token, expires_at })
}

async fn add_token(tx: &mut Tx<'_>, session_id: Uuid, token: &str) -> Result<()> {
    let row = (
        refresh_tokens::hash.eq(digest(token)),
        refresh_tokens::session_id.eq(session_id),
        refresh_tokens::created_at.eq(tx.now()),
    );
    diesel::insert_into(refresh_tokens::table).values(row).execute(&mut **tx).await?;
    Ok(())
}

/// Exchanges a token for the next one; nothing when its session is over. The transaction is to be committed either
/// way, because a stolen token ends the session.
pub async fn refresh(tx: &mut Tx<'_>, token: &str) -> Result<Option<Open>> {
    let hash = digest(token);
    let row: Option<(Uuid, Option<DateTime<Utc>>)> = refresh_tokens::table
        .find(&hash)
        .for_update()
        .select((refresh_tokens::session_id, refresh_tokens::used_at))
        .first(&mut **tx)
        .await
        .optional()?;
    let Some((session_id, used_at)) = row else { return Ok(None) };
    let Some((user_id, expires_at)) = alive(tx, session_id).await? else { return Ok(None) };
    let now = tx.now();
    let next = match used_at {
        None => renew(tx, session_id, token).await?,
        // On a busy machine others may have gone on from its successor by now: whoever was late gets what they have.
        Some(at) if now - at <= GRACE => newest(tx, token).await?,
        Some(_) => {
            end(tx, session_id, STOLEN).await?;
            // Their history tells whoever looks after people of it, too.
            people::note(tx, user_id, "session_stolen").await?;
            return Ok(None);
        }
    };
    diesel::update(sessions::table.find(session_id)).set(sessions::last_seen_at.eq(now)).execute(&mut **tx).await?;
    Ok(Some(Open { session_id, user_id, token: next, expires_at }))
}

/// Uses a token up for the next one.
async fn renew(tx: &mut Tx<'_>, session_id: Uuid, token: &str) -> Result<String> {
    let used = refresh_tokens::used_at.eq(tx.now());
    diesel::update(refresh_tokens::table.find(digest(token))).set(used).execute(&mut **tx).await?;
    let next = successor(&tx.db().keys(), token);
    add_token(tx, session_id, &next).await?;
    Ok(next)
}

/// The end of the chain that goes on from a used token. Each link is locked in the order in which they follow, as who
/// renews does, so that nobody waits in a circle.
async fn newest(tx: &mut Tx<'_>, token: &str) -> Result<String> {
    let mut newest = successor(&tx.db().keys(), token);
    loop {
        let used: Option<Option<DateTime<Utc>>> = refresh_tokens::table
            .find(digest(&newest))
            .for_update()
            .select(refresh_tokens::used_at)
            .first(&mut **tx)
            .await
            .optional()?;
        match used {
            Some(Some(_)) => newest = successor(&tx.db().keys(), &newest),
            _ => return Ok(newest),
        }
    }
}

/// Owner and end of a session that still counts.
async fn alive(tx: &mut Tx<'_>, session_id: Uuid) -> Result<Option<(Uuid, DateTime<Utc>)>> {
    let now = tx.now();
    let idle = settings::times(tx).await?.idle;
    let row = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::id.eq(session_id))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now - idle))
        .filter(users::deleted_at.is_null())
        .filter(users::status.eq(UserStatus::Active))
        .select((sessions::user_id, sessions::expires_at))
        .first(&mut **tx)
        .await;
    Ok(row.optional()?)
}

/// Ends the session that a refresh token belongs to, and tells which it was.
pub async fn end_by_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Uuid>> {
    let session: Option<Uuid> = refresh_tokens::table
        .find(digest(token))
        .select(refresh_tokens::session_id)
        .first(&mut **tx)
        .await
        .optional()?;
    if let Some(session) = session {
        end(tx, session, "logout").await?;
    }
    Ok(session)
}

async fn end(tx: &mut Tx<'_>, session_id: Uuid, reason: &str) -> Result<()> {
    let now = tx.now();
    diesel::update(sessions::table.find(session_id).filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends one session of a person; false if there is no such open session.
pub async fn end_one(tx: &mut Tx<'_>, user_id: Uuid, session_id: Uuid) -> Result<bool> {
    let now = tx.now();
    let session = sessions::table
        .find(session_id)
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now));
    let ended = diesel::update(session)
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq("revoked")))
        .execute(&mut **tx)
        .await?;
    Ok(ended == 1)
}

/// Ends all sessions of a person but one.
pub async fn end_all(tx: &mut Tx<'_>, user_id: Uuid, except: Option<Uuid>, reason: &str) -> Result<()> {
    let now = tx.now();
    let sessions = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.ne(except.unwrap_or_default()));
    diesel::update(sessions)
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The open sessions of a person, newest first.
pub async fn of_user(db: &Db, user_id: Uuid) -> Result<Vec<Session>> {
    let mut connection = db.read().await?;
    let idle = settings::times(&mut connection).await?.idle.num_seconds();
    let sessions = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(in_seconds::<Timestamptz>(0)))
        .filter(sessions::last_seen_at.gt(in_seconds::<Timestamptz>(-idle)))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .select((
            sessions::id,
            sessions::created_at,
            sessions::last_seen_at,
            sessions::expires_at,
            sessions::address,
            sessions::agent,
        ))
        .load(&mut *connection)
        .await?;
    Ok(sessions)
}

/// The sessions of a person that somebody else had the token of, and of which they have not taken note.
pub async fn stolen(db: &Db, user_id: Uuid) -> Result<Vec<Stolen>> {
    let mut connection = db.read().await?;
    let stolen = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::end_reason.eq(STOLEN))
        .filter(sessions::noted_at.is_null())
        .order(sessions::ended_at.desc())
        .select((sessions::id, sessions::ended_at.assume_not_null(), sessions::address, sessions::agent))
        .load(&mut *connection)
        .await?;
    Ok(stolen)
}

/// Their owner has taken note; false if there was nothing to take note of.
pub async fn note_stolen(tx: &mut Tx<'_>, user_id: Uuid, session_id: Uuid) -> Result<bool> {
    let now = tx.now();
    let stolen = sessions::table
        .find(session_id)
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::end_reason.eq(STOLEN))
        .filter(sessions::noted_at.is_null());
    Ok(diesel::update(stolen).set(sessions::noted_at.eq(now)).execute(&mut **tx).await? == 1)
}

/// Forgets sessions that ended long ago, with their tokens.
pub async fn forget_old(tx: &mut Tx<'_>) -> Result<usize> {
    let long_ago = tx.now() - TimeDelta::days(90);
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.lt(long_ago))).execute(&mut **tx).await?)
}
