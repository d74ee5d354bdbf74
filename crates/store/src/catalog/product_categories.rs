//! Product categories.

use domain::catalog::ProductCategory;
use schema::product_categories;

use crate::table::prelude::*;

impl Stored for ProductCategory {
    stored_in!(product_categories);

    const TEXTS: &'static [&'static str] = &["name"];

    fn texts(&self) -> Vec<Option<&str>> {
        vec![Some(&self.name)]
    }
}
