//! Duplicate rules.

use domain::relations::DuplicateRule;
use schema::duplicate_rules;

use crate::table::prelude::*;

impl Stored for DuplicateRule {
    stored_in!(duplicate_rules);
}
