//! A pipeline: the way that opportunities go, stage by stage.

use serde::{Deserialize, Serialize};

use crate::field::{Field, Kind};
use crate::id::Id;
use crate::resource::{Area, Resource};

pub type PipelineId = Id<Pipeline>;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::pipelines, treat_none_as_null = true))]
pub struct Pipeline {
    pub name: String,
    pub description: Option<String>,
}

impl Resource for Pipeline {
    const NAME: &'static str = "pipelines";
    const AREA: Area = Area::Sales;
    const OWNED: bool = false;
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(60).filterable().sortable().listed().quick(),
        Field::new("description", Kind::Text).max(300).listed().quick(),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}
