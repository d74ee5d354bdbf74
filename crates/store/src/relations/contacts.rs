//! Contacts. One of a customer's is primary.

use domain::error::{Error, Fault};
use domain::relations::Contact;
use domain::resource::Resource;
use schema::contacts;

use super::contact_records;
use crate::db::Tx;
use crate::error::Result;
use crate::records::{self, family};
use crate::sql::Bind;
use crate::table::prelude::*;

impl Stored for Contact {
    stored_in!(contacts);

    async fn make_room(tx: &mut Tx<'_>, record: &Record<Self>) -> Result<()> {
        let (customer, id) = (record.data.customer_id.uuid(), record.stamp.id);
        // Whoever is primary already holds the only mark, and waits for nobody who comes to take it.
        if record.data.is_primary && primary(tx, customer).await? != Some(id) {
            wait_turn(tx, customer).await?;
            take_primary(tx, customer, id).await?;
        }
        Ok(())
    }

    async fn before_delete(tx: &mut Tx<'_>, id: Uuid, move_to: Option<Uuid>) -> Result<()> {
        match move_to {
            Some(successor) if contact_records::would_part(tx, id, successor).await? => {
                Err(Error::invalid(vec![Fault::new("move_to", "not_of_customer")]).into())
            }
            _ => Ok(()),
        }
    }
}

/// One at a time makes a contact of this customer primary, so that the second takes the mark from the first.
async fn wait_turn(tx: &mut Tx<'_>, customer_id: Uuid) -> Result<()> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtextextended('primary contact ' || $1::text, 0))")
        .bind::<diesel::sql_types::Uuid, _>(customer_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes the mark from the customer's present primary contact.
async fn take_primary(tx: &mut Tx<'_>, customer_id: Uuid, except: Uuid) -> Result<()> {
    if let Some(present) = primary(tx, customer_id).await?.filter(|present| *present != except) {
        records::touch::<Contact>(tx, present, |contact| contact.data.is_primary = false).await?;
    }
    Ok(())
}

/// The customer's primary contact.
async fn primary(tx: &mut Tx<'_>, customer_id: Uuid) -> Result<Option<Uuid>> {
    let of_customer = contacts::table.filter(contacts::customer_id.eq(customer_id));
    let primary = of_customer.filter(contacts::is_primary).filter(contacts::deleted_at.is_null());
    Ok(primary.select(contacts::id).first(&mut **tx).await.optional()?)
}

/// Of the primary contacts of several customers lets one be primary: the first customer's who has one.
pub(super) async fn leave_one_primary(tx: &mut Tx<'_>, customer: Uuid, others: &[Uuid]) -> Result<()> {
    let mut present = Vec::new();
    for one in [customer].iter().chain(others) {
        present.extend(primary(tx, *one).await?);
    }
    if present.len() < 2 {
        return Ok(());
    }
    let update = family::stamped(tx, Contact::TABLE).push(", is_primary = false where id = any(");
    let update = update.bind(Bind::Ids(present.split_off(1))).push(")").recurring();
    update.rows::<()>().execute(&mut **tx).await?;
    Ok(())
}
