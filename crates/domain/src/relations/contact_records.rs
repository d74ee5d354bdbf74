//! A contact record: what was spoken with a customer, when, by whom, and what came of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ContactId, CustomerId};
use crate::choice;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::references::{Deletion, Parent};
use crate::resource::{Area, Resource};
use crate::sales::OpportunityId;

pub type ContactRecordId = Id<ContactRecord>;

choice! {
    /// The way in which people spoke.
    pub enum ContactRecordKind {
        Call = "call",
        Visit = "visit",
        Chat = "chat",
        Mail = "mail",
        Meeting = "meeting",
    }
}

choice! {
    /// What came of it.
    pub enum ContactResult {
        Reached = "reached",
        Interested = "interested",
        NoAnswer = "no_answer",
        Refused = "refused",
        Ordered = "ordered",
        Other = "other",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::contact_records, treat_none_as_null = true))]
pub struct ContactRecord {
    pub kind: ContactRecordKind,
    pub subject: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contact_id: Option<ContactId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub opportunity_id: Option<OpportunityId>,
    pub content: Option<String>,
    /// Never empty once it is written down: who says nothing else means now.
    #[serde(with = "crate::instant::option")]
    pub happened_at: Option<DateTime<Utc>>,
    pub minutes: Option<i32>,
    pub result: Option<ContactResult>,
    /// Becomes the day of the customer's next contact.
    pub next_contact_on: Option<NaiveDate>,
}

impl Default for ContactRecord {
    fn default() -> Self {
        Self {
            kind: ContactRecordKind::Call,
            subject: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            contact_id: None,
            opportunity_id: None,
            content: None,
            happened_at: None,
            minutes: None,
            result: None,
            next_contact_on: None,
        }
    }
}

impl Resource for ContactRecord {
    const NAME: &'static str = "contact-records";
    const TABLE: &'static str = "contact_records";
    const AREA: Area = Area::Relations;
    const TITLE: &'static str = "subject";
    const NEWEST: &'static str = "happened_at";
    const TOLD_AT: Option<&'static str> = Some("happened_at");
    /// Whoever spoke owns it, whosever the customer is.
    const PARENT: Option<Parent> = Some(Parent::of("customer_id").deletion(Deletion::With));
    const TRANSFERRED: bool = true;
    const FIELDS: &'static [Field] = &[
        Field::new("kind", Kind::Choice(ContactRecordKind::WORDS))
            .required()
            .default("call")
            .filterable()
            .listed()
            .quick(),
        Field::new("subject", Kind::Text).searched().required().filterable().sortable().listed().quick(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("content", Kind::LongText).quick(),
        Field::new("result", Kind::Choice(ContactResult::WORDS)).filterable().listed().quick(),
        Field::new("next_contact_on", Kind::Date).filterable().sortable().quick(),
        Field::new("contact_id", Kind::Reference("contacts")).filterable().listed().quick(),
        Field::new("opportunity_id", Kind::Reference("opportunities")).filterable().quick(),
        Field::new("happened_at", Kind::Instant).filterable().sortable().listed(),
        Field::new("minutes", Kind::Integer).range(0, 24 * 60).filterable(),
    ];

    fn title(&self) -> &str {
        &self.subject
    }

    fn follow(&mut self, _before: Option<&Self>, at: DateTime<Utc>) {
        self.happened_at.get_or_insert(at);
    }
}
