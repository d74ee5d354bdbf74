//! A product category: a node of the tree by which products are sorted.

use serde::{Deserialize, Serialize};

use crate::field::{Field, Kind};
use crate::id::Id;
use crate::resource::{Area, Resource};

pub type ProductCategoryId = Id<ProductCategory>;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::product_categories, treat_none_as_null = true))]
pub struct ProductCategory {
    pub name: String,
    /// The category above; one at the top has none.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub parent_id: Option<ProductCategoryId>,
}

impl Resource for ProductCategory {
    const NAME: &'static str = "product-categories";
    const TABLE: &'static str = "product_categories";
    const AREA: Area = Area::Catalog;
    const OWNED: bool = false;
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("name");
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(60).filterable().sortable().listed().quick(),
        Field::new("parent_id", Kind::Reference("product-categories")).filterable().listed().quick(),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}
