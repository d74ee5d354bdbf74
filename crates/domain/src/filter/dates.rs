//! Days that are named by their distance from today.

use chrono::{Datelike, Days, Months, NaiveDate};

/// The words a date may be compared with; weeks begin on Monday.
pub const RELATIVE_DATES: &[&str] = &[
    "@today",
    "@yesterday",
    "@tomorrow",
    "@this_week",
    "@last_week",
    "@next_week",
    "@this_month",
    "@last_month",
    "@next_month",
    "@this_quarter",
    "@last_quarter",
    "@this_year",
    "@last_year",
    "@last_7_days",
    "@last_30_days",
    "@last_90_days",
    "@next_7_days",
    "@next_30_days",
];

/// The days a word stands for: from the first, up to but without the last.
pub fn period(word: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let tomorrow = today.checked_add_days(Days::new(1))?;
    let monday = today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday())))?;
    let month = today.with_day(1)?;
    let quarter = month.with_month0(month.month0() / 3 * 3)?;
    let year = month.with_month(1)?;
    let days = |from: NaiveDate, count| Some((from, from.checked_add_days(Days::new(count))?));
    let months = |from: NaiveDate, count| Some((from, from.checked_add_months(Months::new(count))?));
    let last_days = |count| Some((tomorrow.checked_sub_days(Days::new(count))?, tomorrow));
    match word {
        "@today" => days(today, 1),
        "@yesterday" => Some((today.checked_sub_days(Days::new(1))?, today)),
        "@tomorrow" => days(tomorrow, 1),
        "@this_week" => days(monday, 7),
        "@last_week" => days(monday.checked_sub_days(Days::new(7))?, 7),
        "@next_week" => days(monday.checked_add_days(Days::new(7))?, 7),
        "@this_month" => months(month, 1),
        "@last_month" => months(month.checked_sub_months(Months::new(1))?, 1),
        "@next_month" => months(month.checked_add_months(Months::new(1))?, 1),
        "@this_quarter" => months(quarter, 3),
        "@last_quarter" => months(quarter.checked_sub_months(Months::new(3))?, 3),
        "@this_year" => months(year, 12),
        "@last_year" => months(year.checked_sub_months(Months::new(12))?, 12),
        "@last_7_days" => last_days(7),
        "@last_30_days" => last_days(30),
        "@last_90_days" => last_days(90),
        "@next_7_days" => days(today, 7),
        "@next_30_days" => days(today, 30),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn periods_are_those_of_the_calendar() {
        // A Saturday.
        let today = day("2026-11-21");
        let periods = [
            ("@today", "2026-11-21", "2026-11-22"),
            ("@yesterday", "2026-11-20", "2026-11-21"),
            ("@tomorrow", "2026-11-22", "2026-11-23"),
            ("@this_week", "2026-11-16", "2026-11-23"),
            ("@last_week", "2026-11-09", "2026-11-16"),
            ("@next_week", "2026-11-23", "2026-11-30"),
            ("@this_month", "2026-11-01", "2026-12-01"),
            ("@last_month", "2026-10-01", "2026-11-01"),
            ("@next_month", "2026-12-01", "2027-01-01"),
            ("@this_quarter", "2026-10-01", "2027-01-01"),
            ("@last_quarter", "2026-07-01", "2026-10-01"),
            ("@this_year", "2026-01-01", "2027-01-01"),
            ("@last_year", "2025-01-01", "2026-01-01"),
            ("@last_7_days", "2026-11-15", "2026-11-22"),
            ("@last_30_days", "2026-10-23", "2026-11-22"),
            ("@last_90_days", "2026-08-24", "2026-11-22"),
            ("@next_7_days", "2026-11-21", "2026-11-28"),
            ("@next_30_days", "2026-11-21", "2026-12-21"),
        ];
        assert_eq!(periods.map(|(word, ..)| word), RELATIVE_DATES);
        for (word, from, to) in periods {
            assert_eq!(period(word, today), Some((day(from), day(to))), "{word}");
        }
        assert_eq!(period("@someday", today), None);
    }
}
