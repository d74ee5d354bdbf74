//! The rights of somebody who is not there: jobs work as the person who asked for them, commands as the person named.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::viewer::{Rights, Viewer};
use serde_json::Value;
use uuid::Uuid;

use super::settings::Times;
use super::viewers::role_rights;
use crate::db::Db;
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
    let mut connection = db.read().await?;
    let query = diesel::sql_query(include_str!("on_behalf.sql"));
    let query =
        query.bind::<Nullable<diesel::sql_types::Uuid>, _>(Some(user_id)).bind::<Nullable<Text>, _>(None::<String>);
    let row: Option<Row> = query.get_result(&mut *connection).await.optional()?;
    Ok(row.map(viewer))
}

/// The same by the name somebody signs in with.
pub async fn of_username(db: &Db, username: &str) -> Result<Option<Viewer>> {
    let mut connection = db.read().await?;
    let query = diesel::sql_query(include_str!("on_behalf.sql"));
    let query =
        query.bind::<Nullable<diesel::sql_types::Uuid>, _>(None::<Uuid>).bind::<Nullable<Text>, _>(Some(username));
    let row: Option<Row> = query.get_result(&mut *connection).await.optional()?;
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
