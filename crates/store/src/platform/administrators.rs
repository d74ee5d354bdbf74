//! The house is never left without an administrator who can sign in.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::error::{Code, Error, Fault};
use domain::platform::shipped_roles::ADMINISTRATOR;
use domain::platform::users::UserStatus;
use schema::{credentials, roles, user_roles, users};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;

/// Refuses what would take the last administrator away: to be asked before somebody is disabled, deleted or loses the
/// role.
pub(crate) async fn refuse_last(tx: &mut Tx<'_>, leaving: Uuid) -> Result<()> {
    if !is_administrator(tx, leaving).await? {
        return Ok(());
    }
    // Two administrators who leave at the same moment would each see the other stay.
    diesel::sql_query("select pg_advisory_xact_lock(hashtext('last_administrator'))").execute(&mut **tx).await?;
    let others = users::table
        .inner_join(user_roles::table.on(user_roles::user_id.eq(users::id)))
        .inner_join(roles::table.on(roles::id.eq(user_roles::role_id)))
        .inner_join(credentials::table.on(credentials::user_id.eq(users::id)))
        .filter(roles::shipped_key.eq(ADMINISTRATOR))
        .filter(users::status.eq(UserStatus::Active))
        .filter(users::deleted_at.is_null())
        .filter(users::id.ne(leaving));
    let stays: bool = diesel::select(diesel::dsl::exists(others)).get_result(&mut **tx).await?;
    if stays { Ok(()) } else { Err(Error::at(Code::Conflict, Fault::new("", "last_administrator")).into()) }
}

async fn is_administrator(tx: &mut Tx<'_>, user_id: Uuid) -> Result<bool> {
    let holds = user_roles::table
        .inner_join(roles::table.on(roles::id.eq(user_roles::role_id)))
        .filter(roles::shipped_key.eq(ADMINISTRATOR))
        .filter(user_roles::user_id.eq(user_id));
    Ok(diesel::select(diesel::dsl::exists(holds)).get_result(&mut **tx).await?)
}

/// The role that holds every right.
pub async fn role_id(tx: &mut Tx<'_>) -> Result<Uuid> {
    Ok(roles::table.filter(roles::shipped_key.eq(ADMINISTRATOR)).select(roles::id).first(&mut **tx).await?)
}
