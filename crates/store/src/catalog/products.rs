//! Products.

use domain::catalog::Product;
use schema::products;

use crate::table::prelude::*;

impl Stored for Product {
    stored_in!(products);
}
