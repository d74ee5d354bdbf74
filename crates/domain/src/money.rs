//! Amounts: exact decimals in the one currency of their record.

use rust_decimal::Decimal;

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

/// The places of a number that say something: 1.50 has one.
pub fn places(number: Decimal) -> u32 {
    number.normalize().scale()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_counted_in_its_own_places() {
        assert_eq!(Currency::WORDS.iter().filter(|word| word.len() == 3).count(), Currency::WORDS.len());
        assert_eq!((Currency::Renminbi.places(), Currency::Yen.places()), (2, 0));
    }

    #[test]
    fn trailing_zeros_are_no_places() {
        let number = |text: &str| text.parse::<Decimal>().expect("a number");
        assert_eq!((places(number("1.50")), places(number("100")), places(number("0.005"))), (1, 0, 3));
    }
}
