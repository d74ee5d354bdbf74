//! How values look: dates, numbers, amounts, sizes. Locale knowledge is the browser's `Intl`; what can be
//! decided without it is plain arithmetic that native tests reach.

use domain::text::fold;
use js_sys::{Array, Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::i18n::{self, Language};
use crate::t;

/// What stands where there is no value. Zero is `0` and never this.
pub const EMPTY: &str = "--";

/// A calendar day (`2026-11-21`), as the reader writes it.
pub fn day(iso: &str) -> String {
    match i18n::current() {
        Language::Chinese => iso.to_owned(),
        Language::English => {
            let noon = Date::new(&JsValue::from_str(&format!("{iso}T12:00:00")));
            if noon.get_time().is_nan() {
                return iso.to_owned();
            }
            with_options(&noon, &[("day", "numeric"), ("month", "short"), ("year", "numeric")])
        }
    }
}

/// An instant in the reader's own time zone, to the minute.
pub fn date_time(instant: &str) -> String {
    let date = Date::new(&JsValue::from_str(instant));
    if date.get_time().is_nan() {
        return instant.to_owned();
    }
    let clock = format!("{:02}:{:02}", date.get_hours(), date.get_minutes());
    match i18n::current() {
        Language::Chinese => format!("{} {clock}", local_day(&date)),
        Language::English => format!("{}, {clock}", day(&local_day(&date))),
    }
}

/// An instant as one says it: up to seven days ago in words, earlier by its date.
pub fn relative(instant: &str) -> String {
    let then = Date::new(&JsValue::from_str(instant));
    let now = Date::new_0();
    if then.get_time().is_nan() {
        return instant.to_owned();
    }
    let clock = format!("{:02}:{:02}", then.get_hours(), then.get_minutes());
    match Ago::between(then.get_time(), now.get_time(), days_between(&then, &now)) {
        Ago::Now => t!("time.now"),
        Ago::Minutes(count) => t!("time.minutes-ago", count = count),
        Ago::Hours(count) => t!("time.hours-ago", count = count),
        Ago::Yesterday => t!("time.yesterday", clock = clock),
        Ago::Days(count) => t!("time.days-ago", count = count),
        Ago::Date => date_time(instant),
    }
}

/// An instant as the browser's own control writes it: `2026-11-21T14:05` in the reader's zone; empty if it is none.
pub fn local_minute(instant: &str) -> String {
    let date = Date::new(&JsValue::from_str(instant));
    match date.get_time().is_nan() {
        true => String::new(),
        false => format!("{}T{:02}:{:02}", local_day(&date), date.get_hours(), date.get_minutes()),
    }
}

/// What such a control holds as an instant.
pub fn instant_of_local(typed: &str) -> String {
    let date = Date::new(&JsValue::from_str(typed));
    if date.get_time().is_nan() { String::new() } else { date.to_iso_string().into() }
}

/// The days that people plan with: tomorrow, the next Monday, in a month.
pub fn coming_days() -> [(&'static str, String); 3] {
    let today: chrono::NaiveDate = today().parse().unwrap_or_default();
    let to_monday = 7 - i64::from(chrono::Datelike::weekday(&today).num_days_from_monday());
    let month = today.checked_add_months(chrono::Months::new(1)).unwrap_or(today);
    let days = |count| today + chrono::Duration::days(count);
    [
        ("day.tomorrow", days(1).to_string()),
        ("day.next-monday", days(to_monday).to_string()),
        ("day.in-a-month", month.to_string()),
    ]
}

/// Today in the reader's zone, as `2026-11-21`.
pub fn today() -> String {
    local_day(&Date::new_0())
}

/// The calendar days since an instant, in the reader's zone.
pub fn days_since(instant: &str) -> Option<i64> {
    let then = Date::new(&JsValue::from_str(instant));
    (!then.get_time().is_nan()).then(|| days_between(&then, &Date::new_0()))
}

/// The days by which a calendar day lies behind today; none if it does not.
pub fn days_overdue(day: &str, today: &str) -> Option<i64> {
    let read = |text: &str| text.parse::<chrono::NaiveDate>().ok();
    let days = (read(today)? - read(day)?).num_days();
    (days > 0).then_some(days)
}

/// The instant of now as the wire writes it.
pub fn now() -> String {
    Date::new_0().to_iso_string().into()
}

/// A whole number with grouping.
pub fn number(value: f64) -> String {
    let format = Intl::NumberFormat::new(&locales(), &Object::new());
    let grouped = format.format().call1(&JsValue::NULL, &JsValue::from_f64(value));
    grouped.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A number of records.
#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 records")]
pub fn count(value: i64) -> String {
    number(value as f64)
}

/// An amount of money: ¥1,234.56 for a Chinese reader, CNY 1,234.56 for an English one.
pub fn amount(decimal: &str, currency: &str) -> String {
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", decimal),
    };
    let grouped = group_digits(digits);
    match i18n::current() {
        Language::Chinese => format!("{sign}{}{grouped}", currency_sign(currency)),
        Language::English => format!("{sign}{currency} {grouped}"),
    }
}

/// Set commas between thousands of a decimal text; its value is never turned into a float.
pub fn group_digits(decimal: &str) -> String {
    let (sign, rest) = match decimal.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", decimal),
    };
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// A telephone number as one reads it aloud. Only Chinese mobile numbers are grouped: what else stands there (a fixed
/// line, an extension, a masked number) is shown as somebody wrote it.
pub fn phone(number: &str) -> String {
    match (mobile(number), i18n::current()) {
        (Some([head, middle, tail]), Language::Chinese) => format!("{head} {middle} {tail}"),
        (Some([head, middle, tail]), Language::English) => format!("+86 {head} {middle} {tail}"),
        (None, _) => number.to_owned(),
    }
}

/// The three parts of a Chinese mobile number, however it was written.
fn mobile(number: &str) -> Option<[String; 3]> {
    let digits: String = number.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let own = digits.strip_prefix("+86").unwrap_or(&digits);
    let fits = own.len() == 11 && own.bytes().all(|byte| byte.is_ascii_digit());
    let is_mobile = fits && own.starts_with('1') && !own[1..].starts_with(['0', '1', '2']);
    is_mobile.then(|| [&own[..3], &own[3..7], &own[7..]].map(str::to_owned))
}

/// Read an amount as people type it: full-width digits, currency signs, commas and blanks are forgiven.
/// Answers the plain decimal, or `None` when it is not a number.
pub fn parse_amount(typed: &str) -> Option<String> {
    let mut plain = String::new();
    for letter in typed.trim().chars() {
        match letter {
            '0'..='9' | '.' => plain.push(letter),
            '０'..='９' => plain.push(char::from(b'0' + u8::try_from(letter as u32 - '０' as u32).ok()?)),
            '．' | '。' => plain.push('.'),
            '-' | '－' | '−' if plain.is_empty() => plain.push('-'),
            ',' | '，' | ' ' | '¥' | '￥' => {}
            _ => return None,
        }
    }
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let fine =
        digits.bytes().filter(|byte| *byte == b'.').count() <= 1 && digits.bytes().any(|byte| byte.is_ascii_digit());
    if !fine {
        return None;
    }
    if digits.starts_with('.') {
        plain = plain.replacen('.', "0.", 1);
    }
    Some(plain.trim_end_matches('.').to_owned())
}

/// Read a day as people type it: `2026-11-21`, `2026/1/5`, `20261121`, `1121`, 今天, 明天, 昨天, today. A year of two
/// digits is not guessed at: the check of the field asks for four.
pub fn parse_day(typed: &str, today: &str) -> Option<String> {
    let typed = fold::narrow(typed).to_lowercase();
    let shift = match typed.as_str() {
        "今天" | "today" => Some(0),
        "明天" | "tomorrow" => Some(1),
        "后天" => Some(2),
        "昨天" | "yesterday" => Some(-1),
        _ => None,
    };
    let today: chrono::NaiveDate = today.parse().ok()?;
    if let Some(days) = shift {
        return Some((today + chrono::Duration::days(days)).to_string());
    }
    let parts: Vec<u32> = typed
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let year_now = chrono::Datelike::year(&today);
    let (year, month, date) = match parts.as_slice() {
        [whole] if typed.len() == 8 => (i32::try_from(whole / 10_000).ok()?, whole / 100 % 100, whole % 100),
        [short] if typed.len() == 4 => (year_now, short / 100, short % 100),
        [month, date] => (year_now, *month, *date),
        [year, month, date] if *year >= 1000 => (i32::try_from(*year).ok()?, *month, *date),
        _ => return None,
    };
    chrono::NaiveDate::from_ymd_opt(year, month, date).map(|day| day.to_string())
}

#[derive(Debug, PartialEq, Eq)]
enum Ago {
    Now,
    Minutes(u32),
    Hours(u32),
    Yesterday,
    Days(u32),
    Date,
}

impl Ago {
    /// `days` is the difference of calendar days: 23:00 is yesterday at 01:00, though only two hours passed.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the arms above")]
    fn between(then: f64, now: f64, days: i64) -> Self {
        let minutes = (now - then) / 60_000.0;
        match days {
            _ if minutes < -1.0 => Self::Date,
            _ if minutes < 1.0 => Self::Now,
            _ if minutes < 60.0 => Self::Minutes(minutes as u32),
            0 => Self::Hours((minutes / 60.0) as u32),
            1 => Self::Yesterday,
            2..=7 => Self::Days(days as u32),
            _ => Self::Date,
        }
    }
}

fn currency_sign(currency: &str) -> String {
    match currency {
        "CNY" => "¥".to_owned(),
        "USD" => "US$".to_owned(),
        "EUR" => "€".to_owned(),
        other => format!("{other} "),
    }
}

fn locales() -> Array {
    Array::of1(&JsValue::from_str(i18n::current().tag()))
}

fn with_options(date: &Date, options: &[(&str, &str)]) -> String {
    let bag = Object::new();
    for (name, value) in options {
        let _ = Reflect::set(&bag, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    date.to_locale_date_string("en-GB", &bag).into()
}

fn local_day(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

fn days_between(then: &Date, now: &Date) -> i64 {
    let day = |date: &Date| local_day(date).parse::<chrono::NaiveDate>().unwrap_or_default();
    (day(now) - day(then)).num_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_without_touching_the_value() {
        assert_eq!(group_digits("1234567.80"), "1,234,567.80");
        assert_eq!(group_digits("-123"), "-123");
        assert_eq!(group_digits("12345678901234567890.01"), "12,345,678,901,234,567,890.01");
    }

    #[test]
    fn mobile_numbers_are_grouped_and_others_left_alone() {
        let parts = |number: &str| mobile(number).map(|parts| parts.join(" "));
        for number in ["13812345678", "138 1234 5678", "138-1234-5678", "+8613812345678"] {
            assert_eq!(parts(number).as_deref(), Some("138 1234 5678"), "{number}");
        }
        for number in ["010-84037425", "0571-66379173", "12312345678", "138****5678", "13812345678转801", ""] {
            assert_eq!(parts(number), None, "{number}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        assert_eq!(parse_amount("¥ 1,234.50").as_deref(), Some("1234.50"));
        assert_eq!(parse_amount("－１２．５").as_deref(), Some("-12.5"));
        assert_eq!(parse_amount(".5").as_deref(), Some("0.5"));
        assert_eq!(parse_amount("1.2.3"), None);
        assert_eq!(parse_amount("twelve"), None);
    }

    #[test]
    fn days_are_read_as_people_type_them() {
        let today = "2026-11-21";
        assert_eq!(parse_day("1121", today).as_deref(), Some("2026-11-21"));
        assert_eq!(parse_day("2026/1/5", today).as_deref(), Some("2026-01-05"));
        assert_eq!(parse_day("20261231", today).as_deref(), Some("2026-12-31"));
        assert_eq!(parse_day("明天", today).as_deref(), Some("2026-11-22"));
        assert_eq!(parse_day("２０２６／１／５", today).as_deref(), Some("2026-01-05"));
        assert_eq!(parse_day("2月30日", today), None);
        assert_eq!(parse_day("26-1-5", today), None, "which century, nobody can tell");
        assert_eq!(parse_day("-0001-01-01", today), None);
    }

    #[test]
    fn a_day_is_overdue_when_it_is_over() {
        assert_eq!(days_overdue("2026-11-20", "2026-11-21"), Some(1));
        assert_eq!(days_overdue("2026-11-21", "2026-11-21"), None);
        assert_eq!(days_overdue("2027-01-01", "2026-11-21"), None);
        assert_eq!(days_overdue("", "2026-11-21"), None);
    }

    #[test]
    fn the_past_is_told_by_the_calendar_and_not_only_by_hours() {
        let hour = 3_600_000.0;
        assert_eq!(Ago::between(0.0, 2.0 * hour, 1), Ago::Yesterday);
        assert_eq!(Ago::between(0.0, 2.0 * hour, 0), Ago::Hours(2));
        assert_eq!(Ago::between(0.0, 30_000.0, 0), Ago::Now);
        assert_eq!(Ago::between(0.0, 24.0 * 9.0 * hour, 9), Ago::Date);
        assert_eq!(Ago::between(hour, 0.0, 0), Ago::Date);
    }
}
