//! Contacts. They belong to whoever owns their customer, and one of them is primary.

use domain::error::{Code, Fault};
use domain::relations::Contact;
use schema::{contacts, customers};

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

    async fn before_write(tx: &mut Tx<'_>, record: &mut Record<Self>) -> Result<()> {
        let customer_id = record.data.customer_id.uuid();
        let owner: Option<(Option<Uuid>, Option<Uuid>)> = customers::table
            .find(customer_id)
            .filter(customers::deleted_at.is_null())
            .select((customers::owner_id, customers::department_id))
            .first(&mut **tx)
            .await
            .optional()?;
        let Some(owner) = owner else {
            return Err(domain::Error::at(Code::Invalid, Fault::field("customer_id", "not_found")).into());
        };
        (record.stamp.owner_id, record.stamp.department_id) = owner;
        if record.data.is_primary {
            take_primary(tx, customer_id, record.stamp.id).await?;
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
