//! A service request: what a customer asks for, as it came in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::tickets::Priority;
use crate::act::{Act, Asked, Makes};
use crate::choice;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::preset::{Held, Preset};
use crate::references::Parent;
use crate::relations::{ContactId, CustomerId};
use crate::resource::{Area, Resource};

pub type ServiceRequestId = Id<ServiceRequest>;

choice! {
    /// The way by which it came.
    pub enum Channel {
        Phone = "phone",
        Mail = "mail",
        Wechat = "wechat",
        Web = "web",
        Visit = "visit",
        Other = "other",
    }
}

choice! {
    pub enum ServiceRequestKind {
        Question = "question",
        Fault = "fault",
        Complaint = "complaint",
        Installation = "installation",
        Return = "return",
        Other = "other",
    }
}

choice! {
    pub enum ServiceRequestStatus {
        New = "new",
        /// Somebody works on it.
        Accepted = "accepted",
        Solved = "solved",
        Closed = "closed",
        Rejected = "rejected",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::service_requests, treat_none_as_null = true))]
pub struct ServiceRequest {
    pub number: String,
    pub subject: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contact_id: Option<ContactId>,
    pub kind: ServiceRequestKind,
    pub channel: Option<Channel>,
    pub priority: Priority,
    pub status: ServiceRequestStatus,
    pub description: Option<String>,
    pub solution: Option<String>,
    pub reject_reason: Option<String>,
    #[serde(with = "crate::instant::option")]
    pub solved_at: Option<DateTime<Utc>>,
}

impl Default for ServiceRequest {
    fn default() -> Self {
        Self {
            number: String::new(),
            subject: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            contact_id: None,
            kind: ServiceRequestKind::Question,
            channel: None,
            priority: Priority::Normal,
            status: ServiceRequestStatus::New,
            description: None,
            solution: None,
            reject_reason: None,
            solved_at: None,
        }
    }
}

impl Resource for ServiceRequest {
    const NAME: &'static str = "service-requests";
    const TABLE: &'static str = "service_requests";
    const AREA: Area = Area::Service;
    const TITLE: &'static str = "subject";
    const PARENT: Option<Parent> = Some(Parent::of("customer_id"));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("acceptance").from(&["new"]).to("accepted"),
        Act::new("dispatch")
            .from(&["new", "accepted"])
            .to("accepted")
            .makes(Makes::of("tickets", "service_request_id")),
        Act::new("solution").from(&["new", "accepted"]).to("solved").asks(&[Asked::must("solution")]),
        Act::new("closing").from(&["solved"]).to("closed"),
        Act::new("reopening").from(&["solved", "closed", "rejected"]).to("accepted"),
        Act::new("rejection").from(&["new", "accepted"]).to("rejected").asks(&[Asked::must("reject_reason")]),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own(),
        Preset::new("new", &[Held::is("status", "new")]),
        Preset::new("accepted", &[Held::is("status", "accepted")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("subject", Kind::Text).searched().required().filterable().sortable().listed().quick(),
        Field::new("number", Kind::Text).searched().numbered("SR-{year}-{6}").max(60).filterable().sortable().listed(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("contact_id", Kind::Reference("contacts")).filterable().quick(),
        Field::new("kind", Kind::Choice(ServiceRequestKind::WORDS))
            .required()
            .default("question")
            .filterable()
            .listed()
            .quick(),
        Field::new("channel", Kind::Choice(Channel::WORDS)).filterable().quick(),
        Field::new("priority", Kind::Choice(Priority::WORDS))
            .required()
            .default("normal")
            .filterable()
            .listed()
            .quick(),
        Field::new("status", Kind::Choice(ServiceRequestStatus::WORDS))
            .required()
            .default("new")
            .create_only()
            .filterable()
            .listed(),
        Field::new("description", Kind::LongText).quick(),
        Field::new("solution", Kind::LongText).required_when("status", &["solved", "closed"]).group("outcome"),
        Field::new("solved_at", Kind::Instant).create_only().filterable().sortable().group("outcome"),
        Field::new("reject_reason", Kind::Text)
            .max(300)
            .required_when("status", &["rejected"])
            .filterable()
            .group("outcome"),
    ];

    fn title(&self) -> &str {
        &self.subject
    }

    fn number(&mut self) -> Option<&mut String> {
        Some(&mut self.number)
    }

    fn follow(&mut self, before: Option<&Self>, at: DateTime<Utc>) {
        if before.is_some_and(|before| before.status == self.status) {
            return;
        }
        match self.status {
            ServiceRequestStatus::Solved => drop(self.solved_at.get_or_insert(at)),
            ServiceRequestStatus::Closed => {}
            _ => self.solved_at = None,
        }
    }
}
