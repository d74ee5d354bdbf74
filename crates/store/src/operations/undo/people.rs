//! The people of the demo data who stay: nobody signs in as one of them any more.

use std::collections::HashSet;

use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use domain::platform::User;
use domain::platform::users::UserStatus;
use domain::resource::Resource;
use serde_json::Value;
use uuid::Uuid;

use super::Undoing;
use crate::db::Tx;
use crate::error::Result;
use crate::history;
use crate::operations::{self, Kind, Outcome, RowResult};
use crate::records::uses::{self, Children};
use crate::records::{self, IfMatch};
use crate::sql::{Bind, Sql};

/// Disables the people whom the demo data brought and who did not go with it, because somebody changed them or something
/// hangs on them, and ends their sessions. The last step of an undo; of other operations it does nothing.
pub async fn dismiss(tx: &mut Tx<'_>, undoing: &Undoing, first: i64) -> Result<Vec<RowResult>> {
    if operations::find_in(tx, undoing.operation).await?.kind != Kind::Seed {
        return Ok(Vec::new());
    }
    let mut results = Vec::new();
    for (id, row) in staying(tx, undoing).await?.into_iter().zip(first..) {
        let patch = [("status".to_owned(), Value::from(UserStatus::Disabled.word()))].into_iter().collect();
        let disable = async |tx: &mut Tx<'_>| records::update::<User>(tx, id, &IfMatch::Any, &patch).await;
        results.push(match tx.savepoint(disable).await {
            Ok(_) => RowResult::new(row, Some(id), Outcome::Updated),
            Err(crate::Error::Refused(error)) => RowResult::refused(row, Some(id), error),
            Err(error) => return Err(error),
        });
    }
    Ok(results)
}

/// Those who can still sign in when all else is taken back.
async fn staying(tx: &mut Tx<'_>, undoing: &Undoing) -> Result<Vec<Uuid>> {
    let query = Sql::new("select users.id from changes join users on users.id = changes.record_id where operation_id = ")
        .bind(Bind::Id(undoing.operation))
        .push(" and resource = 'users' and operation = 'create' and deleted_at is null and status = 'active' order by users.id")
        .recurring();
    let mut people: Vec<Uuid> = query.rows::<SqlUuid>().load(&mut **tx).await?;
    if undoing.dry_run {
        let of = tx.db().definition::<User>();
        let untouched = history::last_changed_by(tx, User::NAME, &people, &undoing.ours(tx)).await?;
        let used = uses::of(tx, of, &people, Children::Stay, &undoing.settled(tx)).await?;
        let goes: HashSet<Uuid> = people.iter().copied().filter(|id| !used.contains_key(id)).collect();
        people.retain(|id| !(goes.contains(id) && (undoing.changed_too || untouched.contains(id))));
    }
    Ok(people)
}
