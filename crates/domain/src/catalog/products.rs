//! A product: something that is sold, a thing or a service, at a price of its own.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ProductCategoryId;
use crate::act::Act;
use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::lines::{Columns, Lines};
use crate::money::Currency;
use crate::platform::AttachmentId;
use crate::resource::{Area, Resource};

pub type ProductId = Id<Product>;

choice! {
    pub enum ProductStatus {
        Active = "active",
        /// No longer sold; documents that name it keep it.
        Retired = "retired",
    }
}

/// Another unit that it is counted in: a box of twelve pieces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct ProductUnit {
    pub id: Uuid,
    pub unit: String,
    /// How many of the product's own unit it holds.
    pub factor: Decimal,
    pub barcode: Option<String>,
}

const UNITS: Columns = Columns {
    spread: None,
    fields: &[
        Field::new("unit", Kind::Text).required().max(20),
        Field::new("factor", Kind::Decimal).required().range(0, 999_999_999),
        Field::new("barcode", Kind::Text).max(60),
    ],
    fills: &[],
};

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
    #[cfg_attr(feature = "store", schema(value_type = Vec<ProductUnit>))]
    pub units: Lines<ProductUnit>,
    /// Of one unit, without tax.
    pub price: Option<Decimal>,
    pub currency: Currency,
    /// In per cent.
    pub tax_rate: Option<Decimal>,
    pub status: ProductStatus,
    pub description: Option<String>,
    /// One of the pictures among its files.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub image_id: Option<AttachmentId>,
}

impl Default for Product {
    fn default() -> Self {
        Self {
            name: String::new(),
            code: None,
            barcode: None,
            category_id: None,
            unit: None,
            units: Lines::default(),
            price: None,
            currency: Currency::Renminbi,
            tax_rate: None,
            status: ProductStatus::Active,
            description: None,
            image_id: None,
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
        Field::new("image_id", Kind::Reference("attachments")),
        Field::new("units", Kind::Lines(&UNITS)).group("units"),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn amounts(&mut self) -> Option<(Currency, Vec<&mut Decimal>)> {
        Some((self.currency, self.price.as_mut().into_iter().collect()))
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        let mut known: HashSet<&str> = self.unit.as_deref().into_iter().collect();
        let mut faults = Vec::new();
        for (place, line) in self.units.iter().enumerate() {
            if !known.insert(&line.unit) {
                faults.push(Fault::new(format!("/units/{place}/unit"), "listed_twice"));
            }
            if line.factor.is_zero() {
                faults.push(Fault::new(format!("/units/{place}/factor"), "not_zero"));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::own;

    #[test]
    fn each_unit_has_its_own_name_and_holds_something() {
        let line =
            |id: u128, unit: &str, factor: &str| json!({"id": Uuid::from_u128(id), "unit": unit, "factor": factor});
        let product = json!({
            "name": "轴承", "unit": "个", "units": [line(1, "箱", "12"), line(2, "个", "1"), line(3, "吨", "0")],
        });
        let faults = own::create::<Product>(product.as_object().expect("an object"), chrono::DateTime::default());
        let expected = [Fault::new("/units/1/unit", "listed_twice"), Fault::new("/units/2/factor", "not_zero")];
        assert_eq!(faults, Err(expected.to_vec()));
    }
}
