//! Which roles a person holds.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::error::{Code, Error, Fault};
use domain::platform::User;
use domain::resource::{Resource, Stamp};
use schema::{roles, user_roles};
use uuid::Uuid;

use super::roles::{load, refuse_wider_in};
use super::{administrators, users};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records::{self, Edition, IfMatch};
use crate::table::Beside;

/// A role as its holder knows it.
#[derive(Queryable)]
pub struct Held {
    pub id: Uuid,
    pub name: String,
    pub shipped_key: Option<String>,
}

/// The roles of a person, whom the caller must be allowed to see, and the state of the person.
pub async fn of_user(db: &Db, user_id: Uuid) -> Result<(Edition, Vec<Held>)> {
    let user = records::find::<User>(db, user_id).await?;
    Ok((user.stamp().into(), held(db, user_id).await?))
}

/// The roles of a person.
pub async fn held(db: &Db, user_id: Uuid) -> Result<Vec<Held>> {
    load_held(&mut *db.read().await?, user_id).await
}

async fn load_held(connection: &mut AsyncPgConnection, user_id: Uuid) -> Result<Vec<Held>> {
    let roles = user_roles::table
        .inner_join(roles::table.on(roles::id.eq(user_roles::role_id)))
        .filter(user_roles::user_id.eq(user_id))
        .filter(roles::deleted_at.is_null())
        .order((roles::title_sort, roles::id))
        .select((roles::id, roles::name, roles::shipped_key))
        .load(connection)
        .await?;
    Ok(roles)
}

/// Gives a person exactly these roles. Tells the state of the person, and what they hold now.
pub async fn set(tx: &mut Tx<'_>, user_id: Uuid, if_match: &IfMatch, wanted: &[Uuid]) -> Result<(Edition, Vec<Held>)> {
    let user = records::lock::<User>(tx, user_id, if_match, User::UPDATE).await?;
    let present: Vec<Uuid> =
        user_roles::table.filter(user_roles::user_id.eq(user_id)).select(user_roles::role_id).load(&mut **tx).await?;
    let lost: Vec<Uuid> = present.iter().copied().filter(|role| !wanted.contains(role)).collect();
    let gained: Vec<Uuid> = wanted.iter().copied().filter(|role| !present.contains(role)).collect();
    if lost.is_empty() && gained.is_empty() {
        return Ok((Edition::from(&user.stamp), load_held(tx, user_id).await?));
    }
    refuse_lesser(tx, user_id).await?;
    refuse_unknown(tx, &gained).await?;
    for role in &gained {
        let rights = load(tx, *role).await?;
        refuse_wider_in(tx.db(), &rights, user.stamp.department_id)?;
    }
    if lost.contains(&administrators::role_id(tx).await?) {
        administrators::refuse_last(tx, user_id).await?;
    }
    let gone = user_roles::table.filter(user_roles::user_id.eq(user_id)).filter(user_roles::role_id.eq_any(&lost));
    diesel::delete(gone).execute(&mut **tx).await?;
    add(tx, user_id, &gained).await?;
    let version = records::count_change(tx, user).await?;
    Ok((version, load_held(tx, user_id).await?))
}

/// Gives a person roles without asking; for the first administrator and the command line.
pub async fn add(tx: &mut Tx<'_>, user_id: Uuid, roles: &[Uuid]) -> Result<()> {
    let rows: Vec<_> =
        roles.iter().map(|role| (user_roles::user_id.eq(user_id), user_roles::role_id.eq(*role))).collect();
    diesel::insert_into(user_roles::table).values(rows).on_conflict_do_nothing().execute(&mut **tx).await?;
    Ok(())
}

async fn refuse_unknown(tx: &mut Tx<'_>, wanted: &[Uuid]) -> Result<()> {
    let known: Vec<Uuid> = roles::table
        .filter(roles::id.eq_any(wanted))
        .filter(roles::deleted_at.is_null())
        // A role that is being deleted at this moment would otherwise get one more holder.
        .for_share()
        .select(roles::id)
        .load(&mut **tx)
        .await?;
    if wanted.iter().all(|role| known.contains(role)) {
        return Ok(());
    }
    Err(Error::invalid(vec![Fault::field("roles", "not_found")]).into())
}

/// Gives a new person their first roles, with the department they begin in.
pub(super) async fn give_first(tx: &mut Tx<'_>, stamp: &Stamp, wanted: &[Uuid]) -> Result<()> {
    refuse_unknown(tx, wanted).await?;
    for role in wanted {
        let rights = load(tx, *role).await?;
        let allowed = refuse_wider_in(tx.db(), &rights, stamp.department_id);
        allowed.map_err(|_| Error::at(Code::Forbidden, Fault::field("roles", "more_than_own")))?;
    }
    add(tx, stamp.id, wanted).await
}

/// The roles of several people, by their ids.
pub(super) async fn of_many(db: &Db, people: Vec<Uuid>) -> Result<Beside> {
    let roles: Vec<(Uuid, Uuid, String)> = user_roles::table
        .inner_join(roles::table.on(roles::id.eq(user_roles::role_id)))
        .filter(user_roles::user_id.eq_any(people))
        .filter(roles::deleted_at.is_null())
        .order((roles::title_sort, roles::id))
        .select((user_roles::user_id, roles::id, roles::name))
        .load(&mut *db.read().await?)
        .await?;
    let mut found = Beside::new();
    for (person, role, name) in roles {
        found.entry(person).or_default().push((role, name));
    }
    Ok(found)
}

/// Refuses to act on somebody who may do more than the caller: whoever can set an administrator's password is one, and
/// whoever can disable or rename one is rid of them.
pub async fn refuse_lesser(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    if tx.db().user_id() == Some(user_id) {
        return Ok(());
    }
    let department = users::department(tx, user_id).await?;
    refuse_beyond(tx, user_id, department).await
}

/// Refuses a department in which the roles of somebody reach further than the caller's own rights.
pub(super) async fn refuse_beyond(tx: &mut Tx<'_>, user_id: Uuid, department: Option<Uuid>) -> Result<()> {
    let held: Vec<Uuid> =
        user_roles::table.filter(user_roles::user_id.eq(user_id)).select(user_roles::role_id).load(&mut **tx).await?;
    for role in held {
        let rights = load(tx, role).await?;
        refuse_wider_in(tx.db(), &rights, department)?;
    }
    Ok(())
}
