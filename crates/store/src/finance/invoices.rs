//! Invoices. A new one is made out to whom the last of its customer was; a red-letter one is what it negates, turned.

use domain::error::{Code, Error, Fault};
use domain::finance::Invoice;
use domain::finance::invoices::InvoiceStatus;
use rust_decimal::Decimal;
use schema::{customers, invoices};

use crate::db::Tx;
use crate::error::Result;
use crate::records;
use crate::sales::owed;
use crate::table::prelude::*;

impl Stored for Invoice {
    stored_in!(invoices);

    async fn before_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        let data = &mut record.data;
        let is_issued = |status| status == InvoiceStatus::Issued;
        let goes_out = is_issued(data.status) && before.is_none_or(|before| !is_issued(before.data.status));
        match data.corrects_id {
            Some(other) if before.is_none() || goes_out => negate(tx, data, other.uuid(), goes_out).await?,
            None if before.is_none() => make_out(tx, data).await?,
            _ => {}
        }
        owed::keep(before, record, "lines")
    }
}

/// Makes an invoice negate another; once it goes out the other says so. What money came in for is not negated under it.
async fn negate(tx: &mut Tx<'_>, red: &mut Invoice, other: Uuid, goes_out: bool) -> Result<()> {
    let refused = |code: &str| Err(Error::at(Code::Conflict, Fault::field("corrects_id", code)).into());
    let Some(Locked { record, deleted_at: None }) = Invoice::lock(tx, other).await? else {
        return refused("not_found");
    };
    let other = record.data;
    if !other.is_red() && other.status == InvoiceStatus::Issued {
        red.negate(&other, Uuid::now_v7);
    } else if goes_out {
        return refused("wrong_state");
    }
    if !goes_out {
        return Ok(());
    }
    if other.received > Decimal::ZERO {
        return refused("has_receipts");
    }
    records::touch::<Invoice>(tx, record.stamp.id, |record| {
        record.data.status = InvoiceStatus::Corrected;
        record.data.add_up();
    })
    .await
}

/// Fills in whom an invoice is made out to, as far as it does not say: as the last that went to the customer.
async fn make_out(tx: &mut Tx<'_>, invoice: &mut Invoice) -> Result<()> {
    let customer = invoice.customer_id.uuid();
    let last: Option<Invoice> = invoices::table
        .filter(invoices::customer_id.eq(customer))
        .filter(invoices::deleted_at.is_null())
        .filter(invoices::title.is_not_null())
        .order(invoices::created_at.desc())
        .select(Invoice::as_select())
        .first(&mut **tx)
        .await
        .optional()?;
    let of = customers::table.find(customer);
    let of = of.select((customers::name, customers::credit_code, customers::address));
    let (name, code, address): (String, Option<String>, Option<String>) = of.first(&mut **tx).await?;
    let last = last.unwrap_or_else(|| Invoice { title: Some(name), tax_id: code, address, ..Invoice::default() });
    let fill = |here: &mut Option<String>, there: Option<String>| {
        if here.is_none() {
            *here = there;
        }
    };
    fill(&mut invoice.title, last.title);
    fill(&mut invoice.tax_id, last.tax_id);
    fill(&mut invoice.bank, last.bank);
    fill(&mut invoice.bank_account, last.bank_account);
    fill(&mut invoice.address, last.address);
    fill(&mut invoice.phone, last.phone);
    Ok(())
}
