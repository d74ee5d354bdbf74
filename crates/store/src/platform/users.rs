//! Users.

use domain::error::{Code, Error, Fault};
use domain::permission::Permission;
use domain::platform::User;
use domain::platform::users::UserStatus;
use domain::resource::Resource;
use schema::{departments, users};

use super::{administrators, credentials, sessions, user_roles};
use crate::db::Tx;
use crate::error::Result;
use crate::records::{self, Edition, IfMatch};
use crate::table::prelude::*;

impl Stored for User {
    stored_in!(users);

    async fn before_write(tx: &mut Tx<'_>, _before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        let Stamp { id, department_id, .. } = record.stamp;
        match place(tx, id).await? {
            None => refuse_foreign_department(tx, Self::CREATE, department_id)?,
            Some(before) => {
                user_roles::refuse_lesser(tx, id).await?;
                if before != department_id {
                    refuse_foreign_department(tx, Self::ASSIGN, department_id)?;
                    user_roles::refuse_beyond(tx, id, department_id).await.map_err(|_| out_of_reach())?;
                }
            }
        }
        if record.data.status == UserStatus::Disabled {
            administrators::refuse_last(tx, id).await?;
            sessions::end_all(tx, id, None, "disabled").await?;
        }
        Ok(())
    }

    async fn after_create(tx: &mut Tx<'_>, stamp: &Stamp, beside: &[(&'static str, Vec<Uuid>)]) -> Result<()> {
        match beside {
            [("roles", roles)] => user_roles::give_first(tx, stamp, roles).await,
            _ => Ok(()),
        }
    }

    async fn beside(db: &crate::Db, _member: &str, ids: Vec<Uuid>) -> Result<Beside> {
        user_roles::of_many(db, ids).await
    }

    async fn before_delete(tx: &mut Tx<'_>, id: Uuid, _move_to: Option<Uuid>) -> Result<()> {
        user_roles::refuse_lesser(tx, id).await?;
        administrators::refuse_last(tx, id).await?;
        sessions::end_all(tx, id, None, "deleted").await
    }
}

/// Where somebody works who is written down already; the department may be none.
async fn place(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Option<Uuid>>> {
    Ok(users::table.find(id).select(users::department_id).first(&mut **tx).await.optional()?)
}

/// Nobody puts people where their own rights over people do not reach: from there these would reach other rows.
fn refuse_foreign_department(tx: &Tx<'_>, permission: Permission, department: Option<Uuid>) -> Result<()> {
    let within = department.is_none() || tx.db().rows(permission)?.contains(None, department);
    if within { Ok(()) } else { Err(out_of_reach()) }
}

fn out_of_reach() -> crate::Error {
    Error::at(Code::Forbidden, Fault::field("department_id", "out_of_reach")).into()
}

/// The department of a person, which the records they own belong to; none if it was deleted.
pub(crate) async fn department(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<Uuid>> {
    let department = users::table
        .inner_join(departments::table.on(departments::id.nullable().eq(users::department_id)))
        .filter(users::id.eq(user_id))
        .filter(departments::deleted_at.is_null())
        .select(departments::id);
    Ok(department.first(&mut **tx).await.optional()?)
}

/// The caller's own profile, which everybody may see whatever their roles.
pub async fn own(connection: &mut crate::Connection<'_>) -> Result<Option<Record<User>>> {
    let Some(id) = connection.db().user_id() else { return Ok(None) };
    let row: Option<(Stamp, User)> = users::table
        .find(id)
        .filter(users::deleted_at.is_null())
        .select((stamp_of!(users), User::as_select()))
        .first(&mut **connection)
        .await
        .optional()?;
    Ok(row.map(|(stamp, data)| Record { stamp, data }))
}

/// Changes what people may change of their own profile.
pub async fn change_own(tx: &mut Tx<'_>, change: impl FnOnce(&mut User)) -> Result<()> {
    match tx.db().user_id() {
        Some(id) => records::touch::<User>(tx, id, |record| change(&mut record.data)).await,
        None => Ok(()),
    }
}

/// Gives somebody a password that they must change when they sign in, and ends their sessions.
pub async fn reset_password(tx: &mut Tx<'_>, id: Uuid, if_match: &IfMatch, password_hash: &str) -> Result<Edition> {
    let user = records::lock::<User>(tx, id, if_match, User::UPDATE).await?;
    user_roles::refuse_lesser(tx, id).await?;
    credentials::set(tx, id, password_hash, true).await?;
    sessions::end_all(tx, id, None, "password_reset").await?;
    records::count_change(tx, user).await
}

/// Counts a change of a person that no field of theirs shows, so that their history tells of it.
pub(super) async fn count(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    if let Some(locked) = User::lock(tx, id).await? {
        records::count_change(tx, locked.record).await?;
    }
    Ok(())
}

/// The same for what nobody meant to do, with what it was.
pub(super) async fn note(tx: &mut Tx<'_>, id: Uuid, what: &str) -> Result<()> {
    tx.because(what).await?;
    count(tx, id).await
}

/// A person by the name they sign in with; for the command line.
pub async fn by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<Uuid>> {
    let found = users::table.filter(users::username.eq(username)).filter(users::deleted_at.is_null()).select(users::id);
    Ok(found.first(&mut **tx).await.optional()?)
}

/// Everybody, by username; for the command line.
pub async fn everybody(db: &crate::Db) -> Result<Vec<(Uuid, User)>> {
    let mut connection = db.read().await?;
    let people = users::table
        .filter(users::deleted_at.is_null())
        .order(users::username)
        .select((users::id, User::as_select()))
        .load(&mut *connection)
        .await?;
    Ok(people)
}
