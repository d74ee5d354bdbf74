//! Users.

use domain::platform::User;
use schema::users;

use crate::db::Tx;
use crate::error::Result;
use crate::table::prelude::*;

impl Stored for User {
    stored_in!(users);
}

/// The department of a person, which the records they own belong to.
pub(crate) async fn department(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<Uuid>> {
    let department = users::table.find(user_id).select(users::department_id).first(&mut **tx).await.optional()?;
    Ok(department.flatten())
}
