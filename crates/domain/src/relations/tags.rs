//! A tag: a word in a colour that people put on records, such as 重点 or 展会 2026. Records name their tags by id, so a
//! tag that is renamed is renamed everywhere, and one that gives way to another is merged with it.

use serde::{Deserialize, Serialize};

use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::resource::{Area, Resource};
use crate::text::items;

pub type TagId = Id<Tag>;

choice! {
    /// What a tag looks like; the screens have a light and a dark tone of each.
    pub enum TagColour {
        Grey = "grey",
        Red = "red",
        Orange = "orange",
        Yellow = "yellow",
        Green = "green",
        Cyan = "cyan",
        Blue = "blue",
        Purple = "purple",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::tags, treat_none_as_null = true))]
pub struct Tag {
    pub name: String,
    pub colour: TagColour,
    pub description: Option<String>,
}

impl Default for Tag {
    fn default() -> Self {
        Self { name: String::new(), colour: TagColour::Grey, description: None }
    }
}

impl Resource for Tag {
    const NAME: &'static str = "tags";
    const AREA: Area = Area::Relations;
    const OWNED: bool = false;
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("name");
    const COLOUR: Option<&'static str> = Some("colour");
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(40).filterable().sortable().listed().quick(),
        Field::new("colour", Kind::Choice(TagColour::WORDS)).required().default("grey").filterable().listed().quick(),
        Field::new("description", Kind::Text).max(300).listed().quick(),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        // A cell of a file holds several names.
        if items::is_one(&self.name) { Vec::new() } else { vec![Fault::field("name", "separator")] }
    }
}
