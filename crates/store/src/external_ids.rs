//! The names of records in other systems, unique in each. Only records that are present hold theirs, so that what was
//! deleted can come in again.

use std::collections::HashMap;

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::resource::Stamp;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::sql::{Bind, Sql};

/// Writes down what other systems call these records; a name that another record bears is refused.
pub async fn remember(tx: &mut Tx<'_>, resource: &str, stamps: &[&Stamp]) -> Result<()> {
    let (mut systems, mut names, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for stamp in stamps {
        for (system, name) in &stamp.external_ids.0 {
            systems.push(system.clone());
            names.push(name.clone());
            records.push(stamp.id);
        }
    }
    if records.is_empty() {
        return Ok(());
    }
    let insert = Sql::new("insert into external_ids (resource, system, external_id, record_id) select ")
        .bind(Bind::Text(resource.to_owned()))
        .push(", * from unnest(")
        .bind(Bind::Texts(systems))
        .push(", ")
        .bind(Bind::Texts(names))
        .push(", ")
        .bind(Bind::Ids(records))
        .push(")")
        .recurring();
    insert.rows::<()>().execute(&mut **tx).await?;
    Ok(())
}

pub async fn forget(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    let delete = Sql::new("delete from external_ids where record_id = any(").bind(Bind::Ids(ids.to_vec())).push(")");
    delete.recurring().rows::<()>().execute(&mut **tx).await?;
    Ok(())
}

/// The records that a system knows by these names.
pub async fn find(
    connection: &mut AsyncPgConnection,
    resource: &str,
    system: &str,
    names: Vec<String>,
) -> Result<HashMap<String, Uuid>> {
    let query = Sql::new("select external_id, record_id from external_ids where resource = ")
        .bind(Bind::Text(resource.to_owned()))
        .push(" and system = ")
        .bind(Bind::Text(system.to_owned()))
        .push(" and external_id = any(")
        .bind(Bind::Texts(names))
        .push(")")
        .recurring();
    let rows: Vec<(String, Uuid)> = query.rows::<(Text, SqlUuid)>().load(connection).await?;
    Ok(rows.into_iter().collect())
}
