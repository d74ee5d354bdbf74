//! Numbering rules.

use domain::platform::NumberRule;
use schema::number_rules;

use crate::table::prelude::*;

impl Stored for NumberRule {
    stored_in!(number_rules);
}
