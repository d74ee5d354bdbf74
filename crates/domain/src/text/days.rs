//! Days and instants as they are kept, and as people and spreadsheets write them.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// The years that a record can speak of. What lies outside was mistyped: nobody was born before, and nothing is planned
/// beyond.
pub const YEARS: RangeInclusive<i32> = 1900..=2200;

/// Why a text is not a day as it is kept, such as `2026-11-21`.
pub fn fault_of_day(text: &str) -> Option<&'static str> {
    match text.parse::<NaiveDate>() {
        Ok(day) if day.to_string() == text => fault_of_year(day.year()),
        Ok(day) if !YEARS.contains(&day.year()) && !is_two_digits(text) => fault_of_year(day.year()),
        _ if is_two_digits(text) => Some("two_digit_year"),
        _ => Some("not_a_date"),
    }
}

/// Why a text is not an instant as it is kept.
pub fn fault_of_instant(text: &str) -> Option<&'static str> {
    match text.parse::<DateTime<Utc>>() {
        Ok(at) => fault_of_year(at.year()),
        Err(_) => Some("not_an_instant"),
    }
}

fn fault_of_year(year: i32) -> Option<&'static str> {
    (!YEARS.contains(&year)).then_some("year_out_of_range")
}

/// `26-1-5`: which century is meant, nobody can tell. A text that ends with its year, like `21.11.2026`, is another matter.
fn is_two_digits(text: &str) -> bool {
    parts(text).is_some_and(|[year, _, last]| year.len() <= 2 && last.len() <= 2)
}

/// `2026/1/5`, `2026.01.05`, `20260105`, `2026年1月5日` and a spreadsheet's `2026/1/5 0:00` as they are kept; anything
/// else as it is, for the check to say what is wrong with it.
pub fn read(text: &str) -> String {
    let day = without_midnight(text);
    match parts(day) {
        Some([year, month, day]) if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        None if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..])
        }
        _ => day.to_owned(),
    }
}

/// Year, month and day of a text that has digits for each and one sign after each.
fn parts(text: &str) -> Option<[&str; 3]> {
    let mut parts = text.trim_end_matches('日').split(['-', '/', '.', '年', '月']).map(str::trim);
    let day = [parts.next()?, parts.next()?, parts.next()?];
    let is_number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.next().is_none() && day.iter().all(is_number)).then_some(day)
}

/// A spreadsheet knows no day without a time; of a day that is midnight.
fn without_midnight(text: &str) -> &str {
    let Some((day, time)) = text.trim().split_once([' ', 'T']) else { return text.trim() };
    let time = time.trim().trim_end_matches('Z');
    let is_midnight = time.contains(':') && time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.'));
    if is_midnight { day } else { text.trim() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_and_spreadsheets_write_them() {
        for text in [
            "2026-1-5",
            "2026/1/5",
            "2026.1.5",
            "2026.01.05",
            "2026年1月5日",
            "2026 年 1 月 5 日",
            "20260105",
            "2026-01-05",
            "2026/1/5 0:00",
            "2026/1/5 0:00:00",
            "2026-01-05 00:00:00.000",
            "2026-01-05T00:00:00Z",
        ] {
            assert_eq!(read(text), "2026-01-05", "{text}");
        }
        for text in ["2026/1/5 14:30", "soon", "1/5", "26-1-5", "46027"] {
            assert_eq!(read(text), text);
        }
    }

    #[test]
    fn years_have_four_digits_and_bounds() {
        for (text, fault) in [
            ("2026-01-05", None),
            ("1900-01-01", None),
            ("2200-12-31", None),
            ("1899-12-31", Some("year_out_of_range")),
            ("2201-01-01", Some("year_out_of_range")),
            ("0026-01-05", Some("year_out_of_range")),
            ("+20266-01-05", Some("year_out_of_range")),
            ("-0001-01-01", Some("year_out_of_range")),
            ("26-01-05", Some("two_digit_year")),
            ("26-1-5", Some("two_digit_year")),
            ("26/1/5", Some("two_digit_year")),
            ("21.11.2026", Some("not_a_date")),
            ("1/5/2026", Some("not_a_date")),
            ("2026-1-5", Some("not_a_date")),
            ("2026-02-30", Some("not_a_date")),
            ("soon", Some("not_a_date")),
        ] {
            assert_eq!(fault_of_day(text), fault, "{text}");
        }
        assert_eq!(fault_of_instant("2026-01-05T08:00:00Z"), None);
        assert_eq!(fault_of_instant("1899-12-31T23:59:59Z"), Some("year_out_of_range"));
        assert_eq!(fault_of_instant("+20266-01-05T08:00:00Z"), Some("year_out_of_range"));
        assert_eq!(fault_of_instant("2026-01-05"), Some("not_an_instant"));
    }
}
