//! Attachments. A file comes in by parts that nobody sees, and belongs to its record once it is whole.

use chrono::TimeDelta;
use domain::check;
use domain::error::{Code, Error};
use domain::permission::{Action, Permission};
use domain::platform::Attachment;
use domain::platform::attachments::kept_name;
use domain::platform::comments::SpokenOf;
use domain::platform::operations::FileKind;
use domain::resource::Resource;
use schema::{attachments, files as file_rows};
use serde_json::Map;

use super::files;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records::{self, Seen, Shown};
use crate::table::prelude::*;

/// A file whose sender fell silent is kept no longer.
const UNFINISHED: TimeDelta = TimeDelta::hours(1);

impl Stored for Attachment {
    stored_in!(attachments);
}

/// The record that a file is to belong to.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub resource: &'static str,
    pub id: Uuid,
}

/// What is known of a file once it is whole.
pub struct Whole {
    pub size: i64,
    pub media_type: &'static str,
    pub sha256: String,
}

/// Whether the caller may add files to a record; one that he does not see is not found.
pub async fn refuse_addition(tx: &mut Tx<'_>, to: Subject) -> Result<()> {
    for (action, code) in [(Action::Read, Code::NotFound), (Action::Update, Code::Forbidden)] {
        let rows = tx.db().rows(Permission::new(to.resource, action)).ok();
        if !records::exists(tx, to.resource, to.id, rows).await? {
            return Err(code.into());
        }
    }
    Ok(())
}

/// A file that is coming in for a record. Its name is what is wrong with it, if anything.
pub async fn begin(tx: &mut Tx<'_>, to: Subject, name: &str) -> Result<Uuid> {
    refuse_addition(tx, to).await?;
    let name = kept_name(name);
    let body = Map::from_iter([("name".to_owned(), name.as_str().into())]);
    check::own::create::<Attachment>(&body, tx.now()).map_err(Error::invalid)?;
    files::create(tx, FileKind::Attachment, &name, "", UNFINISHED).await
}

/// The file is whole: from now on it belongs to the record, if that is still the caller's to change.
pub async fn finish(tx: &mut Tx<'_>, id: Uuid, to: Subject, name: &str, whole: Whole) -> Result<Shown> {
    refuse_addition(tx, to).await?;
    let data = Attachment {
        name: kept_name(name),
        media_type: Some(whole.media_type.to_owned()),
        size: Some(whole.size),
        sha256: Some(whole.sha256),
        about_type: SpokenOf::from_word(to.resource),
        about_id: Some(to.id),
    };
    let stamp = Stamp { id, ..records::new_stamp(tx, None, None) };
    files::expire_in(tx, id, FOR_GOOD).await?;
    let record = Record { stamp, data };
    records::make(tx, record.clone()).await?;
    Shown::whole(tx.db(), &records::see_one(tx.db(), record)?)
}

/// As long as its attachment is there.
const FOR_GOOD: TimeDelta = TimeDelta::days(365 * 1000);

/// Forgets a file that did not come in whole. If it is about to belong to its record, this waits and leaves it alone.
pub async fn abandon(db: &Db, id: Uuid) -> Result<()> {
    db.write(async |tx| {
        let soon = tx.now() + UNFINISHED + UNFINISHED;
        let unfinished = file_rows::table.find(id).filter(file_rows::expires_at.lt(soon));
        diesel::delete(unfinished).execute(&mut **tx).await?;
        Ok(())
    })
    .await
}

/// The permission without which nobody fetches a file.
pub const READ: Permission = Attachment::READ;

/// An attachment that the caller may fetch.
pub async fn find(db: &Db, id: Uuid) -> Result<Seen<Attachment>> {
    records::find::<Attachment>(db, id).await
}
