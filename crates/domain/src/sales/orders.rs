//! An order: what a customer has bought, and what we owe him for it.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::lines::{self, SalesLine, Terms};
use super::owed::Owed;
use super::{OpportunityId, QuoteId};
use crate::act::{Act, Asked, Makes};
use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::lines::{Columns, Lines};
use crate::money::{self, Currency};
use crate::numbering;
use crate::preset::{Held, Preset};
use crate::references::Parent;
use crate::relations::{ContactId, CustomerId};
use crate::resource::{Area, Resource};

pub type OrderId = Id<Order>;

choice! {
    pub enum OrderStatus {
        Draft = "draft",
        /// Both sides keep to it.
        Confirmed = "confirmed",
        /// Nothing goes out for the time being.
        OnHold = "on_hold",
        /// All of it was delivered.
        Closed = "closed",
        Cancelled = "cancelled",
    }
}

const LINES: Columns = lines::columns("order_lines", "order_id");

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::orders, treat_none_as_null = true))]
pub struct Order {
    pub number: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contact_id: Option<ContactId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub opportunity_id: Option<OpportunityId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub quote_id: Option<QuoteId>,
    pub status: OrderStatus,
    pub ordered_on: Option<NaiveDate>,
    /// The day on which it shall be there.
    pub deliver_on: Option<NaiveDate>,
    pub address: Option<String>,
    pub currency: Currency,
    pub prices_include_tax: bool,
    #[cfg_attr(feature = "store", schema(value_type = Vec<SalesLine>))]
    pub lines: Lines<SalesLine>,
    pub net: Decimal,
    pub tax: Decimal,
    /// With tax.
    pub amount: Decimal,
    pub received: Decimal,
    pub open: Decimal,
    pub cancel_reason: Option<String>,
    pub notes: Option<String>,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            number: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            contact_id: None,
            opportunity_id: None,
            quote_id: None,
            status: OrderStatus::Draft,
            ordered_on: None,
            deliver_on: None,
            address: None,
            currency: Currency::Renminbi,
            prices_include_tax: false,
            lines: Lines::default(),
            net: Decimal::ZERO,
            tax: Decimal::ZERO,
            amount: Decimal::ZERO,
            received: Decimal::ZERO,
            open: Decimal::ZERO,
            cancel_reason: None,
            notes: None,
        }
    }
}

impl Resource for Order {
    const NAME: &'static str = "orders";
    const AREA: Area = Area::Sales;
    const TITLE: &'static str = "number";
    const PARENT: Option<Parent> = Some(Parent::of("customer_id"));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("confirmation").from(&["draft"]).to("confirmed"),
        Act::new("hold").from(&["confirmed"]).to("on_hold"),
        Act::new("release").from(&["on_hold"]).to("confirmed"),
        Act::new("closing").from(&["confirmed"]).to("closed"),
        Act::new("contracting")
            .from(&["draft", "confirmed"])
            .makes(Makes::of("contracts", "order_id").carrying(&[("number", "name")])),
        Act::new("planning")
            .from(&["draft", "confirmed", "on_hold", "closed"])
            .makes(Makes::of("payment-plans", "order_id")),
        Act::new("invoicing").from(&["confirmed", "closed"]).makes(Makes::of("invoices", "order_id")),
        Act::new("receipt")
            .from(&["draft", "confirmed", "on_hold", "closed"])
            .makes(Makes::of("payments", "order_ids").carrying(&[("open", "amount")])),
        Act::new("cancellation")
            .from(&["draft", "confirmed", "on_hold"])
            .to("cancelled")
            .asks(&[Asked::must("cancel_reason")]),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own(),
        Preset::new("confirmed", &[Held::is("status", "confirmed")]),
        Preset::new("month", &[Held::is("ordered_on", "@this_month")]),
        Preset::new("unpaid", &[Held::is("status", "confirmed"), Held::over("open", "0")]),
        Preset::new("late", &[Held::is("status", "confirmed"), Held::before("deliver_on", "@today")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("number", Kind::Text).searched().numbered("SO-{year}-{6}").max(60).filterable().sortable().listed(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("contact_id", Kind::Reference("contacts")).filterable().quick(),
        Field::new("opportunity_id", Kind::Reference("opportunities")).filterable(),
        Field::new("quote_id", Kind::Reference("quotes")).create_only().filterable(),
        Field::new("status", Kind::Choice(OrderStatus::WORDS))
            .required()
            .default("draft")
            .create_only()
            .filterable()
            .listed(),
        Field::new("ordered_on", Kind::Date).filterable().sortable().listed().quick(),
        Field::new("deliver_on", Kind::Date).filterable().sortable().listed().quick(),
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
        Field::new("address", Kind::Text).max(300),
        Field::new("notes", Kind::LongText),
        Field::new("lines", Kind::Lines(&LINES)).group("lines"),
        Field::new("net", Kind::Amount).required().default("0").read_only().summed().filterable().group("lines"),
        Field::new("tax", Kind::Amount).required().default("0").read_only().summed().filterable().group("lines"),
        Field::new("received", Kind::Amount)
            .required()
            .default("0")
            .read_only()
            .summed()
            .filterable()
            .sortable()
            .group("outcome"),
        Field::new("open", Kind::Amount)
            .required()
            .default("0")
            .read_only()
            .summed()
            .filterable()
            .sortable()
            .group("outcome"),
        Field::new("cancel_reason", Kind::Text)
            .max(300)
            .required_when("status", &["cancelled"])
            .filterable()
            .group("outcome"),
    ];

    fn title(&self) -> &str {
        &self.number
    }

    fn amounts(&mut self) -> Option<(Currency, Vec<&mut Decimal>)> {
        let Self { net, tax, amount, received, open, .. } = self;
        Some((self.currency, vec![net, tax, amount, received, open]))
    }

    fn number(&mut self) -> Option<&mut String> {
        Some(&mut self.number)
    }

    fn follow(&mut self, before: Option<&Self>, at: DateTime<Utc>) {
        let totals = lines::add_up(&mut self.lines, self.currency, self.prices_include_tax);
        (self.net, self.tax, self.amount) = (totals.net, totals.tax, totals.amount);
        self.receive(self.received);
        if before.is_none() {
            self.ordered_on.get_or_insert_with(|| numbering::day(at));
        }
    }

    fn check(&self, before: Option<&Self>) -> Vec<Fault> {
        let went_out = |before: &Self| before.status != OrderStatus::Draft && before.terms() != self.terms();
        let locked = before.is_some_and(went_out).then(|| Fault::field("lines", "locked"));
        let is_empty = self.status == OrderStatus::Confirmed && self.lines.is_empty();
        let is_paid_over = self.open < Decimal::ZERO && before.is_none_or(|before| before.amount != self.amount);
        let paid = is_paid_over.then(|| Fault::field("lines", "less_than_received"));
        locked.into_iter().chain(is_empty.then(|| Fault::field("lines", "required"))).chain(paid).collect()
    }
}

impl Order {
    fn terms(&self) -> Terms<'_> {
        Terms { currency: self.currency, prices_include_tax: self.prices_include_tax, lines: &self.lines }
    }
}

impl Owed for Order {
    fn customer(&self) -> CustomerId {
        self.customer_id
    }

    fn currency(&self) -> Currency {
        self.currency
    }

    fn takes_money(&self) -> bool {
        self.status != OrderStatus::Cancelled
    }

    fn received(&self) -> Decimal {
        self.received
    }

    fn open(&self) -> Option<Decimal> {
        Some(self.open)
    }

    fn receive(&mut self, received: Decimal) {
        self.received = money::rounded(received, self.currency);
        self.open = money::rounded(self.amount - received, self.currency);
    }
}
