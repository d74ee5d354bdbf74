//! Leads. One that is converted becomes a customer, a contact and, if it has a name, an opportunity, all at once or not
//! at all.

use domain::relations::leads::LeadStatus;
use domain::relations::{Contact, ContactId, Customer, CustomerId, Lead};
use domain::sales::{Opportunity, OpportunityId};
use schema::leads;
use serde_json::{Map, Value};

use crate::db::Tx;
use crate::error::Result;
use crate::records;
use crate::table::prelude::*;

impl Stored for Lead {
    stored_in!(leads);

    async fn before_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        let is_converted = record.data.status == LeadStatus::Converted;
        match before {
            Some(before) if is_converted && before.data.status != LeadStatus::Converted => convert(tx, record).await,
            _ => Ok(()),
        }
    }
}

async fn convert(tx: &mut Tx<'_>, record: &mut Record<Lead>) -> Result<()> {
    let from = tx.db().definition::<Lead>();
    let mut lead = match serde_json::to_value(&*record) {
        Ok(Value::Object(lead)) => lead,
        _ => Map::new(),
    };
    // What the caller may not read in full is not known to him, and so goes nowhere he could read it.
    let lens = records::lenses::<Lead>(tx.db()).at(&record.stamp);
    lead.retain(|key, _| lens.shows(key));
    let is_known = record.data.customer_id.is_some();
    let customer = match record.data.customer_id {
        Some(customer) => customer,
        None => {
            let body = record.data.customer(from, &lead, tx.db().definition::<Customer>());
            CustomerId::new(records::create::<Customer>(tx, &body).await?.stamp().id)
        }
    };
    record.data.customer_id = Some(customer);
    let named = Value::String(customer.uuid().to_string());
    if record.data.contact_id.is_none() && (is_known || record.data.company.is_some()) {
        let body = record.data.contact(from, &lead, tx.db().definition::<Contact>(), named.clone());
        record.data.contact_id = Some(ContactId::new(records::create::<Contact>(tx, &body).await?.stamp().id));
    }
    if let (None, Some(body)) = (record.data.opportunity_id, record.data.opportunity(named)) {
        let made = records::create::<Opportunity>(tx, &body).await?;
        record.data.opportunity_id = Some(OpportunityId::new(made.stamp().id));
    }
    Ok(())
}
