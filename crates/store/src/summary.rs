//! Figures over the rows of a list: one statement for groups and totals, so that they add up whatever is written meanwhile.
//!
//! The rows are read once, into parts: one for each group and, where amounts are asked for, each currency. Groups and
//! totals are both made of the parts, which lets PostgreSQL share the reading among its workers, as grouping sets do not.

use std::collections::{BTreeMap, HashMap};

use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use domain::error::Code;
use domain::field::{Field, Kind};
use domain::money::Currency;
use domain::permission::{Action, Permission};
use domain::resource::Definition;
use domain::summary::{Asked, Figure, Group, GroupKey, Grouping, Measure, Summary, Summed, Totals};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use uuid::Uuid;

use crate::column;
use crate::db::Db;
use crate::error::Result;
use crate::records;
use crate::search;
use crate::sql::{Bind, Sql};
use crate::table::Stored;

/// Places behind the point of an average.
const PLACES: u32 = 6;

/// Keys and figures of a group, as texts; the totals stand at place 0.
type Line = (i64, Vec<Option<String>>, Vec<Option<String>>);

/// Figures over the rows of a list.
pub(crate) async fn of_list<R: Stored>(db: &Db, summary: &Summary) -> Result<Summed> {
    let definition = db.definition::<R>();
    let asked = summary.check(&records::context(db, definition))?;
    let _turn = db.turn().await?;
    let Some(q) = &summary.q else { return of(db, definition, &asked, None).await };
    let search = search::condition::<R>(&mut db.read().await?, q, None, true).await?;
    // A list finds what a masked value is looked up by, and shows its rows one by one. A figure would tell only how many
    // there are, and without them it would not be that of the list.
    if !search.looked_up.is_empty() {
        return Err(Code::FieldForbidden.into());
    }
    of(db, definition, &asked, Some(search.condition)).await
}

/// Answers a summary; of the rows that pass its filter over those, if it searches, that were found.
pub async fn of(db: &Db, definition: &Definition, asked: &Asked, found: Option<Sql>) -> Result<Summed> {
    let read = Permission::new(definition.name, Action::Read);
    let passing = records::passing(db, &records::context(db, definition), &asked.filter, read, false)?;
    let present = records::present(definition.table);
    let condition = Sql::and([present].into_iter().chain(passing.parts).chain(found).collect());
    let utc_offset = db.viewer().map_or(0, |viewer| viewer.utc_offset);
    let statement = statement(definition.table, asked, condition, utc_offset);
    let rows = statement.rows::<(BigInt, Array<Nullable<Text>>, Array<Nullable<Text>>)>();
    let lines: Vec<Line> = rows.load(&mut *db.read().await?).await?;
    let mut summed = Summed {
        groups: Vec::with_capacity(lines.len()),
        totals: Totals { figures: Vec::new(), filter: asked.filter.clone() },
        cut: lines.len() > asked.limit + 1,
    };
    for (place, keys, figures) in lines.into_iter().take(asked.limit + 1) {
        let figures = asked.of.iter().zip(figures).map(|(measure, text)| figure(measure, text)).collect();
        if place == 0 {
            summed.totals.figures = figures;
            continue;
        }
        let values: Vec<Value> = asked.by.iter().zip(keys).map(|(by, text)| value(by.field.kind, text)).collect();
        let filter = asked.filter_of(&values);
        let keys = values.into_iter().map(|value| GroupKey { value, title: None }).collect();
        summed.groups.push(Group { keys, figures, filter });
    }
    name(db, asked, &mut summed.groups).await?;
    Ok(summed)
}

fn statement(table: &str, asked: &Asked, condition: Sql, utc_offset: i32) -> Sql {
    let column = |field: &Field| column::of(table, field);
    let mut told: Vec<String> =
        asked.by.iter().zip(1..).map(|(by, at)| key(by, &column(by.field), utc_offset, at)).collect();
    told.extend(asked.currency.map(|field| format!("{} as currency", column(field))));
    let apart: Vec<String> = (1..=told.len()).map(|at| at.to_string()).collect();
    for (by, at) in asked.by.iter().zip(1..) {
        // Writings that differ in the case of their letters are one group, as they are to a filter.
        told.extend((by.field.kind == Kind::Text).then(|| format!("min({} collate \"C\") as v{at}", column(by.field))));
    }
    told.push("count(*) as n".to_owned());
    told.extend(asked.of.iter().enumerate().flat_map(|(at, measure)| read(measure, at, column)));
    let whole: Vec<String> =
        ["sum(n) as n".to_owned()].into_iter().chain(asked.of.iter().enumerate().flat_map(again)).collect();
    let (currency, by_currency) =
        if asked.currency.is_some() { ("currency, ", " group by currency") } else { ("", "") };
    let figures: Vec<String> = asked.of.iter().enumerate().map(|(at, measure)| text(measure, at)).collect();
    let figures = figures.join(", ");
    let statement = Sql::new(format!("with parts as (select {} from {table} where ", told.join(", ")))
        .append(condition)
        .push(if apart.is_empty() { String::new() } else { format!(" group by {}", apart.join(", ")) })
        .push(format!("), whole as (select {currency}{} from parts{by_currency}) ", whole.join(", ")))
        .push(format!(
            "select 0::bigint as place, array[]::text[] as keys, array[{figures}]::text[] as figures from whole"
        ));
    if asked.by.is_empty() {
        return statement;
    }
    let (shown, keys) =
        (shown(&asked.by), (1..=asked.by.len()).map(|at| format!("k{at}")).collect::<Vec<_>>().join(", "));
    statement
        .push(" union all select * from (select row_number() over (order by ")
        .append(order(asked))
        .push(format!(
            ") as place, array[{shown}]::text[], array[{figures}]::text[] from parts group by {keys}) grouped "
        ))
        // One more tells whether there are more.
        .push(format!("where place <= {} order by place", asked.limit + 1))
}

/// What tells the groups apart.
fn key(by: &Grouping, column: &str, utc_offset: i32, at: usize) -> String {
    let days = match by.field.kind {
        Kind::Text => return format!("lower({column} collate \"C\") as k{at}"),
        Kind::Instant => format!("(({column} at time zone 'UTC') + make_interval(secs => {utc_offset}))"),
        _ => format!("{column}::timestamp"),
    };
    match by.period {
        Some(period) => format!("date_trunc('{}', {days})::date as k{at}", period.word()),
        None => format!("{column} as k{at}"),
    }
}

/// The keys as they are told.
fn shown(by: &[Grouping]) -> String {
    let shown = by.iter().zip(1..).map(|(by, at)| match by.field.kind {
        Kind::Text => format!("min(v{at})"),
        _ => format!("k{at}::text"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// What a figure needs of the rows of a part.
fn read(measure: &Measure<&'static Field>, at: usize, column: impl Fn(&Field) -> String) -> Vec<String> {
    match measure {
        Measure::Count => Vec::new(),
        Measure::Sum(field) => vec![format!("sum({}) as s{at}", column(field))],
        Measure::Avg(field) => {
            let column = column(field);
            vec![format!("sum({column}) as s{at}"), format!("count({column}) as c{at}")]
        }
        Measure::Min(field) | Measure::Max(field) => vec![format!("{}({}) as s{at}", measure.word(), column(field))],
    }
}

/// The same of several parts.
fn again((at, measure): (usize, &Measure<&'static Field>)) -> Vec<String> {
    match measure {
        Measure::Count => Vec::new(),
        Measure::Sum(_) => vec![format!("sum(s{at}) as s{at}")],
        Measure::Avg(_) => vec![format!("sum(s{at}) as s{at}"), format!("sum(c{at}) as c{at}")],
        Measure::Min(_) | Measure::Max(_) => vec![format!("{0}(s{at}) as s{at}", measure.word())],
    }
}

/// A figure of several parts, as a number, a day or a moment.
fn number(measure: &Measure<&'static Field>, at: usize) -> String {
    match measure {
        Measure::Count => "coalesce(sum(n), 0)".to_owned(),
        Measure::Sum(_) => format!("coalesce(sum(s{at}), 0)"),
        Measure::Avg(_) => format!("trim_scale({})", average(&format!("sum(s{at})"), &format!("sum(c{at})"))),
        Measure::Min(_) | Measure::Max(_) => format!("{}(s{at})", measure.word()),
    }
}

/// A quotient has as many places as it is said to have only if what is divided has them: PostgreSQL gives a great number
/// few.
fn average(sum: &str, count: &str) -> String {
    format!("round(round({sum}, {}) / nullif({count}, 0), {PLACES})", 2 * PLACES)
}

/// The same as a text. Amounts are an object: the parts are one for each currency, and nothing is added up over several.
fn text(measure: &Measure<&'static Field>, at: usize) -> String {
    let number = number(measure, at);
    match measure.field().map(|field| field.kind) {
        Some(Kind::Amount) => {
            let amount = match measure {
                Measure::Avg(_) => average(&format!("s{at}"), &format!("c{at}")),
                _ => format!("s{at}"),
            };
            format!("(jsonb_object_agg(currency, {amount}::text) filter (where s{at} is not null))::text")
        }
        Some(Kind::Instant) => format!("to_char({number} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
        _ => format!("{number}::text"),
    }
}

/// Periods the newest first and choices as they are declared, as far as the first keys are such; then the greatest first.
fn order(asked: &Asked) -> Sql {
    let mut order = Sql::default();
    for (by, at) in asked.by.iter().zip(1..) {
        order = match (by.period, by.field.kind) {
            (Some(_), _) => order.push(format!("k{at} desc nulls last, ")),
            (None, Kind::Choice(words)) => {
                let words = words.iter().map(|word| (*word).to_owned()).collect();
                order.push("array_position(").bind(Bind::Texts(words)).push(format!("::text[], k{at}), "))
            }
            _ => break,
        };
    }
    let greatest = match asked.of.as_slice().first() {
        // Of several currencies none is greater than another.
        Some(measure) if measure.field().is_none_or(|field| field.kind != Kind::Amount) => number(measure, 0),
        _ => "sum(n)".to_owned(),
    };
    let keys: Vec<String> = (1..=asked.by.len()).map(|at| format!("k{at}")).collect();
    order.push(format!("{greatest} desc nulls last, {}", keys.join(", ")))
}

fn value(kind: Kind, text: Option<String>) -> Value {
    match (kind, text) {
        (_, None) => Value::Null,
        (Kind::Bool, Some(text)) => Value::Bool(text == "true"),
        (_, Some(text)) => Value::String(text),
    }
}

fn figure(measure: &Measure<&'static Field>, text: Option<String>) -> Figure {
    match measure.field().map(|field| field.kind) {
        None => Figure::Count(text.and_then(|text| text.parse().ok()).unwrap_or_default()),
        Some(Kind::Amount) => {
            let amounts: BTreeMap<String, String> =
                text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            Figure::Amounts(amounts.into_iter().map(in_its_places).collect())
        }
        Some(_) => Figure::Value(text),
    }
}

/// An amount as its currency is counted.
fn in_its_places((currency, amount): (String, String)) -> (String, String) {
    let places = Currency::from_word(&currency).map(Currency::places);
    let counted = places.zip(amount.parse::<Decimal>().ok()).map(|(places, amount)| {
        let mut amount = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        amount.rescale(places);
        amount.to_string()
    });
    (currency, counted.unwrap_or(amount))
}

/// Says what the records are called that groups are told apart by.
async fn name(db: &Db, asked: &Asked, groups: &mut [Group]) -> Result<()> {
    for (at, by) in asked.by.iter().enumerate() {
        let Kind::Reference(resource) = by.field.kind else { continue };
        let id = |group: &Group| group.keys[at].value.as_str()?.parse::<Uuid>().ok();
        let titles: HashMap<Uuid, String> =
            records::titles(db, resource, groups.iter().filter_map(id).collect()).await?;
        for group in groups.iter_mut() {
            group.keys[at].title = id(group).and_then(|id| titles.get(&id).cloned());
        }
    }
    Ok(())
}
