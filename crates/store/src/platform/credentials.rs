//! Password hashes. They leave this module only towards the check of a password.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::platform::users::UserStatus;
use schema::{credentials, users};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;

/// What a sign-in is checked against.
pub struct Credential {
    pub user_id: Uuid,
    pub password_hash: String,
    /// Set by somebody else, so that its owner must choose another.
    pub temporary: bool,
}

impl Credential {
    fn of((user_id, password_hash, temporary): (Uuid, String, bool)) -> Self {
        Self { user_id, password_hash, temporary }
    }
}

/// The credential of a person who may sign in.
pub async fn of_username(db: &Db, username: &str) -> Result<Option<Credential>> {
    let mut connection = db.read().await?;
    let row: Option<(Uuid, String, bool)> = credentials::table
        .inner_join(users::table.on(users::id.eq(credentials::user_id)))
        .filter(users::username.eq(username))
        .filter(users::deleted_at.is_null())
        .filter(users::status.eq(UserStatus::Active))
        .select((credentials::user_id, credentials::password_hash, credentials::temporary))
        .first(&mut *connection)
        .await
        .optional()?;
    Ok(row.map(Credential::of))
}

/// The credential of a person who is signed in.
pub async fn of_user(db: &Db, user_id: Uuid) -> Result<Option<Credential>> {
    let mut connection = db.read().await?;
    let row: Option<(Uuid, String, bool)> = credentials::table
        .find(user_id)
        .select((credentials::user_id, credentials::password_hash, credentials::temporary))
        .first(&mut *connection)
        .await
        .optional()?;
    Ok(row.map(Credential::of))
}

/// Gives a person a password.
pub async fn set(tx: &mut Tx<'_>, user_id: Uuid, password_hash: &str, temporary: bool) -> Result<()> {
    let changes = (
        credentials::password_hash.eq(password_hash),
        credentials::temporary.eq(temporary),
        credentials::changed_at.eq(tx.now()),
    );
    diesel::insert_into(credentials::table)
        .values((credentials::user_id.eq(user_id), changes))
        .on_conflict(credentials::user_id)
        .do_update()
        .set(changes)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
