//! A contract: what was agreed with a customer, from when to when, and for which order.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::OrderId;
use super::owed::Owed;
use crate::act::{Act, Asked, Makes};
use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::money::{self, Currency};
use crate::numbering;
use crate::preset::{Held, Preset};
use crate::references::Parent;
use crate::relations::{ContactId, CustomerId};
use crate::resource::{Area, Resource};

pub type ContractId = Id<Contract>;

choice! {
    pub enum ContractKind { Sale = "sale", Service = "service", Framework = "framework", Other = "other" }
}

choice! {
    pub enum ContractStatus {
        Draft = "draft",
        Signed = "signed",
        /// All of it was done.
        Completed = "completed",
        Terminated = "terminated",
        /// Another contract goes on from it.
        Renewed = "renewed",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::contracts, treat_none_as_null = true))]
pub struct Contract {
    pub number: String,
    pub name: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contact_id: Option<ContactId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub order_id: Option<OrderId>,
    pub kind: ContractKind,
    pub status: ContractStatus,
    pub amount: Option<Decimal>,
    pub currency: Currency,
    pub received: Decimal,
    pub open: Option<Decimal>,
    pub signed_on: Option<NaiveDate>,
    pub begins_on: Option<NaiveDate>,
    /// The last day on which it holds.
    pub ends_on: Option<NaiveDate>,
    pub termination_reason: Option<String>,
    /// The contract that this one goes on from.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub renews_id: Option<ContractId>,
    pub notes: Option<String>,
}

impl Default for Contract {
    fn default() -> Self {
        Self {
            number: String::new(),
            name: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            contact_id: None,
            order_id: None,
            kind: ContractKind::Sale,
            status: ContractStatus::Draft,
            amount: None,
            currency: Currency::Renminbi,
            received: Decimal::ZERO,
            open: None,
            signed_on: None,
            begins_on: None,
            ends_on: None,
            termination_reason: None,
            renews_id: None,
            notes: None,
        }
    }
}

impl Resource for Contract {
    const NAME: &'static str = "contracts";
    const AREA: Area = Area::Sales;
    const PARENT: Option<Parent> = Some(Parent::of("customer_id"));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("signing").from(&["draft"]).to("signed").asks(&[Asked::may("signed_on")]),
        Act::new("completion").from(&["signed"]).to("completed"),
        Act::new("planning").from(&["draft", "signed", "completed"]).makes(Makes::of("payment-plans", "contract_id")),
        Act::new("renewal").from(&["signed", "completed"]).to("renewed").makes(Makes::of(Self::NAME, "renews_id")),
        Act::new("termination").from(&["signed"]).to("terminated").asks(&[Asked::must("termination_reason")]),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own(),
        Preset::new("signed", &[Held::is("status", "signed")]),
        Preset::new("ending", &[Held::is("status", "signed"), Held::is("ends_on", "@this_month")]),
        Preset::new("ended", &[Held::is("status", "signed"), Held::before("ends_on", "@today")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().filterable().sortable().listed().quick(),
        Field::new("number", Kind::Text).searched().numbered("CT-{year}-{6}").max(60).filterable().sortable().listed(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("contact_id", Kind::Reference("contacts")).filterable(),
        Field::new("order_id", Kind::Reference("orders")).filterable().quick(),
        Field::new("kind", Kind::Choice(ContractKind::WORDS)).required().default("sale").filterable().quick(),
        Field::new("status", Kind::Choice(ContractStatus::WORDS))
            .required()
            .default("draft")
            .create_only()
            .filterable()
            .listed(),
        Field::new("amount", Kind::Amount).range(0, 999_999_999_999).summed().filterable().sortable().listed().quick(),
        Field::new("currency", Kind::Choice(Currency::WORDS)).required().default("CNY").filterable(),
        Field::new("begins_on", Kind::Date).filterable().sortable().quick(),
        Field::new("ends_on", Kind::Date).filterable().sortable().listed().quick(),
        Field::new("notes", Kind::LongText),
        Field::new("received", Kind::Amount)
            .required()
            .default("0")
            .read_only()
            .summed()
            .filterable()
            .sortable()
            .group("outcome"),
        Field::new("open", Kind::Amount).read_only().summed().filterable().sortable().group("outcome"),
        Field::new("signed_on", Kind::Date).create_only().filterable().sortable().group("outcome"),
        Field::new("termination_reason", Kind::Text)
            .max(300)
            .required_when("status", &["terminated"])
            .filterable()
            .group("outcome"),
        Field::new("renews_id", Kind::Reference("contracts")).create_only().filterable().group("outcome"),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn amounts(&mut self) -> Option<(Currency, Vec<&mut Decimal>)> {
        let Self { amount, received, open, .. } = self;
        Some((self.currency, [received].into_iter().chain(amount).chain(open).collect()))
    }

    fn number(&mut self) -> Option<&mut String> {
        Some(&mut self.number)
    }

    fn follow(&mut self, before: Option<&Self>, at: DateTime<Utc>) {
        self.receive(self.received);
        if before.is_some_and(|before| before.status != self.status) && self.status == ContractStatus::Signed {
            self.signed_on.get_or_insert_with(|| numbering::day(at));
        }
    }

    fn check(&self, before: Option<&Self>) -> Vec<Fault> {
        let is_paid_over = self.open.is_some_and(|open| open < Decimal::ZERO);
        let is_paid_over = is_paid_over && before.is_none_or(|before| before.amount != self.amount);
        let paid = is_paid_over.then(|| Fault::field("amount", "less_than_received"));
        let ends_first = self.begins_on.zip(self.ends_on).is_some_and(|(begins, ends)| ends < begins);
        ends_first.then(|| Fault::field("ends_on", "before_its_beginning")).into_iter().chain(paid).collect()
    }
}

impl Owed for Contract {
    fn customer(&self) -> CustomerId {
        self.customer_id
    }

    fn currency(&self) -> Currency {
        self.currency
    }

    fn takes_money(&self) -> bool {
        self.status != ContractStatus::Terminated
    }

    fn received(&self) -> Decimal {
        self.received
    }

    fn open(&self) -> Option<Decimal> {
        self.open
    }

    fn receive(&mut self, received: Decimal) {
        self.received = money::rounded(received, self.currency);
        self.open = self.amount.map(|amount| money::rounded(amount - received, self.currency));
    }
}
