//! A payment plan: when a customer pays which part of an order or a contract.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Payment;
use crate::act::{Act, Makes};
use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::lines::{Columns, Lines, Spread};
use crate::money::{self, Currency};
use crate::preset::{Held, Preset};
use crate::references::Parent;
use crate::relations::CustomerId;
use crate::resource::{Area, Resource};
use crate::sales::owed::Owed;
use crate::sales::{ContractId, OrderId};

pub type PaymentPlanId = Id<PaymentPlan>;

choice! {
    pub enum PlanStatus { Active = "active", Cancelled = "cancelled" }
}

/// A part of what is owed, with the last day on which it shall be there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Instalment {
    pub id: Uuid,
    pub due_on: NaiveDate,
    pub amount: Decimal,
    pub note: Option<String>,
    /// Worked out: what comes in pays the earliest first.
    pub received: Decimal,
    pub open: Decimal,
}

impl Default for Instalment {
    fn default() -> Self {
        Self {
            id: Uuid::nil(),
            due_on: NaiveDate::default(),
            amount: Decimal::ZERO,
            note: None,
            received: Decimal::ZERO,
            open: Decimal::ZERO,
        }
    }
}

const LINES: Columns = Columns {
    spread: Some(Spread { table: "payment_plan_lines", document: "payment_plan_id" }),
    fields: &[
        Field::new("due_on", Kind::Date).required(),
        Field::new("amount", Kind::Amount).required().range(0, 999_999_999_999),
        Field::new("note", Kind::Text).max(300),
        Field::new("received", Kind::Amount).read_only(),
        Field::new("open", Kind::Amount).read_only(),
    ],
    fills: &[],
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::payment_plans, treat_none_as_null = true))]
pub struct PaymentPlan {
    pub number: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub order_id: Option<OrderId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contract_id: Option<ContractId>,
    pub status: PlanStatus,
    pub currency: Currency,
    #[cfg_attr(feature = "store", schema(value_type = Vec<Instalment>))]
    pub lines: Lines<Instalment>,
    pub amount: Decimal,
    pub received: Decimal,
    pub open: Decimal,
    /// The day of the first instalment that is not there yet.
    pub next_due_on: Option<NaiveDate>,
    pub notes: Option<String>,
}

impl Default for PaymentPlan {
    fn default() -> Self {
        Self {
            number: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            order_id: None,
            contract_id: None,
            status: PlanStatus::Active,
            currency: Currency::Renminbi,
            lines: Lines::default(),
            amount: Decimal::ZERO,
            received: Decimal::ZERO,
            open: Decimal::ZERO,
            next_due_on: None,
            notes: None,
        }
    }
}

impl Resource for PaymentPlan {
    const NAME: &'static str = "payment-plans";
    const TABLE: &'static str = "payment_plans";
    const AREA: Area = Area::Finance;
    const TITLE: &'static str = "number";
    const PARENT: Option<Parent> = Some(Parent::of("customer_id"));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("receipt")
            .from(&["active"])
            .makes(Makes::of(Payment::NAME, "plan_ids").carrying(&[("open", "amount")])),
        Act::new("cancellation").from(&["active"]).to("cancelled"),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own(),
        Preset::new("overdue", &[Held::is("status", "active"), Held::before("next_due_on", "@today")]).told(),
        Preset::new("month", &[Held::is("status", "active"), Held::is("next_due_on", "@this_month")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("number", Kind::Text).searched().numbered("PP-{year}-{6}").max(60).filterable().sortable().listed(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("order_id", Kind::Reference("orders")).create_only().filterable().quick(),
        Field::new("contract_id", Kind::Reference("contracts")).create_only().filterable().quick(),
        Field::new("status", Kind::Choice(PlanStatus::WORDS))
            .required()
            .default("active")
            .create_only()
            .filterable()
            .listed(),
        Field::new("next_due_on", Kind::Date).read_only().filterable().sortable().listed(),
        amount("amount").listed(),
        amount("received"),
        amount("open").listed(),
        Field::new("currency", Kind::Choice(Currency::WORDS)).required().default("CNY").filterable(),
        Field::new("notes", Kind::LongText),
        Field::new("lines", Kind::Lines(&LINES)).group("lines"),
    ];

    fn title(&self) -> &str {
        &self.number
    }

    fn amounts(&mut self) -> Option<(Currency, Vec<&mut Decimal>)> {
        Some((self.currency, vec![&mut self.amount, &mut self.received, &mut self.open]))
    }

    fn number(&mut self) -> Option<&mut String> {
        Some(&mut self.number)
    }

    fn follow(&mut self, _before: Option<&Self>, _at: DateTime<Utc>) {
        self.receive(self.received);
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        let too_fine = |line: &Instalment| money::places(line.amount) > self.currency.places();
        let fine = self.lines.iter().enumerate().filter(|(_, line)| too_fine(line));
        let fine = fine.map(|(place, _)| {
            Fault::new(format!("/lines/{place}/amount"), "too_many_places").with("max", self.currency.places())
        });
        fine.chain((self.open < Decimal::ZERO).then(|| Fault::field("lines", "less_than_received"))).collect()
    }
}

impl Owed for PaymentPlan {
    fn customer(&self) -> CustomerId {
        self.customer_id
    }

    fn currency(&self) -> Currency {
        self.currency
    }

    fn takes_money(&self) -> bool {
        self.status == PlanStatus::Active
    }

    fn received(&self) -> Decimal {
        self.received
    }

    fn open(&self) -> Option<Decimal> {
        Some(self.open)
    }

    fn receive(&mut self, received: Decimal) {
        let (currency, mut left) = (self.currency, received);
        let mut by_day: Vec<&mut Instalment> = self.lines.iter_mut().collect();
        by_day.sort_by_key(|line| line.due_on);
        for line in by_day {
            line.amount = money::padded(line.amount, currency);
            line.received = money::rounded(left.min(line.amount), currency);
            line.open = money::rounded(line.amount - line.received, currency);
            left -= line.received;
        }
        self.amount = money::rounded(self.lines.iter().map(|line| line.amount).sum(), currency);
        self.received = money::rounded(received, currency);
        self.open = money::rounded(self.amount - received, currency);
        let waiting = self.lines.iter().filter(|line| line.open > Decimal::ZERO);
        self.next_due_on = waiting.map(|line| line.due_on).min();
    }
}

const fn amount(key: &'static str) -> Field {
    Field::new(key, Kind::Amount).required().default("0").read_only().summed().filterable().sortable()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_pays_the_earliest_instalments_first() {
        let due = |day: &str, amount: i64| Instalment {
            due_on: day.parse().expect("a day"),
            amount: Decimal::from(amount),
            ..Instalment::default()
        };
        let mut plan = PaymentPlan {
            lines: Lines(vec![due("2026-03-01", 50), due("2026-01-01", 30), due("2026-02-01", 20)]),
            ..PaymentPlan::default()
        };
        let told = |plan: &mut PaymentPlan, received: i64| {
            plan.receive(Decimal::from(received));
            let open: Vec<String> = plan.lines.iter().map(|line| line.open.to_string()).collect();
            (open.join(" "), plan.next_due_on.map(|day| day.to_string()))
        };
        assert_eq!(told(&mut plan, 0), ("50.00 30.00 20.00".into(), Some("2026-01-01".into())));
        assert_eq!(told(&mut plan, 35), ("50.00 0.00 15.00".into(), Some("2026-02-01".into())));
        assert_eq!(told(&mut plan, 100), ("0.00 0.00 0.00".into(), None));
        assert_eq!((plan.amount.to_string(), plan.open.to_string()), ("100.00".into(), "0.00".into()));
    }
}
