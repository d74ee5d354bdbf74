//! A quote: what is offered to a customer, at which price and until when.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::lines::{self, SalesLine, Terms};
use super::{OpportunityId, Order};
use crate::act::{Act, Asked, Makes};
use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::lines::{Columns, Lines};
use crate::money::Currency;
use crate::preset::{Held, Preset};
use crate::references::Parent;
use crate::relations::{ContactId, CustomerId};
use crate::resource::{Area, Resource};

pub type QuoteId = Id<Quote>;

choice! {
    pub enum QuoteStatus {
        Draft = "draft",
        /// The customer has it.
        Sent = "sent",
        Accepted = "accepted",
        Declined = "declined",
        /// Another version took its place.
        Superseded = "superseded",
        /// It became an order.
        Ordered = "ordered",
    }
}

const LINES: Columns = lines::columns("quote_lines", "quote_id");

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::quotes, treat_none_as_null = true))]
pub struct Quote {
    pub number: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contact_id: Option<ContactId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub opportunity_id: Option<OpportunityId>,
    pub status: QuoteStatus,
    /// The last day on which it holds.
    pub valid_until: Option<NaiveDate>,
    pub currency: Currency,
    pub prices_include_tax: bool,
    #[cfg_attr(feature = "store", schema(value_type = Vec<SalesLine>))]
    pub lines: Lines<SalesLine>,
    pub net: Decimal,
    pub tax: Decimal,
    /// With tax.
    pub amount: Decimal,
    pub terms: Option<String>,
    pub decline_reason: Option<String>,
    /// When it went out, and when the customer decided.
    #[serde(with = "crate::instant::option")]
    pub sent_at: Option<DateTime<Utc>>,
    #[serde(with = "crate::instant::option")]
    pub decided_at: Option<DateTime<Utc>>,
    /// The version before.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub revises_id: Option<QuoteId>,
    pub notes: Option<String>,
}

impl Default for Quote {
    fn default() -> Self {
        Self {
            number: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            contact_id: None,
            opportunity_id: None,
            status: QuoteStatus::Draft,
            valid_until: None,
            currency: Currency::Renminbi,
            prices_include_tax: false,
            lines: Lines::default(),
            net: Decimal::ZERO,
            tax: Decimal::ZERO,
            amount: Decimal::ZERO,
            terms: None,
            decline_reason: None,
            sent_at: None,
            decided_at: None,
            revises_id: None,
            notes: None,
        }
    }
}

impl Resource for Quote {
    const NAME: &'static str = "quotes";
    const AREA: Area = Area::Sales;
    const TITLE: &'static str = "number";
    const PARENT: Option<Parent> = Some(Parent::of("customer_id"));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("sending").from(&["draft"]).to("sent"),
        Act::new("acceptance").from(&["sent"]).to("accepted"),
        Act::new("decline").from(&["sent"]).to("declined").asks(&[Asked::must("decline_reason")]),
        Act::new("conversion").from(&["accepted"]).to("ordered").makes(Makes::of(Order::NAME, "quote_id")),
        Act::new("revision").from(&["sent", "declined"]).to("superseded").makes(Makes::of(Self::NAME, "revises_id")),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own(),
        Preset::new("sent", &[Held::is("status", "sent")]),
        Preset::new("lapsed", &[Held::is("status", "sent"), Held::before("valid_until", "@today")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("number", Kind::Text).searched().numbered("QU-{year}-{6}").max(60).filterable().sortable().listed(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("contact_id", Kind::Reference("contacts")).filterable().quick(),
        Field::new("opportunity_id", Kind::Reference("opportunities")).filterable().quick(),
        Field::new("status", Kind::Choice(QuoteStatus::WORDS))
            .required()
            .default("draft")
            .create_only()
            .filterable()
            .listed(),
        Field::new("valid_until", Kind::Date).filterable().sortable().listed().quick(),
        Field::new("amount", Kind::Amount)
            .required()
            .default("0")
            .read_only()
            .summed()
            .filterable()
            .sortable()
            .listed(),
        Field::new("currency", Kind::Choice(Currency::WORDS)).required().default("CNY").filterable(),
        Field::new("prices_include_tax", Kind::Bool).required().default("false"),
        Field::new("terms", Kind::LongText),
        Field::new("notes", Kind::LongText),
        Field::new("lines", Kind::Lines(&LINES)).group("lines"),
        Field::new("net", Kind::Amount).required().default("0").read_only().summed().filterable().group("lines"),
        Field::new("tax", Kind::Amount).required().default("0").read_only().summed().filterable().group("lines"),
        Field::new("sent_at", Kind::Instant).read_only().filterable().sortable().group("outcome"),
        Field::new("decided_at", Kind::Instant).read_only().filterable().sortable().group("outcome"),
        Field::new("decline_reason", Kind::Text)
            .max(300)
            .required_when("status", &["declined"])
            .filterable()
            .group("outcome"),
        Field::new("revises_id", Kind::Reference("quotes")).create_only().filterable().group("outcome"),
    ];

    fn title(&self) -> &str {
        &self.number
    }

    fn amounts(&mut self) -> Option<(Currency, Vec<&mut Decimal>)> {
        Some((self.currency, vec![&mut self.net, &mut self.tax, &mut self.amount]))
    }

    fn number(&mut self) -> Option<&mut String> {
        Some(&mut self.number)
    }

    fn follow(&mut self, before: Option<&Self>, at: DateTime<Utc>) {
        let totals = lines::add_up(&mut self.lines, self.currency, self.prices_include_tax);
        (self.net, self.tax, self.amount) = (totals.net, totals.tax, totals.amount);
        if before.is_some_and(|before| before.status == self.status) {
            return;
        }
        match self.status {
            QuoteStatus::Sent => self.sent_at = Some(at),
            QuoteStatus::Accepted | QuoteStatus::Declined => self.decided_at = Some(at),
            _ => {}
        }
    }

    fn check(&self, before: Option<&Self>) -> Vec<Fault> {
        let went_out = |before: &Self| before.status != QuoteStatus::Draft && before.terms() != self.terms();
        let locked = before.is_some_and(went_out).then(|| Fault::field("lines", "locked"));
        locked.into_iter().collect()
    }
}

impl Quote {
    fn terms(&self) -> Terms<'_> {
        Terms { currency: self.currency, prices_include_tax: self.prices_include_tax, lines: &self.lines }
    }
}
