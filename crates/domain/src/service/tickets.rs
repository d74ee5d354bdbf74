//! A ticket: a piece of work for somebody, so that a customer's request is answered in time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ServiceRequestId;
use crate::act::{Act, Asked};
use crate::choice;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::preset::{Held, Preset};
use crate::references::Parent;
use crate::relations::{ContactId, CustomerId};
use crate::resource::{Area, Resource};

pub type TicketId = Id<Ticket>;

choice! {
    pub enum Priority { Urgent = "urgent", High = "high", Normal = "normal", Low = "low" }
}

choice! {
    pub enum TicketStatus {
        Open = "open",
        InProgress = "in_progress",
        /// The customer or somebody else has to do something first.
        Waiting = "waiting",
        Solved = "solved",
        Closed = "closed",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::tickets, treat_none_as_null = true))]
pub struct Ticket {
    pub number: String,
    pub subject: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contact_id: Option<ContactId>,
    /// The request that it answers.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub service_request_id: Option<ServiceRequestId>,
    pub priority: Priority,
    pub status: TicketStatus,
    /// When it has to be solved.
    #[serde(with = "crate::instant::option")]
    pub due_at: Option<DateTime<Utc>>,
    pub description: Option<String>,
    pub waiting_for: Option<String>,
    pub solution: Option<String>,
    #[serde(with = "crate::instant::option")]
    pub solved_at: Option<DateTime<Utc>>,
}

impl Default for Ticket {
    fn default() -> Self {
        Self {
            number: String::new(),
            subject: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            contact_id: None,
            service_request_id: None,
            priority: Priority::Normal,
            status: TicketStatus::Open,
            due_at: None,
            description: None,
            waiting_for: None,
            solution: None,
            solved_at: None,
        }
    }
}

impl Resource for Ticket {
    const NAME: &'static str = "tickets";
    const AREA: Area = Area::Service;
    const TITLE: &'static str = "subject";
    const PARENT: Option<Parent> = Some(Parent::of("customer_id"));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("start").from(&["open", "waiting"]).to("in_progress"),
        Act::new("wait").from(&["open", "in_progress"]).to("waiting").asks(&[Asked::must("waiting_for")]),
        Act::new("solution").from(&["open", "in_progress", "waiting"]).to("solved").asks(&[Asked::must("solution")]),
        Act::new("closing").from(&["solved"]).to("closed"),
        Act::new("reopening").from(&["solved", "closed"]).to("open"),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[Held::is("status", "in_progress")]).own(),
        Preset::new("open", &[Held::is("status", "open")]),
        Preset::new("waiting", &[Held::is("status", "waiting")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("subject", Kind::Text).searched().required().filterable().sortable().listed().quick(),
        Field::new("number", Kind::Text).searched().numbered("TK-{year}-{6}").max(60).filterable().sortable().listed(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("contact_id", Kind::Reference("contacts")).filterable().quick(),
        Field::new("service_request_id", Kind::Reference("service-requests")).filterable(),
        Field::new("priority", Kind::Choice(Priority::WORDS))
            .required()
            .default("normal")
            .filterable()
            .listed()
            .quick(),
        Field::new("status", Kind::Choice(TicketStatus::WORDS))
            .required()
            .default("open")
            .create_only()
            .filterable()
            .listed(),
        Field::new("due_at", Kind::Instant).filterable().sortable().listed().quick(),
        Field::new("description", Kind::LongText).quick(),
        Field::new("waiting_for", Kind::Text).max(300).required_when("status", &["waiting"]).group("outcome"),
        Field::new("solution", Kind::LongText).required_when("status", &["solved", "closed"]).group("outcome"),
        Field::new("solved_at", Kind::Instant).create_only().filterable().sortable().group("outcome"),
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
            TicketStatus::Solved => drop(self.solved_at.get_or_insert(at)),
            TicketStatus::Closed => {}
            _ => self.solved_at = None,
        }
    }
}
