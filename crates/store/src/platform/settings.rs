//! Settings of the installation that live in the database.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use schema::settings;
use serde_json::{Map, Value};

use crate::db::Tx;
use crate::error::Result;

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

    /// Minutes, hours and minutes from UTC; nothing if one of them makes no sense.
    pub fn new(idle_minutes: i64, hours: i64, utc_offset_minutes: i64) -> Option<Self> {
        let sensible = (1..=1440).contains(&idle_minutes)
            && (1..=720).contains(&hours)
            && (-720..=840).contains(&utc_offset_minutes);
        sensible.then(|| Self {
            idle: TimeDelta::minutes(idle_minutes),
            absolute: TimeDelta::hours(hours),
            utc_offset: utc_offset_minutes as i32 * 60,
        })
    }

    /// As every process finds it in the database; a database that no server has used yet has the usual times.
    pub(super) fn of(settings: &Map<String, Value>) -> Self {
        let number = |(key, usual): (&str, i64)| settings.get(key).and_then(Value::as_i64).unwrap_or(usual);
        let [idle, hours, offset] = Self::USUAL.numbers().map(number);
        Self::new(idle, hours, offset).unwrap_or(Self::USUAL)
    }

    /// The times as they are set and kept: minutes, hours and minutes from UTC.
    fn numbers(self) -> [(&'static str, i64); 3] {
        [
            (Self::IDLE, self.idle.num_minutes()),
            (Self::ABSOLUTE, self.absolute.num_hours()),
            (Self::OFFSET, i64::from(self.utc_offset / 60)),
        ]
    }

    /// Those of a server that was told nothing else. China keeps one time all the year round.
    pub const USUAL: Self = Self { idle: TimeDelta::minutes(30), absolute: TimeDelta::hours(12), utc_offset: 8 * 3600 };
}

/// Puts the times of a server's configuration into the database, where all processes read them: the last one to start
/// decides.
pub async fn keep_times(tx: &mut Tx<'_>, times: Times) -> Result<()> {
    let rows = times.numbers().map(|(key, value)| (settings::key.eq(key), settings::value.eq(Value::from(value))));
    diesel::insert_into(settings::table)
        .values(rows.to_vec())
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(excluded(settings::value)))
        .execute(&mut **tx)
        .await?;
    Ok(())
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
    fn times_that_make_no_sense_leave_the_usual_ones() {
        assert_eq!(of(json!({})), Times::USUAL);
        let odd = json!({"session_idle_minutes": 0, "session_hours": "long", "utc_offset_minutes": 100_000});
        assert_eq!(of(odd), Times::USUAL);
        assert_eq!(of(json!({"session_idle_minutes": 5})).idle, TimeDelta::minutes(5));
        assert_eq!(Times::new(30, 12, 480), Some(Times::USUAL));
        assert_eq!(Times::new(30, 0, 480), None);
    }
}
