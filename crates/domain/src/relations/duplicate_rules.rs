//! A duplicate rule: what it means that a record is like another in one way.

use serde::{Deserialize, Serialize};

use crate::catalogue::NAMES;
use crate::duplicates::{Likeness, Strength};
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::resource::{Area, Resource, Verb};

pub type DuplicateRuleId = Id<DuplicateRule>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::duplicate_rules, treat_none_as_null = true))]
pub struct DuplicateRule {
    pub name: String,
    /// Whose records are compared when they are written.
    pub resource: String,
    /// By what.
    pub likeness: Likeness,
    /// Among whose records one looks for others.
    pub among: String,
    pub strength: Strength,
}

impl Default for DuplicateRule {
    fn default() -> Self {
        Self {
            name: String::new(),
            resource: String::new(),
            likeness: Likeness::Name,
            among: String::new(),
            strength: Strength::Off,
        }
    }
}

impl Resource for DuplicateRule {
    const NAME: &'static str = "duplicate-rules";
    const TABLE: &'static str = "duplicate_rules";
    const AREA: Area = Area::Relations;
    const OWNED: bool = false;
    /// There is one for each way in which two records may be one.
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Find, Verb::Update];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(80).filterable().sortable().listed(),
        Field::new("resource", Kind::Choice(NAMES)).required().read_only().filterable().listed(),
        Field::new("likeness", Kind::Choice(Likeness::WORDS))
            .required()
            .default("name")
            .read_only()
            .filterable()
            .listed(),
        Field::new("among", Kind::Choice(NAMES)).required().read_only().filterable().listed(),
        Field::new("strength", Kind::Choice(Strength::WORDS)).required().default("off").filterable().listed(),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}
