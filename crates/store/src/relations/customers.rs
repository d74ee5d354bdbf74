//! Customers. Their contacts go with them when they are deleted, and come back with them.

use domain::relations::{Contact, Customer};
use schema::{contacts, customers};

use crate::db::Tx;
use crate::error::Result;
use crate::records;
use crate::table::prelude::*;

impl Stored for Customer {
    stored_in!(customers);

    fn search_text(&self) -> Option<String> {
        Some(match &self.short_name {
            Some(short_name) => format!("{} {short_name}", self.name),
            None => self.name.clone(),
        })
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
