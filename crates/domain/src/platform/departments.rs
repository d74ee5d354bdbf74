//! A department: a node of the company's tree, which row scopes follow.

use serde::{Deserialize, Serialize};

use crate::field::{Field, Kind};
use crate::id::Id;
use crate::resource::{Area, Resource};

pub type DepartmentId = Id<Department>;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::departments, treat_none_as_null = true))]
pub struct Department {
    pub name: String,
    /// The department above; the company itself has none.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub parent_id: Option<DepartmentId>,
}

impl Resource for Department {
    const NAME: &'static str = "departments";
    const AREA: Area = Area::Platform;
    const OWNED: bool = false;
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(80).filterable().sortable().listed().quick(),
        Field::new("parent_id", Kind::Reference("departments")).filterable().listed().quick(),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}
