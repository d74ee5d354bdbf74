//! Comments. Whoever is mentioned in one is told of it.

use domain::platform::Comment;
use domain::platform::comments::mentioned;
use schema::comments;

use super::notifications;
use crate::db::Tx;
use crate::error::Result;
use crate::table::prelude::*;

impl Stored for Comment {
    stored_in!(comments);

    async fn after_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, written: &[Record<Self>]) -> Result<()> {
        let known = before.map(|before| mentioned(&before.data.text)).unwrap_or_default();
        for comment in written {
            let people = mentioned(&comment.data.text).into_iter().filter(|person| !known.contains(person)).collect();
            notifications::mention(tx, comment, people).await?;
        }
        Ok(())
    }
}
