//! The rights of somebody who is not there: jobs work as the person who asked for them, commands as the person named.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::viewer::{Rights, Viewer};
use serde_json::Value;
use uuid::Uuid;

use super::settings::Times;
use super::viewers::role_rights;
use crate::db::{Db, Tx};
use crate::error::Result;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    user_id: Uuid,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    department_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
    #[diesel(sql_type = Array<diesel::sql_types::Uuid>)]
    departments: Vec<Uuid>,
    #[diesel(sql_type = Jsonb)]
    roles: Value,
    #[diesel(sql_type = Jsonb)]
    settings: Value,
}

/// What a user may do now; nothing of what they might once. Nobody, when they may no longer sign in.
pub async fn of_user(db: &Db, user_id: Uuid) -> Result<Option<Viewer>> {
    Ok(ask(&mut *db.read().await?, Some(user_id), None).await?)
}

/// The same for who holds a connection already: two at once for one request would be one too many where they are few.
pub(super) async fn of_user_in(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<Viewer>> {
    Ok(ask(tx, Some(user_id), None).await?)
}

/// The same by the name somebody signs in with.
pub async fn of_username(db: &Db, username: &str) -> Result<Option<Viewer>> {
    Ok(ask(&mut *db.read().await?, None, Some(username)).await?)
}

async fn ask(
    connection: &mut AsyncPgConnection,
    user_id: Option<Uuid>,
    username: Option<&str>,
) -> QueryResult<Option<Viewer>> {
    let query = diesel::sql_query(include_str!("on_behalf.sql"));
    let query = query.bind::<Nullable<diesel::sql_types::Uuid>, _>(user_id).bind::<Nullable<Text>, _>(username);
    let row: Option<Row> = query.get_result(connection).await.optional()?;
    Ok(row.map(viewer))
}

fn viewer(row: Row) -> Viewer {
    let utc_offset = row.settings.as_object().map_or(0, |settings| Times::of(settings).utc_offset);
    Viewer {
        user_id: row.user_id,
        // No session: what is bound to one, such as its list of sessions, is not done in the background.
        session_id: Uuid::nil(),
        department_id: row.department_id,
        departments: row.departments,
        rights: Rights::of(role_rights(&row.roles)),
        today: (row.now + TimeDelta::seconds(utc_offset.into())).date_naive(),
        utc_offset,
    }
}
