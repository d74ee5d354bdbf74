//! A payment: money that came in from a customer, and what it is for.
//!
//! Posted it stays as it is; what was wrong is reversed as a whole, on a day of its own, so that every balance of a past
//! day stays what it was.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{InvoiceId, PaymentPlanId};
use crate::act::{Act, Asked};
use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::lines::{Columns, Lines, Spread};
use crate::money::{self, Currency};
use crate::numbering;
use crate::preset::{Held, Preset};
use crate::references::Parent;
use crate::relations::CustomerId;
use crate::resource::{Area, Resource};
use crate::sales::{ContractId, OrderId};

pub type PaymentId = Id<Payment>;

choice! {
    pub enum PaymentStatus {
        Draft = "draft",
        /// It is there, and counts for what it is allocated to.
        Posted = "posted",
        /// It did not stay.
        Reversed = "reversed",
    }
}

choice! {
    pub enum PaymentMethod {
        BankTransfer = "bank_transfer",
        Acceptance = "acceptance",
        Cheque = "cheque",
        Cash = "cash",
        Alipay = "alipay",
        Wechat = "wechat",
        Card = "card",
        Other = "other",
    }
}

/// A part of a payment and what it is for. One that names nothing is on account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Allocation {
    pub id: Uuid,
    #[cfg_attr(feature = "store", schema(value_type = Option<Uuid>))]
    pub order_id: Option<OrderId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<Uuid>))]
    pub contract_id: Option<ContractId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<Uuid>))]
    pub plan_id: Option<PaymentPlanId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<Uuid>))]
    pub invoice_id: Option<InvoiceId>,
    pub amount: Decimal,
    pub note: Option<String>,
}

impl Default for Allocation {
    fn default() -> Self {
        Self {
            id: Uuid::nil(),
            order_id: None,
            contract_id: None,
            plan_id: None,
            invoice_id: None,
            amount: Decimal::ZERO,
            note: None,
        }
    }
}

impl Allocation {
    fn names_something(&self) -> bool {
        self.order_id.is_some() || self.contract_id.is_some() || self.plan_id.is_some() || self.invoice_id.is_some()
    }
}

const LINES: Columns = Columns {
    spread: Some(Spread { table: "payment_lines", document: "payment_id" }),
    fields: &[
        Field::new("order_id", Kind::Reference("orders")),
        Field::new("contract_id", Kind::Reference("contracts")),
        Field::new("plan_id", Kind::Reference("payment-plans")),
        Field::new("invoice_id", Kind::Reference("invoices")),
        Field::new("amount", Kind::Amount).required().range(0, 999_999_999_999),
        Field::new("note", Kind::Text).max(300),
    ],
    fills: &[],
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::payments, treat_none_as_null = true))]
pub struct Payment {
    pub number: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    pub status: PaymentStatus,
    /// The day on which the money was there.
    pub paid_on: Option<NaiveDate>,
    pub method: PaymentMethod,
    pub amount: Decimal,
    pub currency: Currency,
    /// What the bank calls it.
    pub reference: Option<String>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<Allocation>))]
    pub lines: Lines<Allocation>,
    pub allocated: Decimal,
    pub unallocated: Decimal,
    /// What the lines name. Of a new payment without lines it says what they shall be made of.
    #[cfg_attr(feature = "store", schema(value_type = Vec<uuid::Uuid>))]
    pub order_ids: Vec<OrderId>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<uuid::Uuid>))]
    pub contract_ids: Vec<ContractId>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<uuid::Uuid>))]
    pub plan_ids: Vec<PaymentPlanId>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<uuid::Uuid>))]
    pub invoice_ids: Vec<InvoiceId>,
    pub reversed_on: Option<NaiveDate>,
    pub reversal_reason: Option<String>,
    pub notes: Option<String>,
}

impl Default for Payment {
    fn default() -> Self {
        Self {
            number: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            status: PaymentStatus::Draft,
            paid_on: None,
            method: PaymentMethod::BankTransfer,
            amount: Decimal::ZERO,
            currency: Currency::Renminbi,
            reference: None,
            lines: Lines::default(),
            allocated: Decimal::ZERO,
            unallocated: Decimal::ZERO,
            order_ids: Vec::new(),
            contract_ids: Vec::new(),
            plan_ids: Vec::new(),
            invoice_ids: Vec::new(),
            reversed_on: None,
            reversal_reason: None,
            notes: None,
        }
    }
}

impl Resource for Payment {
    const NAME: &'static str = "payments";
    const AREA: Area = Area::Finance;
    const TITLE: &'static str = "number";
    const PARENT: Option<Parent> = Some(Parent::of("customer_id"));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ISSUED: &'static [&'static str] = &["posted", "reversed"];
    const ACTS: &'static [Act] = &[
        Act::new("posting").from(&["draft"]).to("posted"),
        Act::new("reversal")
            .from(&["posted"])
            .to("reversed")
            .asks(&[Asked::must("reversal_reason"), Asked::may("reversed_on")]),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own(),
        Preset::new("draft", &[Held::is("status", "draft")]),
        Preset::new("month", &[Held::is("status", "posted"), Held::is("paid_on", "@this_month")]).told(),
        Preset::new("unallocated", &[Held::is("status", "posted"), Held::over("unallocated", "0")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("number", Kind::Text).searched().numbered("RC-{year}-{6}").max(60).filterable().sortable().listed(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("status", Kind::Choice(PaymentStatus::WORDS))
            .required()
            .default("draft")
            .create_only()
            .filterable()
            .listed(),
        Field::new("paid_on", Kind::Date).filterable().sortable().listed().quick(),
        Field::new("amount", Kind::Amount)
            .required()
            .range(0, 999_999_999_999)
            .summed()
            .filterable()
            .sortable()
            .listed()
            .quick(),
        Field::new("currency", Kind::Choice(Currency::WORDS)).required().default("CNY").filterable(),
        Field::new("method", Kind::Choice(PaymentMethod::WORDS))
            .required()
            .default("bank_transfer")
            .filterable()
            .listed()
            .quick(),
        Field::new("reference", Kind::Text).searched().max(100).filterable().quick(),
        Field::new("notes", Kind::LongText),
        Field::new("lines", Kind::Lines(&LINES)).group("lines"),
        worked_out("allocated"),
        worked_out("unallocated"),
        Field::new("order_ids", Kind::References("orders")).create_only().filterable().group("lines"),
        Field::new("contract_ids", Kind::References("contracts")).create_only().filterable().group("lines"),
        Field::new("plan_ids", Kind::References("payment-plans")).create_only().filterable().group("lines"),
        Field::new("invoice_ids", Kind::References("invoices")).create_only().filterable().group("lines"),
        Field::new("reversed_on", Kind::Date)
            .create_only()
            .only_when("status", &["reversed"])
            .filterable()
            .sortable()
            .group("outcome"),
        Field::new("reversal_reason", Kind::Text)
            .max(300)
            .required_when("status", &["reversed"])
            .filterable()
            .group("outcome"),
    ];

    fn title(&self) -> &str {
        &self.number
    }

    fn amounts(&mut self) -> Option<(Currency, Vec<&mut Decimal>)> {
        Some((self.currency, vec![&mut self.amount, &mut self.allocated, &mut self.unallocated]))
    }

    fn number(&mut self) -> Option<&mut String> {
        Some(&mut self.number)
    }

    fn follow(&mut self, before: Option<&Self>, at: DateTime<Utc>) {
        self.paid_on.get_or_insert_with(|| numbering::day(at));
        if self.status == PaymentStatus::Reversed && before.is_none_or(|before| before.status != self.status) {
            self.reversed_on.get_or_insert_with(|| numbering::day(at));
        }
        self.tell_by_lines(before.is_none_or(|before| before.lines.is_empty()));
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        let too_fine = |line: &Allocation| money::places(line.amount) > self.currency.places();
        let fine = self.lines.iter().enumerate().filter(|(_, line)| too_fine(line));
        let mut faults: Vec<Fault> = fine
            .map(|(place, _)| {
                Fault::new(format!("/lines/{place}/amount"), "too_many_places").with("max", self.currency.places())
            })
            .collect();
        let whole: Decimal = self.lines.iter().map(|line| line.amount).sum();
        faults.extend((whole > self.amount).then(|| Fault::field("lines", "more_than_amount")));
        let is_nothing = self.status != PaymentStatus::Draft && self.amount.is_zero();
        faults.extend(is_nothing.then(|| Fault::field("amount", "required")));
        let came_back_first = self.paid_on.zip(self.reversed_on).is_some_and(|(paid, reversed)| reversed < paid);
        faults.extend(came_back_first.then(|| Fault::field("reversed_on", "before_its_beginning")));
        faults
    }
}

impl Payment {
    /// What follows from the lines. A payment that never had any keeps what it says it is for.
    pub fn tell_by_lines(&mut self, had_none: bool) {
        for line in self.lines.iter_mut() {
            line.amount = money::padded(line.amount, self.currency);
        }
        let allocated = self.lines.iter().filter(|line| line.names_something()).map(|line| line.amount).sum();
        self.allocated = money::rounded(allocated, self.currency);
        self.unallocated = money::rounded(self.amount - allocated, self.currency);
        if had_none && self.lines.is_empty() {
            return;
        }
        self.order_ids = each_once(self.lines.iter().filter_map(|line| line.order_id));
        self.contract_ids = each_once(self.lines.iter().filter_map(|line| line.contract_id));
        self.plan_ids = each_once(self.lines.iter().filter_map(|line| line.plan_id));
        self.invoice_ids = each_once(self.lines.iter().filter_map(|line| line.invoice_id));
    }
}

/// Ids in their order, each once.
fn each_once<T>(ids: impl Iterator<Item = Id<T>>) -> Vec<Id<T>> {
    let mut ids: Vec<Id<T>> = ids.collect();
    ids.sort_by_key(|id| id.uuid());
    ids.dedup_by_key(|id| id.uuid());
    ids
}

const fn worked_out(key: &'static str) -> Field {
    Field::new(key, Kind::Amount).required().default("0").read_only().summed().filterable().sortable().group("lines")
}
