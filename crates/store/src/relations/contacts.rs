//! Contacts. One of a customer's is primary.

use domain::relations::Contact;
use schema::contacts;

use crate::db::Tx;
use crate::error::Result;
use crate::records;
use crate::table::prelude::*;

impl Stored for Contact {
    stored_in!(contacts);

    const TEXTS: &'static [&'static str] = &["name"];

    fn texts(&self) -> Vec<Option<&str>> {
        vec![Some(&self.name)]
    }

    async fn make_room(tx: &mut Tx<'_>, record: &Record<Self>) -> Result<()> {
        if record.data.is_primary {
            take_primary(tx, record.data.customer_id.uuid(), record.stamp.id).await?;
        }
        Ok(())
    }
}

/// Takes the mark from the customer's present primary contact.
async fn take_primary(tx: &mut Tx<'_>, customer_id: Uuid, except: Uuid) -> Result<()> {
    let present: Option<Uuid> = contacts::table
        .filter(contacts::customer_id.eq(customer_id))
        .filter(contacts::is_primary)
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::id.ne(except))
        .select(contacts::id)
        .first(&mut **tx)
        .await
        .optional()?;
    if let Some(present) = present {
        records::touch::<Contact>(tx, present, |contact| contact.data.is_primary = false).await?;
    }
    Ok(())
}
