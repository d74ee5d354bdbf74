//! Amounts: exact decimals in the one currency of their record.

pub use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy;

use crate::choice;

choice! {
    /// A currency by its code of ISO 4217.
    pub enum Currency {
        Renminbi = "CNY",
        Dollar = "USD",
        Euro = "EUR",
        HongKongDollar = "HKD",
        Yen = "JPY",
        Pound = "GBP",
        Won = "KRW",
        SingaporeDollar = "SGD",
        TaiwanDollar = "TWD",
        AustralianDollar = "AUD",
    }
}

impl Currency {
    /// The places behind the point in which it is counted.
    pub const fn places(self) -> u32 {
        match self {
            Currency::Yen | Currency::Won => 0,
            _ => 2,
        }
    }
}

/// Digits before the point that any amount or number may have; more is a slip of the hand.
pub const DIGITS: u32 = 15;

/// An amount in the places of its currency, a half away from nothing, as people round.
pub fn rounded(amount: Decimal, currency: Currency) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(currency.places(), RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(currency.places());
    rounded
}

/// An amount with at least the places of its currency; one with more keeps them, to be told of.
pub fn padded(mut amount: Decimal, currency: Currency) -> Decimal {
    amount.rescale(amount.scale().max(currency.places()));
    amount
}

/// What a quantity costs at a price, less a discount in per cent.
pub fn line_amount(quantity: Decimal, price: Decimal, discount: Option<Decimal>, currency: Currency) -> Decimal {
    let kept = Decimal::ONE_HUNDRED - discount.unwrap_or_default();
    rounded(quantity * price * kept / Decimal::ONE_HUNDRED, currency)
}

/// The places of a number that say something: 1.50 has one.
pub fn places(number: Decimal) -> u32 {
    number.normalize().scale()
}

/// The sum of amounts in one currency as they travel: exact, with the places of the finest.
pub fn sum(amounts: &[&str]) -> String {
    amounts.iter().filter_map(|amount| amount.parse::<Decimal>().ok()).sum::<Decimal>().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_exact_to_the_last_cent() {
        assert_eq!(sum(&["0.10", "0.20"]), "0.30");
        assert_eq!(sum(&["999999999999.99", "0.01"]), "1000000000000.00");
        assert_eq!(sum(&[]), "0");
    }

    #[test]
    fn a_currency_is_counted_in_its_own_places() {
        assert_eq!(Currency::WORDS.iter().filter(|word| word.len() == 3).count(), Currency::WORDS.len());
        assert_eq!((Currency::Renminbi.places(), Currency::Yen.places()), (2, 0));
    }

    #[test]
    fn a_line_is_rounded_once_and_a_half_goes_up() {
        let number = |text: &str| text.parse::<Decimal>().expect("a number");
        let amount = |quantity, price, discount: Option<&str>, currency| {
            line_amount(number(quantity), number(price), discount.map(number), currency).to_string()
        };
        assert_eq!(amount("3", "33.335", None, Currency::Renminbi), "100.01");
        assert_eq!(amount("1", "0.01", Some("50"), Currency::Renminbi), "0.01");
        assert_eq!(amount("2", "1000", Some("12.5"), Currency::Renminbi), "1750.00");
        assert_eq!(amount("1.5", "333", None, Currency::Yen), "500");
    }

    #[test]
    fn trailing_zeros_are_no_places() {
        let number = |text: &str| text.parse::<Decimal>().expect("a number");
        assert_eq!((places(number("1.50")), places(number("100")), places(number("0.005"))), (1, 0, 3));
    }
}
