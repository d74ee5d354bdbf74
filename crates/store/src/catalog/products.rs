//! Products.

use domain::catalog::Product;
use schema::products;

use crate::table::prelude::*;

impl Stored for Product {
    stored_in!(products);

    const TEXTS: &'static [&'static str] = &["name", "code", "barcode"];

    fn texts(&self) -> Vec<Option<&str>> {
        vec![Some(&self.name), self.code.as_deref(), self.barcode.as_deref()]
    }
}
