//! An opportunity: a chance to sell something to a customer, on its way through a pipeline until it is won or lost.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StageId;
use crate::act::{Act, Asked, Makes};
use crate::catalog::ProductId;
use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::lines::{Columns, Fill, Lines, Spread};
use crate::money::{self, Currency};
use crate::preset::{Held, Preset};
use crate::references::{Deletion, Parent};
use crate::relations::CustomerId;
use crate::relations::TagId;
use crate::relations::customers::CustomerSource;
use crate::resource::{Area, Resource};

pub type OpportunityId = Id<Opportunity>;

choice! {
    pub enum OpportunityStatus { Open = "open", Won = "won", Lost = "lost" }
}

choice! {
    pub enum OpportunityKind {
        NewBusiness = "new_business",
        Expansion = "expansion",
        Renewal = "renewal",
        Other = "other",
    }
}

choice! {
    pub enum LossReason {
        Price = "price",
        Competitor = "competitor",
        Product = "product",
        NoBudget = "no_budget",
        NoDecision = "no_decision",
        Timing = "timing",
        Other = "other",
    }
}

/// A product that the customer would buy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct OpportunityLine {
    pub id: Uuid,
    #[cfg_attr(feature = "store", schema(value_type = Uuid))]
    pub product_id: ProductId,
    pub description: Option<String>,
    pub quantity: Decimal,
    /// Of one unit.
    pub price: Decimal,
    /// In per cent.
    pub discount: Option<Decimal>,
    /// Worked out of the others.
    pub amount: Decimal,
}

impl Default for OpportunityLine {
    fn default() -> Self {
        Self {
            id: Uuid::nil(),
            product_id: ProductId::new(Uuid::nil()),
            description: None,
            quantity: Decimal::ONE,
            price: Decimal::ZERO,
            discount: None,
            amount: Decimal::ZERO,
        }
    }
}

const LINES: Columns = Columns {
    spread: Some(Spread { table: "opportunity_lines", document: "opportunity_id" }),
    fields: &[
        Field::new("product_id", Kind::Reference("products")).required(),
        Field::new("description", Kind::Text).max(300),
        Field::new("quantity", Kind::Decimal).required().default("1").range(0, 999_999_999),
        Field::new("price", Kind::Amount).required().range(0, 999_999_999_999),
        Field::new("discount", Kind::Decimal).range(0, 100),
        Field::new("amount", Kind::Amount).read_only(),
    ],
    fills: &[Fill { chosen: "product_id", from: "price", into: "price" }],
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::opportunities, treat_none_as_null = true))]
pub struct Opportunity {
    pub number: String,
    pub name: String,
    #[cfg_attr(feature = "store", schema(value_type = uuid::Uuid))]
    pub customer_id: CustomerId,
    /// Where there are lines, their sum.
    pub amount: Option<Decimal>,
    pub currency: Currency,
    /// Where it stands; a new one begins at the first stage.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub stage_id: Option<StageId>,
    /// Since when it stands there.
    #[serde(with = "crate::instant::option")]
    pub stage_since: Option<DateTime<Utc>>,
    /// The last day on which it may stand there, as the stage says. Nobody waits for one that is won or lost.
    pub stale_on: Option<NaiveDate>,
    /// In per cent; that of the stage, unless somebody knows better.
    pub probability: Option<i64>,
    pub status: OpportunityStatus,
    /// The day on which a decision is expected.
    pub close_on: Option<NaiveDate>,
    pub kind: Option<OpportunityKind>,
    pub source: Option<CustomerSource>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<uuid::Uuid>))]
    pub tag_ids: Vec<TagId>,
    pub loss_reason: Option<LossReason>,
    pub loss_note: Option<String>,
    /// When it was won or lost.
    #[serde(with = "crate::instant::option")]
    pub closed_at: Option<DateTime<Utc>>,
    pub notes: Option<String>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<OpportunityLine>))]
    pub lines: Lines<OpportunityLine>,
}

impl Default for Opportunity {
    fn default() -> Self {
        Self {
            number: String::new(),
            name: String::new(),
            customer_id: CustomerId::new(Uuid::nil()),
            amount: None,
            currency: Currency::Renminbi,
            stage_id: None,
            stage_since: None,
            stale_on: None,
            probability: None,
            status: OpportunityStatus::Open,
            close_on: None,
            kind: None,
            source: None,
            tag_ids: Vec::new(),
            loss_reason: None,
            loss_note: None,
            closed_at: None,
            notes: None,
            lines: Lines::default(),
        }
    }
}

impl Resource for Opportunity {
    const NAME: &'static str = "opportunities";
    const AREA: Area = Area::Sales;
    const PARENT: Option<Parent> = Some(Parent::of("customer_id").deletion(Deletion::With));
    const TRANSFERRED: bool = true;
    const KEY: Option<&'static str> = Some("number");
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const STATE: Option<&'static str> = Some("status");
    const ACTS: &'static [Act] = &[
        Act::new("advancement").from(&["open"]).asks(&[Asked::must("stage_id"), Asked::may("probability")]),
        Act::new("quotation").from(&["open"]).makes(Makes::of("quotes", "opportunity_id")),
        Act::new("win").from(&["open"]).to("won"),
        Act::new("loss").from(&["open"]).to("lost").asks(&[Asked::must("loss_reason"), Asked::may("loss_note")]),
        Act::new("reopening").from(&["won", "lost"]).to("open"),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[Held::is("status", "open")]).own().told(),
        Preset::new("closing", &[Held::is("status", "open"), Held::is("close_on", "@this_month")]).told(),
        Preset::new("late", &[Held::is("status", "open"), Held::before("close_on", "@today")]).told(),
        Preset::new("stale", &[Held::is("status", "open"), Held::before("stale_on", "@today")]).told(),
        Preset::new("won", &[Held::is("status", "won"), Held::is("closed_at", "@this_month")]).told(),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().filterable().sortable().listed().quick(),
        Field::new("number", Kind::Text).searched().numbered("OPP-{year}-{6}").max(60).filterable().sortable(),
        Field::new("customer_id", Kind::Reference("customers")).required().filterable().listed().quick(),
        Field::new("amount", Kind::Amount).range(0, 999_999_999_999).summed().filterable().sortable().listed().quick(),
        Field::new("currency", Kind::Choice(Currency::WORDS)).required().default("CNY").filterable(),
        Field::new("stage_id", Kind::Reference("stages")).create_only().filterable().listed(),
        Field::new("probability", Kind::Integer).range(0, 100).filterable().sortable().listed(),
        Field::new("status", Kind::Choice(OpportunityStatus::WORDS))
            .required()
            .default("open")
            .create_only()
            .filterable()
            .listed(),
        Field::new("close_on", Kind::Date).filterable().sortable().listed().quick(),
        Field::new("kind", Kind::Choice(OpportunityKind::WORDS)).filterable(),
        Field::new("source", Kind::Choice(CustomerSource::WORDS)).filterable(),
        Field::new("tag_ids", Kind::References("tags")).filterable().listed(),
        Field::new("notes", Kind::LongText),
        Field::new("lines", Kind::Lines(&LINES)).group("lines"),
        Field::new("stage_since", Kind::Instant).read_only().filterable().sortable().group("outcome"),
        Field::new("stale_on", Kind::Date).read_only().filterable().sortable().group("outcome"),
        Field::new("closed_at", Kind::Instant).create_only().filterable().sortable().group("outcome"),
        Field::new("loss_reason", Kind::Choice(LossReason::WORDS))
            .required_when("status", &["lost"])
            .filterable()
            .group("outcome"),
        Field::new("loss_note", Kind::Text).max(300).only_when("status", &["lost"]).group("outcome"),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn amounts(&mut self) -> Option<(Currency, Vec<&mut Decimal>)> {
        Some((self.currency, self.amount.as_mut().into_iter().collect()))
    }

    fn number(&mut self) -> Option<&mut String> {
        Some(&mut self.number)
    }

    fn follow(&mut self, before: Option<&Self>, at: DateTime<Utc>) {
        self.add_up(before);
        if before.is_none_or(|before| before.stage_id != self.stage_id) {
            self.stage_since = Some(at);
        }
        if self.status != OpportunityStatus::Open {
            self.stale_on = None;
        }
        if before.is_some_and(|before| before.status == self.status) {
            return;
        }
        match self.status {
            OpportunityStatus::Open => {
                self.closed_at = None;
                if before.is_some() {
                    // The chance that the stage gives, which the store knows.
                    self.probability = None;
                }
            }
            OpportunityStatus::Won => self.close(100, at),
            OpportunityStatus::Lost => self.close(0, at),
        }
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        let differs = !self.lines.is_empty() && self.amount != Some(self.sum());
        Vec::from_iter(differs.then(|| Fault::field("amount", "not_the_sum")))
    }
}

impl Opportunity {
    /// The lines make the amount, unless somebody says another one, which is then judged.
    fn add_up(&mut self, before: Option<&Self>) {
        let currency = self.currency;
        for line in self.lines.iter_mut() {
            line.amount = money::line_amount(line.quantity, line.price, line.discount, currency);
        }
        let unsaid = match before {
            Some(before) => before.amount == self.amount,
            None => self.amount.is_none(),
        };
        if unsaid && !self.lines.is_empty() {
            self.amount = Some(self.sum());
        }
    }

    fn sum(&self) -> Decimal {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The chance is no chance any more. When it was decided may be told of what is brought in from elsewhere.
    fn close(&mut self, probability: i64, at: DateTime<Utc>) {
        self.probability = Some(probability);
        self.closed_at = self.closed_at.or(Some(at));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::check;

    fn now() -> DateTime<Utc> {
        "2026-11-29T02:00:00Z".parse().expect("an instant")
    }

    fn act(before: &Opportunity, noun: &str, asked: serde_json::Value) -> Result<Opportunity, Vec<Fault>> {
        let act = Opportunity::ACTS.iter().find(|act| act.noun == noun).expect("an act");
        check::own::act(before, act, asked.as_object().unwrap_or(&Map::new()), now())
    }

    fn open() -> Opportunity {
        let draft = json!({"name": "三号线改造", "customer_id": Uuid::max(), "amount": "1200000.5"});
        check::own::create(draft.as_object().expect("an object"), now()).expect("valid")
    }

    #[test]
    fn who_wins_is_certain_and_who_loses_says_why() {
        let won = act(&open(), "win", json!({})).expect("won");
        assert_eq!((won.status, won.probability, won.closed_at), (OpportunityStatus::Won, Some(100), Some(now())));
        let silent = act(&open(), "loss", json!({})).expect_err("refused");
        assert_eq!(silent[0], Fault::field("loss_reason", "required"));
        let lost = act(&open(), "loss", json!({"loss_reason": "price"})).expect("lost");
        assert_eq!((lost.probability, lost.loss_reason), (Some(0), Some(LossReason::Price)));
        let again = act(&lost, "reopening", json!({})).expect("open");
        assert_eq!((again.status, again.loss_reason, again.closed_at), (OpportunityStatus::Open, None, None));
    }

    #[test]
    fn the_lines_make_the_amount_and_nobody_says_another_one() {
        let lines = json!([
            {"id": Uuid::max(), "product_id": Uuid::max(), "quantity": "3", "price": "1999.99"},
            {"product_id": Uuid::max(), "price": "500", "discount": "10", "amount": "1"},
        ]);
        let change = |before: &Opportunity, patch: serde_json::Value| {
            check::own::change(before, patch.as_object().expect("an object"), now())
        };
        let known = Opportunity { amount: None, ..open() };
        let sold = change(&known, json!({"lines": lines})).expect("valid");
        assert_eq!(sold.amount.map(|amount| amount.to_string()).as_deref(), Some("6449.97"));
        assert_eq!(sold.lines[1].amount.to_string(), "450.00");
        let refused = change(&sold, json!({"amount": "7000"})).expect_err("not the sum");
        assert_eq!(refused, [Fault::field("amount", "not_the_sum")]);
        let bare = change(&sold, json!({"lines": [], "amount": "7000"})).expect("valid");
        assert_eq!(bare.amount.map(|amount| amount.to_string()).as_deref(), Some("7000.00"));
        let faulty = change(&sold, json!({"lines": [{"quantity": "-1"}]})).expect_err("refused");
        let codes: Vec<_> = faulty.iter().map(|fault| (fault.pointer.as_str(), fault.code.as_str())).collect();
        let expected =
            [("/lines/0/product_id", "required"), ("/lines/0/quantity", "not_between"), ("/lines/0/price", "required")];
        assert_eq!(codes, expected);
    }

    #[test]
    fn a_new_stage_begins_now_and_only_an_act_leads_there() {
        let moved = act(&open(), "advancement", json!({"stage_id": Uuid::max()})).expect("moved");
        assert_eq!(moved.stage_since, Some(now()));
        let unknown = act(&open(), "win", json!({"notes": "x"})).expect_err("refused");
        assert_eq!(unknown[0], Fault::field("notes", "unknown_member"));
        let patched = |patch: serde_json::Value| {
            check::own::change(&open(), patch.as_object().expect("an object"), now()).expect_err("refused")
        };
        assert_eq!(patched(json!({"status": "won"}))[0], Fault::field("status", "read_only"));
        assert_eq!(patched(json!({"stage_id": Uuid::max()}))[0], Fault::field("stage_id", "read_only"));
    }

    #[test]
    fn an_amount_has_the_places_of_its_currency() {
        let faults = |amount: &str, currency: &str| {
            let patch = json!({"amount": amount, "currency": currency});
            let changed = check::own::change(&open(), patch.as_object().expect("an object"), now());
            changed.err().unwrap_or_default().into_iter().map(|fault| fault.code).collect::<Vec<_>>()
        };
        assert_eq!(open().amount.map(|amount| amount.to_string()).as_deref(), Some("1200000.50"));
        assert_eq!(faults("10.50", "CNY"), Vec::<String>::new());
        assert_eq!(faults("10.505", "CNY"), ["too_many_places"]);
        assert_eq!(faults("10.50", "JPY"), ["too_many_places"]);
        assert_eq!(faults("-1", "CNY"), ["not_between"]);
        assert_eq!(faults("1000000000000", "CNY"), ["not_between"]);
    }
}
