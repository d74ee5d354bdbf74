//! Customer types.

use domain::relations::CustomerType;
use schema::customer_types;

use crate::table::prelude::*;

impl Stored for CustomerType {
    stored_in!(customer_types);

    fn search_text(&self) -> Option<String> {
        Some(self.name.clone())
    }
}
