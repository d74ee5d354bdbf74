//! Customer types.

use domain::relations::CustomerType;
use schema::customer_types;

use crate::table::prelude::*;

impl Stored for CustomerType {
    stored_in!(customer_types);

    const TEXTS: &'static [&'static str] = &["name"];

    fn texts(&self) -> Vec<Option<&str>> {
        vec![Some(&self.name)]
    }
}
