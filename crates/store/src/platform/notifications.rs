//! Notifications. They are made by what happens elsewhere, each person once for one event and never for their own.

use std::collections::HashSet;

use domain::permission::{Action, Permission};
use domain::platform::notifications::Reason;
use domain::platform::{Comment, CommentId, Notification};
use schema::{notifications, users};

use super::on_behalf;
use crate::db::Tx;
use crate::error::Result;
use crate::records;
use crate::table::prelude::*;

impl Stored for Notification {
    stored_in!(notifications);
}

/// Tells people that a comment mentions them, as far as they see what it is about and were not told of it before.
pub(super) async fn mention(tx: &mut Tx<'_>, comment: &Record<Comment>, people: Vec<Uuid>) -> Result<()> {
    let known = notifications::table.filter(notifications::comment_id.eq(comment.stamp.id));
    let known: Vec<Option<Uuid>> = known.select(notifications::owner_id).load(&mut **tx).await?;
    let known: HashSet<Option<Uuid>> = known.into_iter().chain([comment.stamp.updated_by]).collect();
    let title = name_of_caller(tx).await?;
    for person in people.into_iter().filter(|person| !known.contains(&Some(*person))) {
        let data = Notification {
            title: title.clone(),
            reason: Reason::Mention,
            about_type: comment.data.about_type,
            about_id: comment.data.about_id,
            comment_id: Some(CommentId::new(comment.stamp.id)),
            ..Notification::default()
        };
        tell(tx, person, comment, data).await?;
    }
    Ok(())
}

/// Tells somebody of a record, unless they do not see it or may no longer sign in.
pub(super) async fn tell<R: Stored>(tx: &mut Tx<'_>, person: Uuid, of: &Record<R>, data: Notification) -> Result<()> {
    let Some(viewer) = on_behalf::of_user_in(tx, person).await? else { return Ok(()) };
    let Ok(rows) = viewer.rows(R::READ) else { return Ok(()) };
    if !records::reaches(tx, &rows, of).await? {
        return Ok(());
    }
    let stamp = records::new_stamp(tx, Some(person), None);
    records::make(tx, Record { stamp, data }).await
}

/// The same of a record that is known by its resource and its id.
pub(super) async fn tell_of(
    tx: &mut Tx<'_>,
    person: Uuid,
    (resource, id): (&str, Uuid),
    data: Notification,
) -> Result<()> {
    let Some(viewer) = on_behalf::of_user_in(tx, person).await? else { return Ok(()) };
    let Some(of) = domain::catalogue::find(resource) else { return Ok(()) };
    let rows = viewer.rows(Permission::new(of.name, Action::Read)).ok();
    if !records::exists(tx, of.name, id, rows).await? {
        return Ok(());
    }
    let stamp = records::new_stamp(tx, Some(person), None);
    records::make(tx, Record { stamp, data }).await
}

/// People are told of by their names, whoever may list them.
async fn name_of_caller(tx: &mut Tx<'_>) -> Result<String> {
    let Some(user) = tx.db().user_id() else { return Ok("-".to_owned()) };
    Ok(users::table.find(user).select(users::name).first(&mut **tx).await?)
}
