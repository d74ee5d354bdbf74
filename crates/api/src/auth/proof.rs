//! Proof that whoever sits at a screen is the one who signed in there: whoever finds it unlocked could otherwise do what
//! shuts its owner out, or try passwords and codes without end.

use domain::Record;
use domain::error::{Code, Error, Fault};
use domain::platform::User;
use domain::platform::second_factor::Typed;
use store::platform::attempts::{self, Guess, Origin};
use store::platform::{credentials, second_factors, users};
use store::{Db, Tx};
use uuid::Uuid;

use super::Auth;
use crate::http::error::{Refusal, Result};

/// The caller's own record.
pub async fn caller(db: &Db) -> Result<Record<User>> {
    users::own(&mut db.read().await?).await?.ok_or_else(|| Code::Unauthenticated.into())
}

/// The caller, who gave the present password in this member of the body.
pub async fn by_password(auth: &Auth, db: &Db, password: String, member: &str) -> Result<Record<User>> {
    let user = caller(db).await?;
    let origin = session(db);
    let attempt = db.write(async |tx| attempts::begin(tx, Guess::Password, &user.data.username, &origin).await).await?;
    let hash = credentials::of_user(db, user.stamp.id).await?.map(|credential| credential.password_hash);
    if !auth.passwords.verify(password, hash).await? {
        return Err(Refusal(Error::invalid(vec![Fault::field(member, "wrong_password")])));
    }
    db.write(async |tx| attempts::forgive(tx, &attempt).await).await?;
    Ok(user)
}

/// Does something in the transaction that uses a person's code up; `None` if the code is wrong, or was used.
pub async fn by_code<T>(
    db: &Db,
    origin: &Origin,
    user_id: Uuid,
    code: &str,
    work: impl AsyncFnOnce(&mut Tx<'_>) -> store::Result<T>,
) -> Result<Option<T>> {
    let account = user_id.to_string();
    let attempt = db.write(async |tx| attempts::begin(tx, Guess::Code, &account, origin).await).await?;
    let Some(typed) = Typed::of(code) else { return Ok(None) };
    let done = db.write(async |tx| {
        if !second_factors::accept(tx, user_id, &typed).await? {
            return Ok(None);
        }
        attempts::forgive(tx, &attempt).await?;
        work(tx).await.map(Some)
    });
    Ok(done.await?)
}

/// Whoever is signed in is counted by the session: what others guess elsewhere does not slow them down.
pub fn session(db: &Db) -> Origin {
    Origin::Known(db.viewer().map(|viewer| viewer.session_id).unwrap_or_default())
}

/// What a signed-in person is told of a code that is wrong.
pub fn wrong_code() -> Refusal {
    Refusal(Error::invalid(vec![Fault::field("code", "wrong_code")]))
}
