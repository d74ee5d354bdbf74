//! Customers. A search finds them by their contacts too.

use std::collections::HashMap;

use domain::relations::{Contact, Customer};
use schema::customers;

use super::contacts;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::search::{self, Match};
use crate::table::prelude::*;
use crate::table::{FoundBy, Unexplained};

impl Stored for Customer {
    stored_in!(customers, beside Contact);

    const FOUND_BY: Option<FoundBy> = Some(FoundBy::of::<Contact>("customer_id"));

    async fn before_merge(tx: &mut Tx<'_>, id: Uuid, others: &[Uuid]) -> Result<()> {
        contacts::leave_one_primary(tx, id, others).await
    }

    async fn why_beside(db: &Db, words: &Unexplained<'_>) -> Result<HashMap<Uuid, Vec<Match>>> {
        search::why_by_link::<Contact>(db, "customer_id", |contact| contact.customer_id.uuid(), words).await
    }
}
