//! An invoice (发票): what a customer is billed, with the title and tax number that it is made out to.
//!
//! Issued it stays as it is for ever. What was wrong is negated by another, the red-letter invoice (红字发票), whose lines are
//! those of the first with the sign turned; each leads to the other.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Payment;
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
use crate::relations::CustomerId;
use crate::resource::{Area, Resource};
use crate::sales::lines::{self, SalesLine};
use crate::sales::owed::Owed;
use crate::sales::{ContractId, OrderId};

pub type InvoiceId = Id<Invoice>;

choice! {
    pub enum InvoiceKind {
        /// 增值税专用发票, by which the buyer gets the tax back.
        Special = "special",
        /// 增值税普通发票.
        Ordinary = "ordinary",
        /// 数电发票, special and ordinary.
        ElectronicSpecial = "electronic_special",
        ElectronicOrdinary = "electronic_ordinary",
    }
}

choice! {
    pub enum InvoiceStatus {
        Draft = "draft",
        /// The customer has it.
        Issued = "issued",
        /// A red-letter invoice negates it.
        Corrected = "corrected",
        /// A draft that nobody issues.
        Cancelled = "cancelled",
    }
}

const LINES: Columns = lines::signed("invoice_lines", "invoice_id");

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::invoices, treat_none_as_null = true))]
pub struct Invoice {
    pub number: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub order_id: Option<OrderId>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub contract_id: Option<ContractId>,
    pub kind: InvoiceKind,
    pub status: InvoiceStatus,
    /// The number by which the tax office knows it.
    pub tax_number: Option<String>,
    pub issued_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    /// Whom it is made out to.
    pub title: Option<String>,
    pub tax_id: Option<String>,
    pub bank: Option<String>,
    pub bank_account: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
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
    /// The invoice that this one negates.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub corrects_id: Option<InvoiceId>,
    pub notes: Option<String>,
}

impl Default for Invoice {
    fn default() -> Self {
        Self {
            number: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            order_id: None,
            contract_id: None,
            kind: InvoiceKind::ElectronicOrdinary,
            status: InvoiceStatus::Draft,
            tax_number: None,
            issued_on: None,
            due_on: None,
            title: None,
            tax_id: None,
            bank: None,
            bank_account: None,
            address: None,
            phone: None,
            currency: Currency::Renminbi,
            prices_include_tax: false,
            lines: Lines::default(),
            net: Decimal::ZERO,
            tax: Decimal::ZERO,
            amount: Decimal::ZERO,
            received: Decimal::ZERO,
            open: Decimal::ZERO,
            corrects_id: None,
            notes: None,
        }
    }
}

impl Resource for Invoice {
    const NAME: &'static str = "invoices";
    const AREA: Area = Area::Finance;
    const TITLE: &'static str = "number";
    const PARENT: Option<Parent> = Some(Parent::of("customer_id"));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ISSUED: &'static [&'static str] = &["issued", "corrected"];
    const ACTS: &'static [Act] = &[
        Act::new("issue").from(&["draft"]).to("issued").asks(&[
            Asked::may("tax_number"),
            Asked::may("issued_on"),
            Asked::may("due_on"),
        ]),
        Act::new("receipt")
            .from(&["issued"])
            .makes(Makes::of(Payment::NAME, "invoice_ids").carrying(&[("open", "amount")])),
        Act::new("correction").from(&["issued"]).makes(Makes::of(Self::NAME, "corrects_id")),
        Act::new("cancellation").from(&["draft"]).to("cancelled"),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[]).own(),
        Preset::new("draft", &[Held::is("status", "draft")]),
        Preset::new("open", &[Held::is("status", "issued"), Held::over("open", "0")]),
        Preset::new(
            "overdue",
            &[Held::is("status", "issued"), Held::over("open", "0"), Held::before("due_on", "@today")],
        )
        .told(),
        Preset::new("month", &[Held::is("issued_on", "@this_month")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("number", Kind::Text).searched().numbered("IV-{year}-{6}").max(60).filterable().sortable().listed(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("order_id", Kind::Reference("orders")).create_only().filterable().quick(),
        Field::new("contract_id", Kind::Reference("contracts")).create_only().filterable(),
        Field::new("kind", Kind::Choice(InvoiceKind::WORDS))
            .required()
            .default("electronic_ordinary")
            .filterable()
            .listed()
            .quick(),
        Field::new("status", Kind::Choice(InvoiceStatus::WORDS))
            .required()
            .default("draft")
            .create_only()
            .filterable()
            .listed(),
        Field::new("issued_on", Kind::Date).create_only().filterable().sortable().listed(),
        Field::new("due_on", Kind::Date).filterable().sortable().listed().quick(),
        amount("amount").listed(),
        amount("received"),
        amount("open").listed(),
        Field::new("currency", Kind::Choice(Currency::WORDS)).required().default("CNY").filterable(),
        Field::new("prices_include_tax", Kind::Bool).required().default("false"),
        Field::new("tax_number", Kind::Text).searched().max(40).filterable(),
        Field::new("notes", Kind::LongText),
        Field::new("title", Kind::Text).max(200).filterable().group("buyer"),
        Field::new("tax_id", Kind::Text).max(30).filterable().group("buyer"),
        Field::new("bank", Kind::Text).max(100).group("buyer"),
        Field::new("bank_account", Kind::Text).max(40).group("buyer"),
        Field::new("address", Kind::Text).max(300).group("buyer"),
        Field::new("phone", Kind::Text).max(40).group("buyer"),
        Field::new("lines", Kind::Lines(&LINES)).group("lines"),
        amount("net").group("lines"),
        amount("tax").group("lines"),
        Field::new("corrects_id", Kind::Reference("invoices")).create_only().filterable().group("outcome"),
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
        self.add_up();
        let is_out = matches!(self.status, InvoiceStatus::Issued | InvoiceStatus::Corrected);
        if is_out && before.is_none_or(|before| before.status != self.status) {
            let issued_on = *self.issued_on.get_or_insert_with(|| numbering::day(at));
            self.due_on.get_or_insert(issued_on);
        }
    }

    fn check(&self, before: Option<&Self>) -> Vec<Fault> {
        // Only what negates another has its sign; a new one gets it when the lines of the other are taken over.
        let is_told = before.is_some() || !self.is_red();
        let sign = self.lines.iter().enumerate().filter(|(_, line)| {
            is_told && if self.is_red() { line.quantity > Decimal::ZERO } else { line.quantity < Decimal::ZERO }
        });
        let mut faults: Vec<Fault> =
            sign.map(|(place, _)| Fault::new(format!("/lines/{place}/quantity"), "wrong_sign")).collect();
        let is_empty = before.is_some() && self.status == InvoiceStatus::Issued && self.lines.is_empty();
        faults.extend(is_empty.then(|| Fault::field("lines", "required")));
        let due_first = self.issued_on.zip(self.due_on).is_some_and(|(issued, due)| due < issued);
        faults.extend(due_first.then(|| Fault::field("due_on", "before_its_beginning")));
        faults
    }
}

impl Invoice {
    /// Whether it is a red-letter invoice.
    pub fn is_red(&self) -> bool {
        self.corrects_id.is_some()
    }

    /// What it comes to by its lines.
    pub fn add_up(&mut self) {
        let totals = lines::add_up(&mut self.lines, self.currency, self.prices_include_tax);
        (self.net, self.tax, self.amount) = (totals.net, totals.tax, totals.amount);
        self.receive(self.received);
    }

    /// Makes this one negate the other: whom it is made out to and each line, with the sign turned.
    pub fn negate(&mut self, other: &Self, fresh: impl Fn() -> Uuid) {
        let turned = |line: &SalesLine| SalesLine { id: fresh(), quantity: -line.quantity, ..line.clone() };
        let lines = Lines(other.lines.iter().map(turned).collect());
        let kept = self.clone();
        *self = Self {
            number: kept.number,
            status: kept.status,
            tax_number: kept.tax_number,
            issued_on: kept.issued_on,
            due_on: kept.due_on,
            received: kept.received,
            corrects_id: kept.corrects_id,
            notes: kept.notes,
            lines,
            ..other.clone()
        };
        self.add_up();
    }
}

impl Owed for Invoice {
    fn customer(&self) -> CustomerId {
        self.customer_id
    }

    fn currency(&self) -> Currency {
        self.currency
    }

    fn takes_money(&self) -> bool {
        self.status == InvoiceStatus::Issued && !self.is_red()
    }

    fn received(&self) -> Decimal {
        self.received
    }

    fn open(&self) -> Option<Decimal> {
        Some(self.open)
    }

    fn receive(&mut self, received: Decimal) {
        self.received = money::rounded(received, self.currency);
        let is_negated = self.is_red() || self.status == InvoiceStatus::Corrected;
        let open = if is_negated { Decimal::ZERO } else { self.amount - received };
        self.open = money::rounded(open, self.currency);
    }
}

const fn amount(key: &'static str) -> Field {
    Field::new(key, Kind::Amount).required().default("0").read_only().summed().filterable().sortable()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_red_letter_invoice_is_the_other_to_the_cent_with_the_sign_turned() {
        let line = |quantity: &str, price: &str, rate: &str| SalesLine {
            quantity: quantity.parse().expect("a number"),
            price: price.parse().expect("a number"),
            tax_rate: rate.parse().ok(),
            discount: "12.5".parse().ok(),
            ..SalesLine::default()
        };
        let mut first = Invoice {
            lines: Lines(vec![line("3", "33.335", "13"), line("0.5", "0.03", "6")]),
            title: Some("华信".to_owned()),
            ..Invoice::default()
        };
        first.add_up();
        let mut red = Invoice { corrects_id: Some(InvoiceId::new(Uuid::max())), ..Invoice::default() };
        red.negate(&first, Uuid::max);
        assert_eq!((red.net, red.tax, red.amount), (-first.net, -first.tax, -first.amount));
        assert_eq!((red.open, red.title.as_deref()), (Decimal::ZERO, Some("华信")));
        assert!(red.check(None).is_empty() && first.check(None).is_empty());
        let turned = Invoice { corrects_id: None, ..red };
        assert_eq!(turned.check(None)[0].code, "wrong_sign");
    }
}
