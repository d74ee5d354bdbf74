//! Customer types.

use domain::relations::CustomerType;
use schema::customer_types;

use crate::table::prelude::*;

impl Stored for CustomerType {
    stored_in!(customer_types);
}
