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

/// One or more numbers, each with its extension: digits, and what people write between them. The first has at least five
/// digits; what follows a stroke may be the end of a number next to it.
pub fn is_phone(phone: &str) -> bool {
    let mut numbers = phone.split([',', '/', ';', '、']).map(str::trim);
    numbers.next().is_some_and(|number| is_number(number, 5)) && numbers.all(|number| is_number(number, 1))
}

/// Most digits that stand without a sign between them; the longest number of the world has 15, with its prefix 18.
const LONGEST: usize = 18;

fn is_number(number: &str, least: usize) -> bool {
    let number = number.to_ascii_lowercase();
    let end = number.find(|c: char| !c.is_ascii_digit() && !" -().+".contains(c)).unwrap_or(number.len());
    let (main, rest) = number.split_at(end);
    let written = main.trim_start_matches('(').strip_prefix('+').unwrap_or(main);
    let runs = main.split(|c: char| !c.is_ascii_digit()).map(str::len);
    main.bytes().filter(u8::is_ascii_digit).count() >= least
        && !written.contains('+')
        && runs.max().is_some_and(|longest| longest <= LONGEST)
        && (rest.is_empty() || EXTENSIONS.iter().any(|sign| rest.strip_prefix(sign).is_some_and(is_extension)))
}

/// What stands before the number that one asks for.
const EXTENSIONS: [&str; 7] = ["ext.", "ext", "x", "转", "分机", "#", "*"];

/// Digits, or several extensions one after the other.
fn is_extension(extension: &str) -> bool {
    let digits = extension.bytes().filter(u8::is_ascii_digit).count();
    (1..=8).contains(&digits) && extension.bytes().all(|byte| byte.is_ascii_digit() || b" -#*()".contains(&byte))
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
        for phone in [
            "0621-08460",
            "+86 138-1234-5678",
            "(+86)13812345678",
            "0086.755.26001234",
            "021-58881234转801",
            "021-58881234 分机 8",
            "(171) 555-7788 ext. 9 / 555-7789",
            "0755-26001234/35, 13812345678",
            "400-810-8888 x12",
            "021-58881234*801#",
            "10086",
            "13812345678 13912345678",
        ] {
            assert!(is_phone(phone), "{phone}");
        }
        for nothing in [
            "call me",
            "1234",
            "E1E2E3E4E5",
            "x12345",
            "转12345",
            "12345+678",
            "12345 ext",
            "1234567890123456789",
            "",
            "/12345",
            "-----",
            "1.38001E+10",
            "12345 ext 123456789",
        ] {
            assert!(!is_phone(nothing), "{nothing}");
        }
    }
}
