//! A contact: a person at a customer. One of them is the primary contact.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CustomerId, TagId};
use crate::choice;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::preset::{Held, Preset};
use crate::references::{Deletion, Owner, Parent};
use crate::resource::{Area, Personal, Resource};

pub type ContactId = Id<Contact>;

choice! {
    /// What the person has to say when a decision is made.
    pub enum ContactRole {
        DecisionMaker = "decision_maker",
        Influencer = "influencer",
        User = "user",
        Buyer = "buyer",
        Other = "other",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::contacts, treat_none_as_null = true))]
pub struct Contact {
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    pub name: String,
    pub title: Option<String>,
    pub role: Option<ContactRole>,
    /// At most one contact of a customer; making one primary takes it from the other.
    pub is_primary: bool,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub wechat: Option<String>,
    pub id_number: Option<String>,
    pub birthday: Option<NaiveDate>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<uuid::Uuid>))]
    pub tag_ids: Vec<TagId>,
    pub notes: Option<String>,
}

impl Default for Contact {
    fn default() -> Self {
        Self {
            customer_id: CustomerId::new(Uuid::nil()),
            name: String::new(),
            title: None,
            role: None,
            is_primary: false,
            phones: Vec::new(),
            emails: Vec::new(),
            wechat: None,
            id_number: None,
            birthday: None,
            tag_ids: Vec::new(),
            notes: None,
        }
    }
}

impl Resource for Contact {
    const NAME: &'static str = "contacts";
    const AREA: Area = Area::Relations;
    const PARENT: Option<Parent> = Some(Parent::of("customer_id").owner(Owner::Follow).deletion(Deletion::With));
    const TRANSFERRED: bool = true;
    const MERGED: bool = true;
    const PRESETS: &'static [Preset] =
        &[Preset::new("mine", &[]).own(), Preset::new("new", &[Held::is("created_at", "@this_week")])];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(80).filterable().sortable().listed().quick(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("title", Kind::Text).max(80).filterable().listed().quick(),
        Field::new("role", Kind::Choice(ContactRole::WORDS)).filterable().listed(),
        Field::new("is_primary", Kind::Bool).default("false").filterable().listed(),
        Field::new("tag_ids", Kind::References("tags")).filterable().listed(),
        Field::new("phones", Kind::Phones).personal().filterable().listed().quick().group("contact"),
        Field::new("emails", Kind::Emails).personal().filterable().listed().group("contact"),
        Field::new("wechat", Kind::Text).max(60).personal().filterable().group("contact"),
        Field::new("id_number", Kind::IdNumber).personal().filterable().group("contact"),
        Field::new("birthday", Kind::Date).filterable().group("follow_up"),
        Field::new("notes", Kind::LongText).group("follow_up"),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn personal(&mut self) -> Vec<(&'static str, Personal<'_>)> {
        vec![
            ("phones", Personal::Many(&mut self.phones)),
            ("emails", Personal::Many(&mut self.emails)),
            ("wechat", Personal::One(&mut self.wechat)),
            ("id_number", Personal::One(&mut self.id_number)),
        ]
    }
}
