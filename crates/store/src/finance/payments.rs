//! Payments. One that is posted counts for what it is allocated to, and one that is reversed does no longer.

use domain::finance::Payment;
use domain::finance::payments::PaymentStatus;
use schema::payments;

use super::allocation;
use crate::db::Tx;
use crate::error::Result;
use crate::table::prelude::*;

impl Stored for Payment {
    stored_in!(payments);

    async fn before_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        let data = &mut record.data;
        if before.is_none() && data.lines.is_empty() {
            allocation::begin(tx, data).await?;
        }
        let was_posted = before.is_some_and(|before| before.data.status == PaymentStatus::Posted);
        match data.status {
            PaymentStatus::Posted if !was_posted => allocation::count(tx, data).await,
            PaymentStatus::Reversed if was_posted => allocation::take_off(tx, data).await,
            _ => Ok(()),
        }
    }
}
