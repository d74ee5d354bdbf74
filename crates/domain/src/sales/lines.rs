//! The product lines of quotes and orders, and what a document comes to by them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalog::ProductId;
use crate::field::{Field, Kind};
use crate::lines::{Columns, Fill, Lines, Spread};
use crate::money::{self, Currency};

/// A product that is offered or ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct SalesLine {
    pub id: Uuid,
    #[cfg_attr(feature = "store", schema(value_type = Uuid))]
    pub product_id: ProductId,
    pub description: Option<String>,
    pub quantity: Decimal,
    pub unit: Option<String>,
    /// Of one unit, with or without tax as the document says.
    pub price: Decimal,
    /// In per cent.
    pub discount: Option<Decimal>,
    /// In per cent.
    pub tax_rate: Option<Decimal>,
    /// Worked out of the others: what is taxed, and the tax.
    pub net: Decimal,
    pub tax: Decimal,
}

impl Default for SalesLine {
    fn default() -> Self {
        Self {
            id: Uuid::nil(),
            product_id: ProductId::new(Uuid::nil()),
            description: None,
            quantity: Decimal::ONE,
            unit: None,
            price: Decimal::ZERO,
            discount: None,
            tax_rate: None,
            net: Decimal::ZERO,
            tax: Decimal::ZERO,
        }
    }
}

/// The columns of such lines, spread into a table of their own.
pub const fn columns(table: &'static str, document: &'static str) -> Columns {
    Columns { spread: Some(Spread { table, document }), fields: FIELDS, fills: FILLS }
}

/// The same of documents that may negate others, whose quantities have a sign.
pub const fn signed(table: &'static str, document: &'static str) -> Columns {
    Columns { spread: Some(Spread { table, document }), fields: SIGNED, fills: FILLS }
}

const FIELDS: &[Field] = &fields(0);
const SIGNED: &[Field] = &fields(-999_999_999);

const fn fields(least: i64) -> [Field; 9] {
    [
        Field::new("product_id", Kind::Reference("products")).required(),
        Field::new("description", Kind::Text).max(300),
        Field::new("quantity", Kind::Decimal).required().default("1").range(least, 999_999_999),
        Field::new("unit", Kind::Text).max(20),
        Field::new("price", Kind::Amount).required().range(0, 999_999_999_999),
        Field::new("discount", Kind::Decimal).range(0, 100),
        Field::new("tax_rate", Kind::Decimal).range(0, 100),
        Field::new("net", Kind::Amount).read_only(),
        Field::new("tax", Kind::Amount).read_only(),
    ]
}

const FILLS: &[Fill] = &[
    Fill { chosen: "product_id", from: "unit", into: "unit" },
    Fill { chosen: "product_id", from: "price", into: "price" },
    Fill { chosen: "product_id", from: "tax_rate", into: "tax_rate" },
];

/// What a document comes to. Net and tax make the amount to the cent, and each is the sum of its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub net: Decimal,
    pub tax: Decimal,
    pub amount: Decimal,
}

/// Works the lines out: each is rounded once, and the document is their sum.
pub fn add_up(lines: &mut Lines<SalesLine>, currency: Currency, prices_include_tax: bool) -> Totals {
    for line in lines.iter_mut() {
        let priced = money::line_amount(line.quantity, line.price, line.discount, currency);
        (line.net, line.tax) = parts(priced, line.tax_rate.unwrap_or_default(), currency, prices_include_tax);
    }
    let sum = |part: fn(&SalesLine) -> Decimal| money::rounded(lines.iter().map(part).sum(), currency);
    let (net, tax) = (sum(|line| line.net), sum(|line| line.tax));
    Totals { net, tax, amount: net + tax }
}

/// What is taxed of a price, and the tax.
pub fn parts(priced: Decimal, rate: Decimal, currency: Currency, prices_include_tax: bool) -> (Decimal, Decimal) {
    if prices_include_tax {
        let tax = money::rounded(priced * rate / (Decimal::ONE_HUNDRED + rate), currency);
        (priced - tax, tax)
    } else {
        (priced, money::rounded(priced * rate / Decimal::ONE_HUNDRED, currency))
    }
}

/// What a customer relies on once a document went out to him.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms<'a> {
    pub currency: Currency,
    pub prices_include_tax: bool,
    pub lines: &'a Lines<SalesLine>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(quantity: i64, price: i64, discount: i64, rate: i64) -> SalesLine {
        SalesLine {
            quantity: Decimal::new(quantity, 3),
            price: Decimal::new(price, 2),
            discount: Some(Decimal::new(discount, 1)),
            tax_rate: Some(Decimal::from(rate)),
            ..SalesLine::default()
        }
    }

    #[test]
    fn tax_is_in_the_price_or_comes_on_top_of_it() {
        let mut lines = Lines(vec![line(1_000, 11_300, 0, 13)]);
        let on_top = add_up(&mut lines, Currency::Renminbi, false);
        assert_eq!([on_top.net, on_top.tax, on_top.amount].map(|part| part.to_string()), ["113.00", "14.69", "127.69"]);
        let within = add_up(&mut lines, Currency::Renminbi, true);
        assert_eq!([within.net, within.tax, within.amount].map(|part| part.to_string()), ["100.00", "13.00", "113.00"]);
    }

    proptest! {
        #[test]
        fn lines_tax_and_document_agree_to_the_cent(
            parts in prop::collection::vec((0..100_000_i64, 0..10_000_000_i64, 0..=1_000_i64, 0..=100_i64), 0..40),
            within: bool,
            yen: bool,
        ) {
            let currency = if yen { Currency::Yen } else { Currency::Renminbi };
            let mut lines = Lines(parts.iter().map(|(q, p, d, r)| line(*q, *p, *d, *r)).collect());
            let totals = add_up(&mut lines, currency, within);
            let sum = |part: fn(&SalesLine) -> Decimal| lines.iter().map(part).sum::<Decimal>();
            prop_assert_eq!(totals.net, sum(|line| line.net));
            prop_assert_eq!(totals.tax, sum(|line| line.tax));
            prop_assert_eq!(totals.amount, totals.net + totals.tax);
            for line in lines.iter() {
                let priced = money::line_amount(line.quantity, line.price, line.discount, currency);
                prop_assert_eq!(if within { line.net + line.tax } else { line.net }, priced);
                prop_assert!(line.net >= Decimal::ZERO && line.tax >= Decimal::ZERO);
                prop_assert!(money::places(line.net).max(money::places(line.tax)) <= currency.places());
            }
        }
    }
}
