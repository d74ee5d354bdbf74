//! Can this process work with its database right now?

use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel_async::RunQueryDsl;

use crate::db::Store;
use crate::error::Result;
use crate::migrate;

impl Store {
    /// Whether the database can be written and has the schema that this version expects, or a newer one: during a
    /// rolling upgrade the next version has brought it further already.
    pub async fn is_ready(&self) -> Result<bool> {
        let db = self.system("readiness");
        let mut connection = db.read().await?;
        let writable = diesel::select(sql::<Bool>("not pg_is_in_recovery()")).get_result::<bool>(&mut *connection);
        if !writable.await? {
            return Ok(false);
        }
        let newest = sql::<Nullable<Text>>("(select max(version) from __diesel_schema_migrations)");
        let newest: Option<String> = diesel::select(newest).get_result(&mut *connection).await?;
        Ok(newest >= migrate::newest())
    }
}
