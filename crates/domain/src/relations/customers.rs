//! A customer: a company or a person that we sell to, serve, or would like to.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{CustomerTypeId, TagId};
use crate::choice;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::preset::{Held, Preset};
use crate::resource::{Area, Personal, Resource};

pub type CustomerId = Id<Customer>;

choice! {
    pub enum CustomerKind { Company = "company", Person = "person" }
}

choice! {
    /// How much the customer matters to us, from A down.
    pub enum CustomerLevel { A = "a", B = "b", C = "c", D = "d" }
}

choice! {
    /// Where the relation stands.
    pub enum CustomerStatus { Potential = "potential", Active = "active", Dormant = "dormant", Lost = "lost" }
}

choice! {
    pub enum CustomerSource {
        Referral = "referral",
        Exhibition = "exhibition",
        Website = "website",
        Advertisement = "advertisement",
        SocialMedia = "social_media",
        ColdCall = "cold_call",
        Partner = "partner",
        Other = "other",
    }
}

choice! {
    /// Sections of the national classification of economic activities, GB/T 4754.
    pub enum Industry {
        Agriculture = "agriculture",
        Mining = "mining",
        Manufacturing = "manufacturing",
        Utilities = "utilities",
        Construction = "construction",
        Trade = "trade",
        Transport = "transport",
        Hospitality = "hospitality",
        Information = "information",
        Finance = "finance",
        RealEstate = "real_estate",
        Business = "business",
        Research = "research",
        Environment = "environment",
        Household = "household",
        Education = "education",
        Health = "health",
        Culture = "culture",
        Public = "public",
        International = "international",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::customers, treat_none_as_null = true))]
pub struct Customer {
    pub name: String,
    pub short_name: Option<String>,
    pub kind: CustomerKind,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub type_id: Option<CustomerTypeId>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<uuid::Uuid>))]
    pub tag_ids: Vec<TagId>,
    pub level: Option<CustomerLevel>,
    pub status: CustomerStatus,
    pub industry: Option<Industry>,
    pub source: Option<CustomerSource>,
    pub credit_code: Option<String>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub fax: Option<String>,
    pub id_number: Option<String>,
    pub website: Option<String>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    pub address: Option<String>,
    pub postal_code: Option<String>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub parent_id: Option<CustomerId>,
    /// The day on which somebody should speak with them again.
    pub next_contact_on: Option<NaiveDate>,
    pub notes: Option<String>,
}

impl Default for Customer {
    fn default() -> Self {
        Self {
            name: String::new(),
            short_name: None,
            kind: CustomerKind::Company,
            type_id: None,
            tag_ids: Vec::new(),
            level: None,
            status: CustomerStatus::Potential,
            industry: None,
            source: None,
            credit_code: None,
            phones: Vec::new(),
            emails: Vec::new(),
            fax: None,
            id_number: None,
            website: None,
            country: None,
            region: None,
            city: None,
            address: None,
            postal_code: None,
            parent_id: None,
            next_contact_on: None,
            notes: None,
        }
    }
}

impl Resource for Customer {
    const NAME: &'static str = "customers";
    const AREA: Area = Area::Relations;
    const TRANSFERRED: bool = true;
    const MERGED: bool = true;
    const KEY: Option<&'static str> = Some("credit_code");
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own().told(),
        Preset::new("due", &[Held::until("next_contact_on", "@today")]).own().told(),
        Preset::new("late", &[Held::before("next_contact_on", "@today")]).own().told(),
        Preset::new("new", &[Held::is("created_at", "@this_week")]).told(),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).alike().searched().required().filterable().sortable().listed().quick(),
        Field::new("short_name", Kind::Text).searched().max(80).filterable(),
        Field::new("kind", Kind::Choice(CustomerKind::WORDS)).required().default("company").filterable().quick(),
        Field::new("type_id", Kind::Reference("customer-types")).filterable(),
        Field::new("level", Kind::Choice(CustomerLevel::WORDS)).filterable().sortable().listed().quick(),
        Field::new("status", Kind::Choice(CustomerStatus::WORDS))
            .required()
            .default("potential")
            .filterable()
            .sortable()
            .listed(),
        Field::new("tag_ids", Kind::References("tags")).filterable().listed(),
        Field::new("industry", Kind::Choice(Industry::WORDS)).filterable().listed(),
        Field::new("source", Kind::Choice(CustomerSource::WORDS)).filterable(),
        Field::new("credit_code", Kind::CreditCode).filterable().only_when("kind", &["company"]),
        Field::new("phones", Kind::Phones).personal().filterable().listed().quick().group("contact"),
        Field::new("emails", Kind::Emails).personal().filterable().group("contact"),
        Field::new("fax", Kind::Phone).personal().filterable().group("contact"),
        Field::new("id_number", Kind::IdNumber).personal().filterable().only_when("kind", &["person"]).group("contact"),
        Field::new("website", Kind::Url).group("contact"),
        Field::new("country", Kind::Text).max(60).filterable().group("address"),
        Field::new("region", Kind::Text).max(60).filterable().listed().group("address"),
        Field::new("city", Kind::Text).max(60).filterable().sortable().listed().group("address"),
        Field::new("address", Kind::Text).max(300).filterable().group("address"),
        Field::new("postal_code", Kind::Text).max(20).filterable().group("address"),
        Field::new("parent_id", Kind::Reference("customers")).filterable().group("follow_up"),
        Field::new("next_contact_on", Kind::Date).filterable().sortable().listed().group("follow_up"),
        Field::new("notes", Kind::LongText).group("follow_up"),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn personal(&mut self) -> Vec<(&'static str, Personal<'_>)> {
        vec![
            ("phones", Personal::Many(&mut self.phones)),
            ("emails", Personal::Many(&mut self.emails)),
            ("fax", Personal::One(&mut self.fax)),
            ("id_number", Personal::One(&mut self.id_number)),
        ]
    }
}
