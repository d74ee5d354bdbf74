//! Quotes, orders and contracts. What has come in for them only receipts tell.

use domain::sales::{Contract, Order, Quote};
use schema::{contracts, orders, quotes};

use super::owed;
use crate::db::Tx;
use crate::error::Result;
use crate::table::prelude::*;

impl Stored for Quote {
    stored_in!(quotes);
}

impl Stored for Order {
    stored_in!(orders);

    async fn before_write(_tx: &mut Tx<'_>, before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        owed::keep(before, record, "lines")
    }
}

impl Stored for Contract {
    stored_in!(contracts);

    async fn before_write(_tx: &mut Tx<'_>, before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        owed::keep(before, record, "amount")
    }
}
