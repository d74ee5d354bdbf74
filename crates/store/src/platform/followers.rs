//! Followers: whoever follows a record is told when others change it or speak of it, once until they have looked.
//!
//! What happened is read from the end of the change log, up to the oldest transaction that still runs, so that nothing
//! committed late is missed. How far it was read stands in the schedule of the work.

use diesel::sql_types::{BigInt, Nullable, Text};
use domain::error::Code;
use domain::permission::{Action, Permission};
use domain::platform::Notification;
use domain::platform::comments::SpokenOf;
use domain::platform::notifications::Reason;
use schema::{followers, users};
use serde_json::json;

use super::notifications;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records;
use crate::table::prelude::*;

/// The kind of work under which the house looks.
pub const KIND: &str = "followers";

/// Whether records of a resource can be followed: people can be told of them.
pub fn can_be_followed(resource: &str) -> bool {
    SpokenOf::WORDS.contains(&resource)
}

/// Whether the caller follows a record.
pub async fn is_following(db: &Db, id: Uuid) -> Result<bool> {
    let Some(user) = db.user_id() else { return Ok(false) };
    let row = followers::table.find((id, user)).select(followers::record_id);
    let found: Option<Uuid> = row.first(&mut *db.read().await?).await.optional()?;
    Ok(found.is_some())
}

/// Makes the caller follow a record that he sees, or no longer follow it.
pub async fn set(tx: &mut Tx<'_>, resource: &'static str, id: Uuid, follows: bool) -> Result<()> {
    let Some(user) = tx.db().user_id() else { return Ok(()) };
    let rows = tx.db().rows(Permission::new(resource, Action::Read)).ok();
    if !records::exists(tx, resource, id, rows).await? {
        return Err(Code::NotFound.into());
    }
    if follows {
        let values = (followers::record_id.eq(id), followers::user_id.eq(user), followers::resource.eq(resource));
        diesel::insert_into(followers::table).values(values).on_conflict_do_nothing().execute(&mut **tx).await?;
    } else {
        diesel::delete(followers::table.find((id, user))).execute(&mut **tx).await?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct News {
    #[diesel(sql_type = Text)]
    resource: String,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    record_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    user_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    actor_id: Uuid,
}

#[derive(QueryableByName)]
struct Stretch {
    /// Where the last look ended; nowhere before the first.
    #[diesel(sql_type = Nullable<BigInt>)]
    from: Option<i64>,
    /// Where transactions begin that may still run.
    #[diesel(sql_type = BigInt)]
    until: i64,
}

/// Tells everybody of what happened since the last look to what they follow.
pub async fn run(db: &Db) -> Result<()> {
    db.write(async |tx| {
        // Held until the end: of two processes the second looks at what came after the first.
        let stretch = "select (payload ->> 'from')::bigint as \"from\", \
                       pg_snapshot_xmin(pg_current_snapshot())::text::bigint as \"until\" \
                       from schedules where kind = $1 for update";
        let stretch: Option<Stretch> =
            diesel::sql_query(stretch).bind::<Text, _>(KIND).get_result(&mut **tx).await.optional()?;
        let Some(Stretch { from, until }) = stretch else { return Ok(()) };
        if let Some(from) = from {
            for news in news(tx, from, until).await? {
                tell(tx, news).await?;
            }
        }
        diesel::sql_query("update schedules set payload = $1 where kind = $2")
            .bind::<diesel::sql_types::Jsonb, _>(json!({ "from": until }))
            .bind::<Text, _>(KIND)
            .execute(&mut **tx)
            .await?;
        Ok(())
    })
    .await
}

async fn news(tx: &mut Tx<'_>, from: i64, until: i64) -> Result<Vec<News>> {
    let query = diesel::sql_query(include_str!("news_of_followers.sql"));
    Ok(query.bind::<BigInt, _>(from).bind::<BigInt, _>(until).load(&mut **tx).await?)
}

async fn tell(tx: &mut Tx<'_>, news: News) -> Result<()> {
    let title = users::table.find(news.actor_id).select(users::name).first(&mut **tx).await.optional()?;
    let data = Notification {
        title: title.unwrap_or_else(|| "-".to_owned()),
        reason: Reason::Followed,
        about_type: SpokenOf::from_word(&news.resource),
        about_id: Some(news.record_id),
        ..Notification::default()
    };
    notifications::tell_of(tx, news.user_id, (&news.resource, news.record_id), data).await
}
