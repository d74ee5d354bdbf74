//! Telephone numbers: kept as typed, compared by their digits.

/// The digits that decide whether two written numbers are the same one; the Chinese country code is left out.
pub fn normalise(phone: &str) -> String {
    let digits: String = phone.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_digit(d, 10)).collect();
    for prefix in ["0086", "86"] {
        if let Some(rest) = digits.strip_prefix(prefix)
            && rest.len() == 11
            && rest.starts_with('1')
        {
            return rest.to_owned();
        }
    }
    digits
}

/// Digits, and what people write between them; at least five digits.
pub fn is_phone(phone: &str) -> bool {
    let written = phone.chars().all(|c| c.is_ascii_digit() || " +-().,/#*extEXT转".contains(c));
    written && phone.chars().filter(char::is_ascii_digit).count() >= 5
}

/// The last four digits, by which people ask for a number.
pub fn tail(phone: &str) -> Option<String> {
    let digits = normalise(phone);
    digits.len().checked_sub(4).map(|start| digits[start..].to_owned())
}

/// What a telephone dials: the first number that stands there, up to its extension, for which one asks.
pub fn dialled(phone: &str) -> String {
    let phone = phone.trim_start();
    let ends = |c: char| c.is_alphabetic() || ",;/#*".contains(c);
    let number = phone.split(ends).next().unwrap_or_default();
    number.chars().enumerate().filter(|(at, c)| c.is_ascii_digit() || (*at == 0 && *c == '+')).map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_the_same_however_written() {
        assert_eq!(normalise("+86 138-1234-5678"), "13812345678");
        assert_eq!(normalise("0086 13812345678"), "13812345678");
        assert_eq!(normalise("(5) 555-4729"), "55554729");
        assert_eq!(tail("138 1234 5678").as_deref(), Some("5678"));
        assert_eq!(tail("12"), None);
    }

    #[test]
    fn an_extension_is_asked_for_and_not_dialled() {
        assert_eq!(dialled("+86 138-1234-5678"), "+8613812345678");
        assert_eq!(dialled("021-58881234转801"), "02158881234");
        assert_eq!(dialled("(171) 555-7788 ext. 9 / 555-7789"), "1715557788");
    }

    #[test]
    fn what_cannot_be_dialled_is_no_phone() {
        assert!(is_phone("(171) 555-7788"));
        assert!(is_phone("0621-08460"));
        assert!(!is_phone("call me"));
        assert!(!is_phone("1234"));
    }
}
