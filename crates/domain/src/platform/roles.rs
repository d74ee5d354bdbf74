//! A role: a named set of permissions, row scopes and field rights. Its matrix is changed by an action of its own.

use serde::{Deserialize, Serialize};

use crate::field::{Field, Kind};
use crate::id::Id;
use crate::permission::Right;
use crate::resource::{Area, Resource};

pub type RoleId = Id<Role>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::roles, treat_none_as_null = true))]
pub struct Role {
    pub name: String,
    pub description: Option<String>,
    /// The right to personal fields where the role's field rights say nothing.
    pub personal: Right,
}

impl Default for Role {
    fn default() -> Self {
        Self { name: String::new(), description: None, personal: Right::Masked }
    }
}

impl Resource for Role {
    const NAME: &'static str = "roles";
    const AREA: Area = Area::Platform;
    const OWNED: bool = false;
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(60).filterable().sortable().listed().quick(),
        Field::new("description", Kind::Text).max(300).listed().quick(),
        Field::new("personal", Kind::Choice(Right::WORDS)).required().default("masked").listed(),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}
