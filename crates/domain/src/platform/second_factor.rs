//! The second step of signing in: what people type there, on whatever keyboard.
//!
//! Either the six digits that their phone shows at the moment, or one of the recovery codes that they put aside for the
//! day on which the phone is gone.

/// Digits of the code that a phone shows.
pub const DIGITS: usize = 6;

/// Recovery codes that a person is given at once.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits of a recovery code, the dashes left out.
pub const RECOVERY_LENGTH: usize = 16;

/// What was typed, in the form in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    Code(String),
    Recovery(String),
}

impl Typed {
    /// Nothing if it cannot be either of them.
    pub fn of(text: &str) -> Option<Self> {
        let plain = plain(text);
        match plain.len() {
            DIGITS if plain.bytes().all(|byte| byte.is_ascii_digit()) => Some(Self::Code(plain)),
            RECOVERY_LENGTH if plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Some(Self::Recovery(plain)),
            _ => None,
        }
    }
}

/// Without spaces and dashes, in lower case, and with the digits of a Chinese keyboard made narrow.
pub fn plain(text: &str) -> String {
    let narrow = |letter: char| match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        other => other,
    };
    let joins = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}');
    text.chars().map(narrow).filter(|letter| !joins(*letter)).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_pasted() {
        for typed in ["123456", "123 456", " 123-456\n", "１２３ ４５６", "123\u{a0}456", "123–456"] {
            assert_eq!(Typed::of(typed), Some(Typed::Code("123456".into())), "{typed:?}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_with_and_without_its_dashes() {
        for typed in ["kq7m-vw2x-9tbe-hr4c", "KQ7MVW2X9TBEHR4C", " kq7m vw2x 9tbe hr4c "] {
            assert_eq!(Typed::of(typed), Some(Typed::Recovery("kq7mvw2x9tbehr4c".into())), "{typed:?}");
        }
    }

    #[test]
    fn anything_else_is_neither() {
        for typed in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "kq7m-vw2x-9tbe", "kq7m-vw2x-9tbe-hr4!", "\0"] {
            assert_eq!(Typed::of(typed), None, "{typed:?}");
        }
    }
}
