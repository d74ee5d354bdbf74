//! Contact records. The latest one of a customer says when to speak with it again.

use diesel::sql_types::{Bool, Uuid as SqlUuid};
use domain::error::{Error, Fault};
use domain::relations::{ContactRecord, Customer};
use domain::resource::Resource;
use schema::{contact_records, contacts, opportunities};

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records;
use crate::sql::{Bind, Sql};
use crate::table::prelude::*;

impl Stored for ContactRecord {
    stored_in!(contact_records);

    /// Nobody writes a record down without a moment; see the constraint.
    fn nullable(key: &str) -> bool {
        !matches!(key, "id" | "created_at" | "updated_at" | "happened_at" | "kind" | "subject" | "customer_id")
    }

    async fn before_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        let named = |record: &Record<Self>| {
            let data = &record.data;
            [
                ("contact_id", data.contact_id.map(|id| id.uuid())),
                ("opportunity_id", data.opportunity_id.map(|id| id.uuid())),
            ]
        };
        let of = |record: &Record<Self>| record.data.customer_id;
        let mut faults = Vec::new();
        for (place, (field, id)) in named(record).into_iter().enumerate() {
            // Whoever moves on to another customer has still spoken for the earlier one.
            let known = before.is_some_and(|before| of(before) == of(record) && named(before)[place].1 == id);
            let Some(id) = id.filter(|_| !known) else { continue };
            if customer_of(tx, field, id).await? != Some(of(record).uuid()) {
                faults.push(Fault::field(field, "not_of_customer"));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults).into()) }
    }

    async fn after_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, written: &[Record<Self>]) -> Result<()> {
        let planned = before.and_then(|before| before.data.next_contact_on);
        let plans = |record: &&Record<Self>| record.data.next_contact_on.is_some_and(|day| Some(day) != planned);
        let planning: Vec<&Record<Self>> = written.iter().filter(plans).collect();
        if planning.is_empty() {
            return Ok(());
        }
        let latest = latest(tx, planning.iter().map(|record| record.data.customer_id.uuid()).collect()).await?;
        // In the order of their ids, in which everybody locks customers.
        for (customer, id) in latest {
            let day = planning.iter().find(|record| record.stamp.id == id).and_then(|one| one.data.next_contact_on);
            if day.is_some() {
                let db = tx.db().clone();
                let plan = |customer: &mut Record<Customer>| {
                    if may_plan(&db, &customer.stamp) {
                        customer.data.next_contact_on = day;
                    }
                };
                records::touch::<Customer>(tx, customer, plan).await?;
            }
        }
        Ok(())
    }
}

/// The customer of what a contact record names besides.
async fn customer_of(tx: &mut Tx<'_>, field: &str, id: Uuid) -> Result<Option<Uuid>> {
    let customer = match field {
        "contact_id" => contacts::table.find(id).select(contacts::customer_id).first(&mut **tx).await,
        _ => opportunities::table.find(id).select(opportunities::customer_id).first(&mut **tx).await,
    };
    Ok(customer.optional()?)
}

/// Whether the caller could write the day himself. Otherwise it stands in the contact record alone.
fn may_plan(db: &Db, customer: &Stamp) -> bool {
    records::refuse_foreign(db, Customer::UPDATE, customer).is_ok()
        && records::writes::<Customer>(db, Customer::UPDATE, Some(customer), "next_contact_on")
}

/// The latest contact record of each customer.
async fn latest(tx: &mut Tx<'_>, customers: Vec<Uuid>) -> Result<Vec<(Uuid, Uuid)>> {
    let query = Sql::new("select chosen.id, latest.id from (select distinct id from unnest(")
        .bind(Bind::Ids(customers))
        .push(
            ") as ids (id)) chosen, lateral (select id from contact_records where customer_id = chosen.id \
             and deleted_at is null order by happened_at desc, id desc limit 1) latest order by chosen.id",
        )
        .recurring();
    Ok(query.rows::<(SqlUuid, SqlUuid)>().load(&mut **tx).await?)
}

/// Whether a contact who is to take another's place is of another customer although there are records of talks with them.
pub(super) async fn would_part(tx: &mut Tx<'_>, contact: Uuid, successor: Uuid) -> Result<bool> {
    let query = Sql::new("select exists (select 1 from contact_records join contacts on contacts.id = ")
        .bind(Bind::Id(successor))
        .push(" where contact_records.contact_id = ")
        .bind(Bind::Id(contact))
        .push(" and contact_records.customer_id <> contacts.customer_id)")
        .recurring();
    Ok(query.rows::<Bool>().get_result(&mut **tx).await?)
}
