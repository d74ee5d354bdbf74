//! A stage: a part of the way of a pipeline, with the chance that an opportunity in it is won.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PipelineId;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::references::{Deletion, Parent};
use crate::resource::{Area, Resource};

pub type StageId = Id<Stage>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::stages, treat_none_as_null = true))]
pub struct Stage {
    pub name: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub pipeline_id: PipelineId,
    /// Stages come in this order.
    pub position: i64,
    /// In per cent; what an opportunity takes on when it comes here.
    pub probability: i64,
    /// Days after which an opportunity that still stands here needs looking after.
    pub stale_after: Option<i64>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            name: String::new(),
            pipeline_id: PipelineId::new(Uuid::nil()),
            position: 0,
            probability: 0,
            stale_after: None,
        }
    }
}

impl Resource for Stage {
    const NAME: &'static str = "stages";
    const AREA: Area = Area::Sales;
    const OWNED: bool = false;
    const PARENT: Option<Parent> = Some(Parent::of("pipeline_id").deletion(Deletion::With));
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(60).filterable().sortable().listed().quick(),
        Field::new("pipeline_id", Kind::Reference("pipelines")).required().filterable().listed().quick(),
        Field::new("position", Kind::Integer)
            .required()
            .default("0")
            .range(0, 1000)
            .filterable()
            .sortable()
            .listed()
            .quick(),
        Field::new("probability", Kind::Integer)
            .required()
            .default("0")
            .range(0, 100)
            .filterable()
            .sortable()
            .listed()
            .quick(),
        Field::new("stale_after", Kind::Integer).range(1, 3650).filterable().listed(),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}
