//! Product categories.

use domain::catalog::ProductCategory;
use schema::product_categories;

use crate::table::prelude::*;

impl Stored for ProductCategory {
    stored_in!(product_categories);
}
