//! Tags.

use domain::relations::Tag;
use schema::tags;

use crate::table::prelude::*;

impl Stored for Tag {
    stored_in!(tags);

    const TEXTS: &'static [&'static str] = &["name"];

    fn texts(&self) -> Vec<Option<&str>> {
        vec![Some(&self.name)]
    }
}
