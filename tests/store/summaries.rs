//! Figures of a table of trial with every kind that can be grouped or added up, held against plain sums over its rows in
//! memory: exact, each currency for itself, and in the calendar of whoever asks.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use domain::field::{Field, Kind};
use domain::filter::{Condition, Context, Filter, Op};
use domain::permission::{Right, Scope};
use domain::relations::Customer;
use domain::resource::Definition;
use domain::summary::{By, ByPeriod, Figure, Measure, Period, Summary};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value, json};

use crate::support::{House, viewer};

const ROWS: usize = 120;
const SUMMARIES: u32 = 300;

const CURRENCIES: &[&str] = &["CNY", "JPY", "USD"];
const STAGES: &[&str] = &["open", "agreed", "lost"];

const FIELDS: &[Field] = &[
    Field::new("currency", Kind::Choice(CURRENCIES)).required().filterable(),
    Field::new("amount", Kind::Amount).filterable(),
    Field::new("price", Kind::Decimal).filterable(),
    Field::new("pieces", Kind::Integer).filterable(),
    Field::new("stage", Kind::Choice(STAGES)).filterable(),
    Field::new("city", Kind::Text).max(60).filterable(),
    Field::new("urgent", Kind::Bool).filterable(),
    Field::new("due_on", Kind::Date).filterable(),
    Field::new("happened_at", Kind::Instant).filterable(),
];

/// A table of its own, under a name for which there are rights.
fn trial() -> Definition {
    Definition { table: "trial", fields: FIELDS, ..Definition::of::<Customer>() }
}

const TABLE: &str = "create table trial (id uuid default gen_random_uuid(), owner_id uuid, department_id uuid, \
    deleted_at timestamptz, created_at timestamptz, created_by uuid, updated_at timestamptz, updated_by uuid, \
    currency text not null, amount numeric, price numeric, pieces bigint, stage text, city text, urgent boolean not null, \
    due_on date, happened_at timestamptz)";

fn row() -> impl Strategy<Value = Value> {
    let tenths = |range: std::ops::Range<i64>| proptest::option::of(range.prop_map(|tenths| Decimal::new(tenths, 1)));
    let day = (0_u64..900).prop_map(|days| NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day") + Days::new(days));
    let moment = (0_i64..9_000).prop_map(|hours| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(472_000 + hours));
    let city = proptest::sample::select(&["Suzhou", "suzhou", "佛山", "' or 1=1 --", "%"][..]);
    let parts = (
        proptest::sample::select(CURRENCIES),
        tenths(-3_000..90_000),
        tenths(-30..30),
        proptest::option::of(-3_i64..9_000_000_000_000),
        proptest::option::of(proptest::sample::select(STAGES)),
        proptest::option::of(city),
        any::<bool>(),
        proptest::option::of(day),
        proptest::option::of(moment),
    );
    parts.prop_map(|(currency, amount, price, pieces, stage, city, urgent, day, moment)| {
        // Money of Japan has no places.
        let amount = amount.map(|amount| if currency == "JPY" { amount.trunc() } else { amount });
        json!({
            "currency": currency, "amount": amount, "price": price, "pieces": pieces, "stage": stage, "city": city,
            "urgent": urgent, "due_on": day, "happened_at": moment,
        })
    })
}

fn by() -> impl Strategy<Value = By> {
    let field = proptest::sample::select(&["currency", "stage", "city", "urgent"][..]);
    let days = proptest::sample::select(&["due_on", "happened_at"][..]);
    let period = proptest::sample::select(Period::WORDS).prop_map(|word| Period::from_word(word).expect("a period"));
    prop_oneof![
        field.prop_map(|field| By::Field(field.to_owned())),
        (days, period).prop_map(|(field, period)| By::Period(ByPeriod { field: field.to_owned(), period })),
    ]
}

fn measure() -> impl Strategy<Value = Measure> {
    let number = proptest::sample::select(&["amount", "price", "pieces"][..]).prop_map(str::to_owned);
    let any =
        proptest::sample::select(&["amount", "price", "pieces", "due_on", "happened_at"][..]).prop_map(str::to_owned);
    prop_oneof![
        Just(Measure::Count),
        number.clone().prop_map(Measure::Sum),
        number.prop_map(Measure::Avg),
        any.clone().prop_map(Measure::Min),
        any.prop_map(Measure::Max),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    prop_oneof![
        Just(Filter::everything()),
        Just(Filter::test("stage", Op::IsNull, false)),
        (-10_i64..10).prop_map(|least| Filter::any(vec![
            Filter::test("price", Op::Gt, least),
            Filter::test("urgent", Op::Eq, true)
        ])),
        Just(Filter::test("city", Op::Eq, "nowhere")),
    ]
}

fn summary() -> impl Strategy<Value = Summary> {
    let by = proptest::collection::vec(by(), 0..=2).prop_filter("twice the same", |by| by.len() < 2 || by[0] != by[1]);
    (filter(), by, proptest::collection::vec(measure(), 1..=5)).prop_map(|(filter, by, of)| Summary {
        filter,
        by,
        of,
        ..Summary::default()
    })
}

type Row = Map<String, Value>;

/// What tells the group of a row from others: a value, or the first day of a period.
fn key(by: &By, row: &Row, utc_offset: i32) -> Value {
    let By::Period(ByPeriod { field, period }) = by else {
        let By::Field(field) = by else { unreachable!("one or the other") };
        let value = &row[field];
        return value.as_str().map_or_else(|| value.clone(), |text| text.to_ascii_lowercase().into());
    };
    let Some(text) = row[field].as_str() else { return Value::Null };
    let day: NaiveDate = text.parse().unwrap_or_else(|_| {
        let moment: DateTime<Utc> = text.parse().expect("a moment");
        (moment + TimeDelta::seconds(utc_offset.into())).date_naive()
    });
    let month = day.with_day(1).expect("the first");
    json!(match period {
        Period::Day => day,
        Period::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
        Period::Month => month,
        Period::Quarter => month.with_month0(month.month0() / 3 * 3).expect("a month"),
        Period::Year => month.with_month(1).expect("January"),
    })
}

/// A figure of these rows, worked out one by one.
fn figure(measure: &Measure, rows: &[&Row]) -> Value {
    let Some(field) = measure.field() else { return json!(rows.len()) };
    if field != "amount" {
        return made_of(measure, rows.iter().map(|row| &row[field]).collect(), 6);
    }
    let mut by_currency: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row["amount"].is_null()) {
        by_currency.entry(row["currency"].as_str().expect("a currency")).or_default().push(&row["amount"]);
    }
    let told = |(currency, values)| (currency, made_of(measure, values, if currency == "JPY" { 0 } else { 2 }));
    by_currency.into_iter().map(told).collect()
}

fn made_of(measure: &Measure, values: Vec<&Value>, places: u32) -> Value {
    let held = || values.iter().filter(|value| !value.is_null());
    if measure.field().is_some_and(|field| ["due_on", "happened_at"].contains(&field.as_str())) {
        let texts = held().filter_map(|value| value.as_str());
        return json!(if measure.word() == "min" { texts.min() } else { texts.max() });
    }
    let number = |value: &&Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned).parse::<Decimal>();
    let numbers: Vec<Decimal> = held().map(|value| number(value).expect("a number")).collect();
    let sum: Decimal = numbers.iter().sum();
    let figure = match measure {
        Measure::Sum(_) => Some(sum),
        Measure::Avg(_) => (!numbers.is_empty()).then(|| {
            let average = sum / Decimal::from(numbers.len());
            // As a number of six places, and of these as money is counted.
            let six = average.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
            six.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
        }),
        Measure::Min(_) => numbers.iter().min().copied(),
        _ => numbers.iter().max().copied(),
    };
    json!(figure.map(|figure| figure.normalize().to_string()))
}

/// A figure as it was told, in the same form.
fn told(figure: &Figure) -> Value {
    let plain =
        |text: &String| text.parse::<Decimal>().map_or_else(|_| text.clone(), |number| number.normalize().to_string());
    match figure {
        Figure::Count(count) => json!(count),
        Figure::Amounts(amounts) => {
            amounts.iter().map(|(currency, amount)| (currency.clone(), plain(amount))).collect()
        }
        Figure::Value(text) => json!(text.as_ref().map(plain)),
    }
}

/// Instants as the house writes them.
fn written(mut row: Row) -> Row {
    if let Some(moment) = row["happened_at"].as_str() {
        let moment: DateTime<Utc> = moment.parse().expect("a moment");
        row.insert("happened_at".into(), moment.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string().into());
    }
    row
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_the_plain_sums_over_their_rows_and_each_group_finds_its_own() {
    let house = House::new().await;
    let mut me = viewer(house.administrator().await.user_id, Scope::All, Right::Write);
    // Far enough for days to be others than in Greenwich.
    me.utc_offset = 9 * 3600 + 1800;
    let me = std::sync::Arc::new(me);
    let (db, definition) = (house.db(&me), trial());
    let mut runner = TestRunner::new_with_rng(
        Config { cases: SUMMARIES, failure_persistence: None, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let rows: Vec<Value> = (0..ROWS).map(|_| row().new_tree(&mut runner).expect("a row").current()).collect();
    let client = house.database.connect().await;
    client.batch_execute(TABLE).await.expect("a table");
    let columns = FIELDS.iter().map(|field| field.key).collect::<Vec<_>>().join(", ");
    let insert =
        format!("insert into trial ({columns}) select {columns} from jsonb_populate_recordset(null::trial, $1)");
    client.execute(&insert, &[&json!(rows)]).await.expect("rows");
    // What was deleted counts for nothing.
    client
        .execute("insert into trial (currency, amount, urgent, deleted_at) values ('CNY', 1000000, true, now())", &[])
        .await
        .expect("a row");
    let rows: Vec<Row> = rows.into_iter().filter_map(|row| row.as_object().cloned().map(written)).collect();
    let handle = tokio::runtime::Handle::current();
    let context = Context::of(&definition, &me);
    let outcome = tokio::task::block_in_place(|| {
        let outcome = runner.run(&summary(), |summary| {
            let asked = summary.check(&context).expect("checked");
            let summed = handle.block_on(store::summary::of(&db, &definition, &asked, None)).expect("figures");
            let passing = |filter: &Filter| {
                let condition = Condition::check(filter, &context).expect("a filter that lists take");
                rows.iter().filter(|row| condition.matches(row)).collect::<Vec<_>>()
            };
            let all = passing(&summary.filter);
            let mut expected: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
            for row in &all {
                let keys: Vec<Value> = summary.by.iter().map(|by| key(by, row, me.utc_offset)).collect();
                if !keys.is_empty() {
                    expected.entry(json!(keys).to_string()).or_default().push(row);
                }
            }
            prop_assert_eq!(summed.cut, expected.len() > asked.limit);
            prop_assert_eq!(summed.groups.len(), expected.len().min(asked.limit));
            for group in &summed.groups {
                let values = group.keys.iter().map(|key| {
                    key.value.as_str().map_or_else(|| key.value.clone(), |text| text.to_ascii_lowercase().into())
                });
                let rows = &expected[&Value::from_iter(values).to_string()];
                prop_assert_eq!(&passing(&group.filter), rows, "{:?}", group.filter);
                let figures: Vec<Value> = summary.of.iter().map(|measure| figure(measure, rows)).collect();
                prop_assert_eq!(group.figures.iter().map(told).collect::<Vec<_>>(), figures);
            }
            prop_assert_eq!(passing(&summed.totals.filter).len(), all.len());
            let figures: Vec<Value> = summary.of.iter().map(|measure| figure(measure, &all)).collect();
            prop_assert_eq!(summed.totals.figures.iter().map(told).collect::<Vec<_>>(), figures);
            Ok(())
        });
        outcome.map_err(|difference| difference.to_string())
    });
    outcome.unwrap_or_else(|difference| panic!("figures are what their rows say: {difference}"));
    house.database.remove().await;
}
