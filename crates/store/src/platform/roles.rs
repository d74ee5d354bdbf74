//! Roles, and the rights they give.

use std::collections::{BTreeMap, HashSet};

use domain::error::{Code, Error, Fault};
use domain::messages;
use domain::permission::{Action, FieldRight, Grant, Right, Scope};
use domain::platform::Role;
use domain::platform::shipped_roles::{ADMINISTRATOR, shipped_roles};
use domain::platform::users::Locale;
use domain::resource::Resource;
use domain::viewer::RoleRights;
use schema::{role_fields, role_grants, roles, search_index};

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records::{self, Edition, IfMatch};
use crate::search;
use crate::table::prelude::*;

impl Stored for Role {
    stored_in!(roles);

    async fn before_write(tx: &mut Tx<'_>, _before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        let rights = RoleRights { personal: record.data.personal, ..load(tx, record.stamp.id).await? };
        refuse_wider(tx.db(), &rights)?;
        if rights.personal != Right::Write && is_administrators(tx, record.stamp.id).await? {
            return Err(keeps_all("personal"));
        }
        Ok(())
    }

    async fn before_delete(tx: &mut Tx<'_>, id: Uuid, move_to: Option<Uuid>) -> Result<()> {
        if is_administrators(tx, id).await? {
            return Err(Error::at(Code::Conflict, Fault::new("", "administrators_role")).into());
        }
        match move_to {
            Some(successor) => refuse_wider(tx.db(), &load(tx, successor).await?),
            None => Ok(()),
        }
    }
}

fn keeps_all(member: &str) -> crate::Error {
    Error::at(Code::Conflict, Fault::field(member, "administrators_role")).into()
}

async fn is_administrators(tx: &mut Tx<'_>, id: Uuid) -> Result<bool> {
    let role = roles::table.find(id).filter(roles::shipped_key.eq(ADMINISTRATOR));
    Ok(diesel::select(diesel::dsl::exists(role)).get_result(&mut **tx).await?)
}

/// Nobody hands out, to somebody of a department, what would reach further there than their own rights.
pub(super) fn refuse_wider_in(db: &Db, rights: &RoleRights, department: Option<Uuid>) -> Result<()> {
    match db.viewer() {
        Some(viewer) if !viewer.covers(rights, department, db.catalogue()) => Err(Code::Forbidden.into()),
        _ => Ok(()),
    }
}

/// Nobody hands out more than they hold.
pub(super) fn refuse_wider(db: &Db, rights: &RoleRights) -> Result<()> {
    match db.viewer() {
        Some(viewer) if !viewer.rights.cover(rights, db.catalogue()) => Err(Code::Forbidden.into()),
        _ => Ok(()),
    }
}

/// A role's rights and the state of the role they belong to.
pub async fn rights(db: &Db, id: Uuid) -> Result<(Edition, RoleRights)> {
    let role = records::find::<Role>(db, id).await?;
    let rights = load(&mut *db.read().await?, id).await?;
    Ok((role.stamp().into(), rights))
}

/// Replaces all that a role gives; `rights` makes the next out of the present right to personal fields. Tells the
/// state of the role, and what it gives now.
pub async fn set_rights(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: &IfMatch,
    rights: impl FnOnce(Right) -> RoleRights,
) -> Result<(Edition, RoleRights)> {
    let mut role = records::lock::<Role>(tx, id, if_match, Role::UPDATE).await?;
    let rights = rights(role.data.personal);
    refuse_wider(tx.db(), &rights)?;
    if is_administrators(tx, id).await? {
        return Err(keeps_all("grants"));
    }
    diesel::delete(role_grants::table.filter(role_grants::role_id.eq(id))).execute(&mut **tx).await?;
    diesel::delete(role_fields::table.filter(role_fields::role_id.eq(id))).execute(&mut **tx).await?;
    add_grants(tx, id, &rights.grants).await?;
    let fields: Vec<_> = rights
        .fields
        .iter()
        .map(|field| {
            (
                role_fields::role_id.eq(id),
                role_fields::resource.eq(&field.resource),
                role_fields::field.eq(&field.field),
                role_fields::right_.eq(field.right),
            )
        })
        .collect();
    diesel::insert_into(role_fields::table).values(fields).execute(&mut **tx).await?;
    role.data.personal = rights.personal;
    let version = records::count_change(tx, role).await?;
    Ok((version, load(tx, id).await?))
}

async fn add_grants(tx: &mut Tx<'_>, id: Uuid, grants: &[Grant]) -> Result<()> {
    let rows: Vec<_> = grants
        .iter()
        .map(|grant| {
            (
                role_grants::role_id.eq(id),
                role_grants::resource.eq(&grant.resource),
                role_grants::action.eq(grant.action),
                role_grants::scope.eq(grant.scope),
            )
        })
        .collect();
    diesel::insert_into(role_grants::table).values(rows).on_conflict_do_nothing().execute(&mut **tx).await?;
    Ok(())
}

/// A role by the key it was shipped with, or by its name; for the command line.
pub async fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Uuid>> {
    let named = roles::shipped_key.eq(name).or(roles::name.eq(name));
    let role = roles::table.filter(named).filter(roles::deleted_at.is_null()).select(roles::id);
    Ok(role.first(&mut **tx).await.optional()?)
}

/// What a role gives; nothing if there is no such role.
pub(super) async fn load(connection: &mut AsyncPgConnection, id: Uuid) -> Result<RoleRights> {
    let grants: Vec<(String, Action, Scope)> = role_grants::table
        .filter(role_grants::role_id.eq(id))
        .order((role_grants::resource, role_grants::action))
        .select((role_grants::resource, role_grants::action, role_grants::scope))
        .load(connection)
        .await?;
    let fields: Vec<(String, String, Right)> = role_fields::table
        .filter(role_fields::role_id.eq(id))
        .order((role_fields::resource, role_fields::field))
        .select((role_fields::resource, role_fields::field, role_fields::right_))
        .load(connection)
        .await?;
    let personal: Option<Right> = roles::table.find(id).select(roles::personal).first(connection).await.optional()?;
    let rights = RoleRights {
        grants: grants.into_iter().map(|(resource, action, scope)| Grant { resource, action, scope }).collect(),
        personal: personal.unwrap_or(Right::None),
        fields: fields.into_iter().map(|(resource, field, right)| FieldRight { resource, field, right }).collect(),
    };
    Ok(rights.meaningful())
}

/// Brings the shipped roles in: all of them at the first start, later only what they give over resources that are new
/// to this installation. What an administrator changed since stays as it is.
pub async fn ship(tx: &mut Tx<'_>) -> Result<()> {
    // Two processes may start at once.
    diesel::sql_query("select pg_advisory_xact_lock(hashtext('shipped_roles'))").execute(&mut **tx).await?;
    let known: Vec<String> = role_grants::table.select(role_grants::resource).distinct().load(&mut **tx).await?;
    let known: HashSet<String> = known.into_iter().collect();
    for role in shipped_roles() {
        let (name, description) = words(Locale::Chinese, role.key);
        let row = (
            roles::id.eq(Uuid::now_v7()),
            roles::title_sort.eq(sort_key(&name)),
            roles::name.eq(name),
            roles::description.eq(description),
            roles::personal.eq(role.personal),
            roles::shipped_key.eq(role.key),
        );
        diesel::insert_into(roles::table).values(row).on_conflict_do_nothing().execute(&mut **tx).await?;
        let id: Option<Uuid> =
            roles::table.filter(roles::shipped_key.eq(role.key)).select(roles::id).first(&mut **tx).await.optional()?;
        // Without an id a role of this name was here before; it is left alone.
        let Some(id) = id else { continue };
        let new: Vec<Grant> = role.grants.into_iter().filter(|grant| !known.contains(&grant.resource)).collect();
        add_grants(tx, id, &new).await?;
    }
    index_missing(tx).await
}

/// What a shipped role is called, and what it is for.
fn words(locale: Locale, key: &str) -> (String, String) {
    let text = |key: String| messages::text(locale, &key, &BTreeMap::new());
    (text(format!("role.{key}")), text(format!("role.{key}.note")))
}

/// Names the shipped roles in the language of whoever sets the house up; those that somebody named are left alone.
pub async fn translate(tx: &mut Tx<'_>, locale: Locale) -> Result<()> {
    if locale == Locale::Chinese {
        return Ok(());
    }
    for role in shipped_roles() {
        let shipped = roles::shipped_key.eq(role.key).and(roles::name.eq(words(Locale::Chinese, role.key).0));
        let id: Option<Uuid> = roles::table.filter(shipped).select(roles::id).first(&mut **tx).await.optional()?;
        let (name, description) = words(locale, role.key);
        let changes = [("name", name), ("description", description)];
        let changes = changes.map(|(key, text)| (key.to_owned(), text.into()));
        if let Some(id) = id {
            records::update::<Role>(tx, id, &IfMatch::Any, &changes.into_iter().collect()).await?;
        }
    }
    Ok(())
}

/// Roles that did not come in through their verb are found like all others.
async fn index_missing(tx: &mut Tx<'_>) -> Result<()> {
    let indexed = search_index::table.filter(search_index::record_id.eq(roles::id)).select(search_index::record_id);
    let missing: Vec<(Stamp, Role)> = roles::table
        .filter(roles::deleted_at.is_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(indexed)))
        .select((stamp_of!(roles), Role::as_select()))
        .load(&mut **tx)
        .await?;
    let missing: Vec<_> = missing.into_iter().map(|(stamp, data)| Record { stamp, data }).collect();
    search::index::<Role>(tx, &missing.iter().collect::<Vec<_>>()).await
}
