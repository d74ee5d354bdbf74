//! Settings of the installation that live in the database.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use schema::settings;
use serde_json::Value;

use crate::error::Result;

/// Names this history of the database; see the migration that makes it.
pub async fn lineage(connection: &mut AsyncPgConnection) -> Result<String> {
    let value: Value = settings::table.find("lineage").select(settings::value).first(connection).await?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}
