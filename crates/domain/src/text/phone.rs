//! Telephone numbers: kept as typed, compared by their digits.
//!
//! What stands in one field may be more than one number, with an extension behind it and a country before it. A record
//! is found by each number that it holds, as people type it: with country and area, or without.

use std::collections::BTreeSet;

/// Fewer digits are no number: an extension, or the other end of a row of numbers.
const FEWEST: usize = 5;
/// More digits than any number has.
const MOST: usize = 15;
/// An extension has no more digits than this.
const EXTENSION: usize = 5;

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

/// The numbers that stand there, each by the digits that decide whether two are the same one: without extension, without
/// the Chinese country code, other country codes without what is dialled before them.
pub fn numbers(phone: &str) -> Vec<String> {
    let numbers: Vec<String> = mains(phone).into_iter().map(|main| main.digits()).collect();
    if !numbers.is_empty() {
        return numbers;
    }
    // What is no number by any rule is still the same as itself.
    Some(digits_of(phone)).filter(|digits| !digits.is_empty()).into_iter().collect()
}

/// The digits by which somebody may ask for what stands there: each number, and the same without country or area.
pub fn spellings(phone: &str) -> BTreeSet<String> {
    let shorter = mains(phone).into_iter().filter_map(|main| main.shorter());
    numbers(phone).into_iter().chain(shorter).collect()
}

/// The number that is asked for: the first that stands there, so that one question is one.
pub fn number(phone: &str) -> Option<String> {
    numbers(phone).into_iter().next()
}

/// Whether the number that is asked for is held.
pub fn is_among(held: &str, wanted: &str) -> bool {
    number(wanted).is_some_and(|number| spellings(held).contains(&number))
}

/// The last four digits of each number, by which people ask for one.
pub fn tails(phone: &str) -> BTreeSet<String> {
    let tail = |digits: String| digits.len().checked_sub(4).map(|start| digits[start..].to_owned());
    numbers(phone).into_iter().filter_map(tail).collect()
}

/// What a telephone dials: the first number that stands there, up to its extension, for which one asks.
pub fn dialled(phone: &str) -> String {
    let phone = phone.trim_start();
    let ends = |c: char| c.is_alphabetic() || ",;/#*".contains(c);
    let number = phone.split(ends).next().unwrap_or_default();
    number.chars().enumerate().filter(|(at, c)| c.is_ascii_digit() || (*at == 0 && *c == '+')).map(|(_, c)| c).collect()
}

/// A number without its extension.
struct Main {
    /// Whether the country stands before it.
    is_abroad: bool,
    /// The digits behind the mark of a country.
    digits: String,
}

impl Main {
    fn of(groups: &[String], plus: bool) -> Self {
        let digits = groups.concat();
        match digits.strip_prefix("00") {
            Some(rest) if !plus && rest.len() >= FEWEST => Self { is_abroad: true, digits: rest.to_owned() },
            _ => Self { is_abroad: plus, digits },
        }
    }

    fn digits(&self) -> String {
        self.chinese().unwrap_or_else(|| self.digits.clone())
    }

    /// As it is dialled in China, if it is a number there that is written with its country.
    fn chinese(&self) -> Option<String> {
        let rest = self.digits.strip_prefix("86")?;
        if is_mobile(rest) || area(rest).is_some() {
            return Some(rest.to_owned());
        }
        let with_area = format!("0{rest}");
        area(&with_area).map(|_| with_area)
    }

    /// The same without area or country.
    fn shorter(&self) -> Option<String> {
        let digits = self.digits();
        if let Some(area) = area(&digits) {
            return Some(digits[area..].to_owned());
        }
        let country = if self.is_abroad { country(&digits)? } else { return None };
        Some(digits[country..].to_owned())
    }
}

/// The numbers in a field, apart.
fn mains(phone: &str) -> Vec<Main> {
    let parts = phone.split(['/', ';', ',', '、', '，', '；']);
    parts.flat_map(apart).filter_map(number_in).collect()
}

/// Numbers that only a blank stands between: together they have more digits than one number can.
fn apart(part: &str) -> Vec<&str> {
    let words: Vec<&str> = part.split_whitespace().collect();
    let are_numbers = words.iter().all(|word| digits_of(word).len() > FEWEST);
    if digits_of(part).len() > MOST && words.len() > 1 && are_numbers { words } else { vec![part] }
}

fn number_in(part: &str) -> Option<Main> {
    let main = part.split(|c: char| c.is_alphabetic() || "#*".contains(c)).next()?;
    let digits = main.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let mut groups: Vec<String> = digits.map(str::to_owned).collect();
    if ends_in_extension(&groups) {
        groups.pop();
    }
    let plus = main.trim_start().trim_start_matches('(').starts_with('+');
    Some(Main::of(&groups, plus)).filter(|main| main.digits.len() >= FEWEST)
}

/// Whether the last group hangs on a number that is whole without it: 021-58881234-801.
fn ends_in_extension(groups: &[String]) -> bool {
    let Some((last, before)) = groups.split_last() else { return false };
    let is_whole = before.last().is_some_and(|group| matches!(group.len(), 7 | 8 | 11)) || is_mobile(&before.concat());
    is_whole && last.len() <= EXTENSION
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1')
}

/// How long the area code before a number of the Chinese network is.
fn area(digits: &str) -> Option<usize> {
    let area = match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => 3,
        [b'0', b'3'..=b'9', ..] => 4,
        _ => return None,
    };
    matches!(digits.len().checked_sub(area), Some(7 | 8)).then_some(area)
}

/// How long the code of a country is whose numbers are asked for without it: North America, Hong Kong, Macau.
fn country(digits: &str) -> Option<usize> {
    let countries = [("1", 11), ("852", 11), ("853", 11)];
    let known = countries.iter().find(|(code, length)| digits.starts_with(code) && digits.len() == *length);
    known.map(|(code, _)| code.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_the_same_however_written() {
        for (written, number) in [
            ("+86 138-1234-5678", "13812345678"),
            ("0086 13812345678", "13812345678"),
            ("(5) 555-4729", "55554729"),
            ("021-58881234转801", "02158881234"),
            ("021-58881234 ext. 801", "02158881234"),
            ("021-58881234-801", "02158881234"),
            ("58881234-801", "58881234"),
            ("13812345678-8", "13812345678"),
            ("138-1234-5678-8", "13812345678"),
            ("010-5888 1234", "01058881234"),
            ("86-21-58881234", "02158881234"),
            ("+86 (21) 5888-1234#801", "02158881234"),
            ("+86 (0)21 58881234", "02158881234"),
            ("0086 755 2688 1234", "075526881234"),
            ("0621-08460", "062108460"),
            ("+1 (415) 555-0100", "14155550100"),
            ("0049 30 123456", "4930123456"),
            ("400-820-8820", "4008208820"),
            ("95588", "95588"),
        ] {
            assert_eq!(numbers(written), [number], "{written}");
        }
    }

    #[test]
    fn a_field_may_hold_several_numbers() {
        let two = ["02158881234", "13812345678"];
        for written in [
            "021-58881234/13812345678",
            "021-58881234, 138 1234 5678",
            "021-58881234 13812345678",
            "021-58881234转801 / +86 13812345678",
            "021-58881234；13812345678",
        ] {
            assert_eq!(numbers(written), two, "{written}");
        }
        assert_eq!(numbers("021-58881234/35"), ["02158881234"], "the end of the next number is no number");
    }

    #[test]
    fn a_number_is_asked_for_with_its_country_and_area_and_without() {
        for (held, asked) in [
            ("021-58881234转801", "58881234"),
            ("86-21-58881234", "021-58881234"),
            ("86-21-58881234", "5888 1234"),
            ("+852 2345 6789", "23456789"),
            ("+1 415 555 0100", "(415) 555-0100"),
            ("13812345678", "+86 138 1234 5678"),
            ("021-58881234/13812345678", "13812345678"),
            ("021-58881234", "021-58881234-801"),
        ] {
            assert!(is_among(held, asked), "{held} by {asked}");
        }
        assert!(!is_among("010-58881234", "021-58881234"), "another town");
        assert!(!is_among("13800001111", "13812345678/13800001111"), "one question is one");
        assert!(!is_among("13812345678", "12345678") && !is_among("021-58881234转801", "801"));
    }

    #[test]
    fn the_tail_is_that_of_the_number_and_not_of_its_extension() {
        assert_eq!(tails("021-58881234转8001"), BTreeSet::from(["1234".to_owned()]));
        assert_eq!(tails("138 1234 5678/13900001111"), BTreeSet::from(["1111".to_owned(), "5678".to_owned()]));
        assert_eq!(tails("12"), BTreeSet::new());
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
