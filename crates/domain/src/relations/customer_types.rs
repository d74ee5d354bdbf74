//! A customer type: the company's own way to sort its customers, such as 直销 or 渠道.

use serde::{Deserialize, Serialize};

use crate::field::{Field, Kind};
use crate::id::Id;
use crate::resource::{Area, Resource};

pub type CustomerTypeId = Id<CustomerType>;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::customer_types, treat_none_as_null = true))]
pub struct CustomerType {
    pub name: String,
    pub description: Option<String>,
}

impl Resource for CustomerType {
    const NAME: &'static str = "customer-types";
    const TABLE: &'static str = "customer_types";
    const AREA: Area = Area::Relations;
    const OWNED: bool = false;
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("name");
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(60).filterable().sortable().listed().quick(),
        Field::new("description", Kind::Text).max(300).listed().quick(),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}
