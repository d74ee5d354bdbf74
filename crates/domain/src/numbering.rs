//! The numbers of documents, such as `SO-2026-000123`: made of a pattern, a day, and a count that goes on by one.
//!
//! A pattern is text with `{year}`, `{yy}`, `{month}` and `{day}` in it, and once the number of digits of the count:
//! `SO-{year}-{6}`. Everything but the count is the series; in each series the count begins anew.

use std::fmt::Write;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};

/// The day that stands in numbers is that of China, which keeps one time.
const OFFSET_SECONDS: i32 = 8 * 3600;

const DIGITS: RangeInclusive<usize> = 3..=12;

/// Longest number that a pattern may make.
const LONGEST: usize = 60;

/// The numbers of one series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    before: String,
    digits: usize,
    after: String,
}

impl Series {
    /// What a pattern makes on a day; none if it is no pattern.
    pub fn of(pattern: &str, day: NaiveDate) -> Option<Self> {
        let mut parts = [String::new(), String::new()];
        let mut digits = None;
        let mut rest = pattern;
        while let Some((text, behind)) = rest.split_once('{') {
            let (word, behind) = behind.split_once('}')?;
            let part = &mut parts[usize::from(digits.is_some())];
            part.push_str(plain(text)?);
            match word {
                "year" => write!(part, "{:04}", day.year()).ok()?,
                "yy" => write!(part, "{:02}", day.year() % 100).ok()?,
                "month" => write!(part, "{:02}", day.month()).ok()?,
                "day" => write!(part, "{:02}", day.day()).ok()?,
                count if digits.is_none() => digits = Some(count.parse().ok().filter(|n| DIGITS.contains(n))?),
                _ => return None,
            }
            rest = behind;
        }
        let digits = digits?;
        parts[1].push_str(plain(rest)?);
        let [before, after] = parts;
        let length = before.chars().count() + digits + after.chars().count();
        (length <= LONGEST).then_some(Self { before, digits, after })
    }

    /// What tells it from other series.
    pub fn name(&self) -> String {
        format!("{}#{}", self.before, self.after)
    }

    pub fn number(&self, count: i64) -> String {
        format!("{}{count:0width$}{}", self.before, self.after, width = self.digits)
    }
}

/// The day of an instant, as numbers say it.
pub fn day(at: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(OFFSET_SECONDS).map_or_else(|| at.date_naive(), |zone| at.with_timezone(&zone).date_naive())
}

/// Text that may stand in a number: what can be typed, read out and put into the name of a file.
fn plain(text: &str) -> Option<&str> {
    text.chars().all(|letter| letter.is_alphanumeric() || "-_./ ".contains(letter)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_of(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_number_is_made_of_its_pattern_the_day_and_the_count() {
        let day = day_of("2026-03-09");
        for (pattern, name, number) in [
            ("SO-{year}-{6}", "SO-2026-#", "SO-2026-000042"),
            ("{yy}{month}{day}{4}", "260309#", "2603090042"),
            ("合同{year}第{3}号", "合同2026第#号", "合同2026第042号"),
            ("{3}", "#", "042"),
        ] {
            let series = Series::of(pattern, day).expect(pattern);
            assert_eq!((series.name().as_str(), series.number(42).as_str()), (name, number));
        }
        let short = Series::of("{3}", day).expect("a pattern");
        assert_eq!(short.number(12_345), "12345", "who needs more digits gets them");
    }

    #[test]
    fn what_makes_no_number_is_no_pattern() {
        let long = format!("{}{{6}}", "x".repeat(55));
        for pattern in
            ["", "SO", "SO-{year}", "{2}", "{13}", "{6}{6}", "{6", "6}", "{week}{6}", "a\n{6}", "<{6}>", &long]
        {
            assert_eq!(Series::of(pattern, day_of("2026-03-09")), None, "{pattern}");
        }
    }

    #[test]
    fn the_day_is_that_of_china() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        assert_eq!(day(at("2026-12-31T15:59:59Z")), day_of("2026-12-31"));
        assert_eq!(day(at("2026-12-31T16:00:00Z")), day_of("2027-01-01"));
    }
}
