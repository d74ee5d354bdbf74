//! A lead: somebody who may become a customer, before one knows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::customers::{CustomerSource, Industry};
use super::{Contact, ContactId, Customer, CustomerId};
use crate::act::{Act, Asked, Makes};
use crate::choice;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::preset::{Held, Preset};
use crate::resource::{Area, Definition, Personal, Resource};
use crate::sales::OpportunityId;

pub type LeadId = Id<Lead>;

choice! {
    pub enum LeadStatus {
        New = "new",
        /// Somebody spoke with them.
        Contacted = "contacted",
        /// They have a need that we can meet.
        Qualified = "qualified",
        /// They became a customer.
        Converted = "converted",
        Disqualified = "disqualified",
    }
}

choice! {
    pub enum DisqualifyReason {
        Unreachable = "unreachable",
        NoNeed = "no_need",
        NoBudget = "no_budget",
        Duplicate = "duplicate",
        Competitor = "competitor",
        Other = "other",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::leads, treat_none_as_null = true))]
pub struct Lead {
    pub name: String,
    pub company: Option<String>,
    pub title: Option<String>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub status: LeadStatus,
    pub source: Option<CustomerSource>,
    pub industry: Option<Industry>,
    pub region: Option<String>,
    pub city: Option<String>,
    pub address: Option<String>,
    pub notes: Option<String>,
    pub disqualify_reason: Option<DisqualifyReason>,
    /// What it became.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub customer_id: Option<CustomerId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contact_id: Option<ContactId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub opportunity_id: Option<OpportunityId>,
    /// What the opportunity shall be called; without it, none is made.
    pub opportunity_name: Option<String>,
    #[serde(with = "crate::instant::option")]
    pub converted_at: Option<DateTime<Utc>>,
}

impl Default for Lead {
    fn default() -> Self {
        Self {
            name: String::new(),
            company: None,
            title: None,
            phones: Vec::new(),
            emails: Vec::new(),
            status: LeadStatus::New,
            source: None,
            industry: None,
            region: None,
            city: None,
            address: None,
            notes: None,
            disqualify_reason: None,
            customer_id: None,
            contact_id: None,
            opportunity_id: None,
            opportunity_name: None,
            converted_at: None,
        }
    }
}

impl Resource for Lead {
    const NAME: &'static str = "leads";
    const AREA: Area = Area::Relations;
    const TRANSFERRED: bool = true;
    const MERGED: bool = true;
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("contact").from(&["new"]).to("contacted"),
        Act::new("qualification").from(&["new", "contacted"]).to("qualified"),
        Act::new("conversion")
            .from(&["new", "contacted", "qualified"])
            .to("converted")
            .asks(&[Asked::may("customer_id"), Asked::may("opportunity_name")]),
        Act::new("disqualification")
            .from(&["new", "contacted", "qualified"])
            .to("disqualified")
            .asks(&[Asked::must("disqualify_reason")]),
        Act::new("reopening").from(&["disqualified"]).to("new"),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own(),
        Preset::new("new", &[Held::is("status", "new")]),
        Preset::new("week", &[Held::is("created_at", "@this_week")]),
        Preset::new("qualified", &[Held::is("status", "qualified")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(80).filterable().sortable().listed().quick(),
        Field::new("company", Kind::Text).alike().searched().filterable().sortable().listed().quick(),
        Field::new("title", Kind::Text).max(80).filterable().quick(),
        Field::new("status", Kind::Choice(LeadStatus::WORDS))
            .required()
            .default("new")
            .create_only()
            .filterable()
            .listed(),
        Field::new("source", Kind::Choice(CustomerSource::WORDS)).filterable().listed().quick(),
        Field::new("industry", Kind::Choice(Industry::WORDS)).filterable(),
        Field::new("phones", Kind::Phones).personal().filterable().listed().quick().group("contact"),
        Field::new("emails", Kind::Emails).personal().filterable().quick().group("contact"),
        Field::new("region", Kind::Text).max(60).filterable().group("address"),
        Field::new("city", Kind::Text).max(60).filterable().group("address"),
        Field::new("address", Kind::Text).max(300).filterable().group("address"),
        Field::new("notes", Kind::LongText).group("follow_up"),
        Field::new("disqualify_reason", Kind::Choice(DisqualifyReason::WORDS))
            .required_when("status", &["disqualified"])
            .filterable()
            .group("outcome"),
        Field::new("customer_id", Kind::Reference("customers"))
            .create_only()
            .only_when("status", &["converted"])
            .filterable()
            .group("outcome"),
        Field::new("contact_id", Kind::Reference("contacts"))
            .create_only()
            .only_when("status", &["converted"])
            .filterable()
            .group("outcome"),
        Field::new("opportunity_id", Kind::Reference("opportunities"))
            .create_only()
            .only_when("status", &["converted"])
            .filterable()
            .group("outcome"),
        Field::new("opportunity_name", Kind::Text).create_only().only_when("status", &["converted"]).group("outcome"),
        Field::new("converted_at", Kind::Instant).read_only().filterable().sortable().group("outcome"),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn follow(&mut self, before: Option<&Self>, at: DateTime<Utc>) {
        if before.is_none_or(|before| before.status != self.status) {
            self.converted_at = (self.status == LeadStatus::Converted).then_some(at);
        }
    }

    fn personal(&mut self) -> Vec<(&'static str, Personal<'_>)> {
        vec![("phones", Personal::Many(&mut self.phones)), ("emails", Personal::Many(&mut self.emails))]
    }
}

/// What a lead becomes. Whatever field both have is carried over, also of those that administrators made.
impl Lead {
    /// Its company, or the person where there is none.
    pub fn customer(&self, from: &Definition, lead: &Map<String, Value>, made: &Definition) -> Map<String, Value> {
        const COMPANY: Makes = Makes::of(Customer::NAME, "").carrying(&[("company", "name")]);
        const PERSON: Makes = Makes::of(Customer::NAME, "");
        if self.company.is_some() {
            let mut body = COMPANY.body(from, lead, made);
            // They are the person's, who becomes a contact.
            body.retain(|key, _| !matches!(key.as_str(), "phones" | "emails"));
            body
        } else {
            let mut body = PERSON.body(from, lead, made);
            body.insert("kind".into(), "person".into());
            body
        }
    }

    /// The person as somebody at a customer.
    pub fn contact(
        &self,
        from: &Definition,
        lead: &Map<String, Value>,
        made: &Definition,
        customer: Value,
    ) -> Map<String, Value> {
        let mut body = Makes::of(Contact::NAME, "").body(from, lead, made);
        body.insert("customer_id".into(), customer);
        body
    }

    /// The chance that it is, if anybody gave it a name.
    pub fn opportunity(&self, customer: Value) -> Option<Map<String, Value>> {
        let name = self.opportunity_name.as_deref()?;
        let body = json!({"name": name, "customer_id": customer, "source": self.source});
        body.as_object().cloned()
    }
}
