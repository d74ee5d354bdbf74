//! A product: something that is sold, a thing or a service, at a price of its own.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ProductCategoryId;
use crate::act::Act;
use crate::choice;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::money::Currency;
use crate::resource::{Area, Resource};

pub type ProductId = Id<Product>;

choice! {
    pub enum ProductStatus {
        Active = "active",
        /// No longer sold; documents that name it keep it.
        Retired = "retired",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::products, treat_none_as_null = true))]
pub struct Product {
    pub name: String,
    /// The number by which the house and its files know it (SKU).
    pub code: Option<String>,
    pub barcode: Option<String>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub category_id: Option<ProductCategoryId>,
    /// What it is counted in: 台, 套, 小时.
    pub unit: Option<String>,
    /// Of one unit, without tax.
    pub price: Option<Decimal>,
    pub currency: Currency,
    /// In per cent.
    pub tax_rate: Option<Decimal>,
    pub status: ProductStatus,
    pub description: Option<String>,
}

impl Default for Product {
    fn default() -> Self {
        Self {
            name: String::new(),
            code: None,
            barcode: None,
            category_id: None,
            unit: None,
            price: None,
            currency: Currency::Renminbi,
            tax_rate: None,
            status: ProductStatus::Active,
            description: None,
        }
    }
}

impl Resource for Product {
    const NAME: &'static str = "products";
    const AREA: Area = Area::Catalog;
    const OWNED: bool = false;
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("code");
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("retirement").from(&["active"]).to("retired"),
        Act::new("reinstatement").from(&["retired"]).to("active"),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().filterable().sortable().listed().quick(),
        Field::new("code", Kind::Text).searched().max(60).filterable().sortable().listed().quick(),
        Field::new("barcode", Kind::Text).searched().max(60).filterable(),
        Field::new("category_id", Kind::Reference("product-categories")).filterable().listed().quick(),
        Field::new("unit", Kind::Text).max(20).filterable().listed().quick(),
        Field::new("price", Kind::Amount).range(0, 999_999_999_999).filterable().sortable().listed().quick(),
        Field::new("currency", Kind::Choice(Currency::WORDS)).required().default("CNY").filterable(),
        Field::new("tax_rate", Kind::Decimal).range(0, 100).filterable().listed(),
        Field::new("status", Kind::Choice(ProductStatus::WORDS))
            .required()
            .default("active")
            .create_only()
            .filterable()
            .listed(),
        Field::new("description", Kind::LongText),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}
