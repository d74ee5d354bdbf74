//! Quotes, orders and contracts, which follow no rules beyond those of the domain.

use domain::sales::{Contract, Order, Quote};
use schema::{contracts, orders, quotes};

use crate::table::prelude::*;

impl Stored for Quote {
    stored_in!(quotes);
}

impl Stored for Order {
    stored_in!(orders);
}

impl Stored for Contract {
    stored_in!(contracts);
}
