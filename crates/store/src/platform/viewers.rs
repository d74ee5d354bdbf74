//! Who stands behind a session.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::permission::Right;
use domain::viewer::{Rights, RoleRights, Viewer};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::settings::Times;
use crate::db::Db;
use crate::error::Result;

/// A session that counts, and who holds it.
#[derive(Clone, Debug)]
pub struct Known {
    pub viewer: Arc<Viewer>,
    pub expires_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    user_id: Uuid,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    department_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    last_seen_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    temporary: bool,
    #[diesel(sql_type = Array<diesel::sql_types::Uuid>)]
    departments: Vec<Uuid>,
    #[diesel(sql_type = Jsonb)]
    roles: Value,
    #[diesel(sql_type = Jsonb)]
    settings: Value,
}

/// Who holds a session; nobody when it has ended, or its owner may no longer sign in.
pub async fn of_session(db: &Db, session_id: Uuid) -> Result<Option<Known>> {
    let mut connection = db.read().await?;
    let row: Option<Row> = diesel::sql_query(include_str!("viewer.sql"))
        .bind::<diesel::sql_types::Uuid, _>(session_id)
        .get_result(&mut *connection)
        .await
        .optional()?;
    Ok(row.and_then(|row| row.known(session_id)))
}

impl Row {
    fn known(self, session_id: Uuid) -> Option<Known> {
        let now = self.now;
        let times = Times::of(self.settings.as_object()?);
        let alive = self.expires_at > now && self.last_seen_at + times.idle > now;
        // Whoever uses a password that somebody else chose has no rights yet.
        let rights = if self.temporary { Rights::default() } else { Rights::of(role_rights(&self.roles)) };
        let viewer = Viewer {
            user_id: self.user_id,
            session_id,
            department_id: self.department_id,
            departments: self.departments,
            rights,
            today: (now + TimeDelta::seconds(times.utc_offset.into())).date_naive(),
            utc_offset: times.utc_offset,
        };
        alive.then_some(Known { viewer: Arc::new(viewer), expires_at: self.expires_at })
    }
}

/// What the roles give. A word that a newer version wrote gives nothing here.
pub(super) fn role_rights(roles: &Value) -> Vec<RoleRights> {
    fn known<T: DeserializeOwned>(list: &Value) -> Vec<T> {
        let items = list.as_array().into_iter().flatten();
        items.filter_map(|item| serde_json::from_value(item.clone()).ok()).collect()
    }
    let roles = roles.as_array().into_iter().flatten();
    roles
        .map(|role| RoleRights {
            grants: known(&role["grants"]),
            personal: role["personal"].as_str().and_then(Right::from_word).unwrap_or(Right::None),
            fields: known(&role["fields"]),
        })
        .map(RoleRights::meaningful)
        .collect()
}
