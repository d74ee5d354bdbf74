//! Questions about no record in particular: how many there are of each kind, and what the greatest is.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use domain::field::{Field, Kind};
use domain::permission::Action;
use domain::summary::{is_groupable, measures, needs_period};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::answers::same;
use super::dice::Dice;
use super::oracle::Row;
use super::{Asking, Told};

/// How far the house is from UTC.
const OFFSET: TimeDelta = TimeDelta::hours(8);

/// How many, what their group is called, and the greatest of them.
type Expected = (usize, Value, Option<(Decimal, String)>);

impl Asking<'_> {
    pub async fn summarised(&self, dice: &mut Dice) -> Told {
        let of = self.world.resource(dice);
        let who = &self.person.who;
        let groupable: Vec<&Field> = of.all_fields().filter(|field| is_groupable(field)).collect();
        // Amounts have a figure for each currency, which others look into.
        let measured = of.all_fields().filter(|field| measures(field).contains(&"max") && field.kind != Kind::Amount);
        let measured: Vec<&Field> = measured.collect();
        let (by, greatest) = (*dice.one(&groupable), dice.of_ten(3).then(|| *dice.one(&measured)));
        let mut body = json!({
            "by": [if needs_period(by.kind) { json!({"field": by.key, "period": "month"}) } else { json!(by.key) }],
            "of": ["count"],
        });
        if let Some(field) = greatest {
            body["of"] = json!(["count", {"max": field.key}]);
        }
        let asked = [by].into_iter().chain(greatest);
        let allowed = who.may(of.name, Action::Read) && asked.clone().all(|field| who.reads_somewhere(of.name, field));
        let door = format!("{}/summary {body}", of.name);
        let answer = self.person.actor.post(&format!("/api/v1/{}/summary", of.name), &body).await;
        if !allowed {
            return same(&door, &answer.status, &403);
        }
        same(&door, &answer.status, &200)?;
        let rows = self.world.rows[of.name].iter().filter(|row| who.sees(of.name, row));
        let rows = rows.filter(|row| asked.clone().all(|field| who.reads(of.name, field, row)));
        let mut expected: BTreeMap<String, Expected> = BTreeMap::new();
        for row in rows {
            let group = expected.entry(key(by, row)).or_insert((0, self.title(of, by, row)["name"].clone(), None));
            group.0 += 1;
            group.2 = group.2.take().max(greatest.and_then(|field| held(&row[field.key])));
        }
        let told = answer.json();
        let figures = told["groups"].as_array().into_iter().flatten().map(|group| {
            let [key, figures] = [&group["keys"][0], &group["figures"]];
            let value = key["value"].as_str().map(str::to_ascii_lowercase);
            (value.unwrap_or_else(|| key["value"].to_string()), (&figures[0], &key["title"], &figures[1]))
        });
        let expected =
            expected.into_iter().map(|(key, (count, title, max))| (key, (count, title, max.map(|max| max.1))));
        same(&door, &figures.collect::<BTreeMap<_, _>>(), &expected.collect::<BTreeMap<_, _>>())
    }
}

/// A value and where it stands among others: a number by what it is, a day or a moment by its text.
fn held(value: &Value) -> Option<(Decimal, String)> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    (!value.is_null()).then(|| (text.parse().unwrap_or_default(), text))
}

/// What tells a row's group from others.
fn key(by: &Field, row: &Row) -> String {
    let value = &row[by.key];
    let Some(text) = value.as_str() else { return value.to_string() };
    let day: NaiveDate = match by.kind {
        Kind::Date => text.parse().expect("a day"),
        Kind::Instant => (text.parse::<DateTime<Utc>>().expect("a moment") + OFFSET).date_naive(),
        _ => return text.to_ascii_lowercase(),
    };
    day.with_day(1).expect("the first").to_string()
}
