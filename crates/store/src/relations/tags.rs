//! Tags.

use domain::relations::Tag;
use schema::tags;

use crate::table::prelude::*;

impl Stored for Tag {
    stored_in!(tags);
}
