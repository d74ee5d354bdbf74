//! What a database needs before anybody can sign in: the shipped roles, the limits of sessions, and a link for the first
//! administrator.

use anyhow::Result;
use store::Store;
use store::platform::settings::{self, Times};
use store::platform::{roles, setup};
use store::sales::pipelines;

/// Brings in the roles of this version, and what else a house begins with. Safe at every start, of several processes at once too.
pub async fn prepare(store: &Store) -> Result<()> {
    let db = store.system("first start");
    let shipped = db.write(async |tx| {
        roles::ship(tx).await?;
        pipelines::ship(tx).await
    });
    Ok(shipped.await?)
}

/// Tells all processes of the database how long people stay signed in, as this server is configured.
pub async fn keep_times(store: &Store, times: Times) -> Result<()> {
    Ok(store.system("configuration").write(async |tx| settings::keep_times(tx, times).await).await?)
}

/// A link that makes the first administrator, while there is none. Earlier links stop working.
pub async fn setup_link(store: &Store, public_url: &str) -> Result<Option<String>> {
    let db = store.system("first start");
    if !setup::is_needed(&db).await? {
        return Ok(None);
    }
    let token = db.write(async |tx| setup::replace_link(tx).await).await?;
    Ok(Some(format!("{public_url}/setup?token={token}")))
}
