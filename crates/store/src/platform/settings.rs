//! Settings of the installation that live in the database.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use schema::settings;
use serde_json::{Map, Value};

use crate::error::Result;

/// Names this history of the database; see the migration that makes it.
pub async fn lineage(connection: &mut AsyncPgConnection) -> Result<String> {
    let value: Value = settings::table.find("lineage").select(settings::value).first(connection).await?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// How long people stay signed in, and where their day begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// A session that is not used for so long has ended.
    pub idle: TimeDelta,
    /// A session ends after this time, however busy.
    pub absolute: TimeDelta,
    /// Seconds from UTC to the time of the company.
    pub utc_offset: i32,
}

impl Times {
    const IDLE: &'static str = "session_idle_minutes";
    const ABSOLUTE: &'static str = "session_hours";
    const OFFSET: &'static str = "utc_offset_minutes";

    /// A value that is missing or makes no sense leaves the default.
    pub(super) fn of(settings: &Map<String, Value>) -> Self {
        let number = |key: &str, range: std::ops::RangeInclusive<i64>, default: i64| {
            settings.get(key).and_then(Value::as_i64).filter(|value| range.contains(value)).unwrap_or(default)
        };
        Self {
            idle: TimeDelta::minutes(number(Self::IDLE, 1..=1440, 30)),
            absolute: TimeDelta::hours(number(Self::ABSOLUTE, 1..=720, 12)),
            // China keeps one time all the year round.
            utc_offset: number(Self::OFFSET, -720..=840, 480) as i32 * 60,
        }
    }
}

pub(crate) async fn times(connection: &mut AsyncPgConnection) -> Result<Times> {
    let keys = [Times::IDLE, Times::ABSOLUTE, Times::OFFSET];
    let rows: Vec<(String, Value)> = settings::table.filter(settings::key.eq_any(keys)).load(connection).await?;
    Ok(Times::of(&rows.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: Value) -> Times {
        Times::of(value.as_object().expect("an object"))
    }

    #[test]
    fn a_setting_that_makes_no_sense_leaves_the_default() {
        let usual = of(json!({}));
        assert_eq!((usual.idle, usual.absolute), (TimeDelta::minutes(30), TimeDelta::hours(12)));
        assert_eq!(usual.utc_offset, 8 * 3600);
        let odd = json!({"session_idle_minutes": 0, "session_hours": "long", "utc_offset_minutes": 100_000});
        assert_eq!(of(odd), usual);
        assert_eq!(of(json!({"session_idle_minutes": 5})).idle, TimeDelta::minutes(5));
    }
}
