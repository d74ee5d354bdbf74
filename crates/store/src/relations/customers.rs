//! Customers. Their contacts go with them when they are deleted, and come back with them; a search finds them by these
//! too.

use std::collections::HashMap;

use domain::relations::{Contact, Customer};
use schema::{contacts, customers};

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records;
use crate::search::{self, Match};
use crate::table::prelude::*;
use crate::table::{FoundBy, Unexplained};

impl Stored for Customer {
    stored_in!(customers, beside Contact);

    const TEXTS: &'static [&'static str] = &["name", "short_name"];

    fn texts(&self) -> Vec<Option<&str>> {
        vec![Some(&self.name), self.short_name.as_deref()]
    }

    const FOUND_BY: Option<FoundBy> = Some(FoundBy::of::<Contact>("customer_id"));

    async fn why_beside(db: &Db, words: &Unexplained<'_>) -> Result<HashMap<Uuid, Vec<Match>>> {
        search::why_by_link::<Contact>(db, "customer_id", |contact| contact.customer_id.uuid(), words).await
    }

    async fn before_write(tx: &mut Tx<'_>, record: &mut Record<Self>) -> Result<()> {
        records::refuse_cycle(tx, "customers", record.stamp.id, record.data.parent_id.map(|parent| parent.uuid())).await
    }

    async fn after_assign(tx: &mut Tx<'_>, stamp: &Stamp) -> Result<()> {
        let ids: Vec<Uuid> = contacts::table
            .filter(contacts::customer_id.eq(stamp.id))
            .filter(contacts::deleted_at.is_null())
            .select(contacts::id)
            .load(&mut **tx)
            .await?;
        for id in ids {
            records::follow_owner::<Contact>(tx, id, stamp).await?;
        }
        Ok(())
    }

    async fn after_delete(tx: &mut Tx<'_>, record: &Record<Self>, deletion: Deletion) -> Result<()> {
        let of_customer = contacts::table.filter(contacts::customer_id.eq(record.stamp.id)).select(contacts::id);
        let ids: Vec<Uuid> = match deletion {
            Deletion::Done => of_customer.filter(contacts::deleted_at.is_null()).load(&mut **tx).await?,
            // Those that were deleted in the same transaction carry the same moment.
            Deletion::Undone(at) => of_customer.filter(contacts::deleted_at.eq(at)).load(&mut **tx).await?,
        };
        for id in ids {
            records::set_deleted::<Contact>(tx, id, matches!(deletion, Deletion::Done)).await?;
        }
        Ok(())
    }
}
