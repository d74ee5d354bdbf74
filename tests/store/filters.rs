//! A filter has two readings, in memory and in SQL. Over random records and random filters they agree; since the
//! texts are arbitrary, this is the test against injection too.

use std::cell::Cell;
use std::collections::BTreeSet;

use domain::field::{Field, Kind};
use domain::filter::{Condition, Context, Filter, Op, RELATIVE_DATES, operators};
use domain::listing::Listing;
use domain::relations::Customer;
use domain::resource::Definition;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use store::records;

use crate::support::House;

const RECORDS: usize = 120;
const FILTERS: u32 = 600;

/// Texts that have broken somebody's software.
const NASTY: &[&str] = &[
    "' or 1=1 --",
    "'); drop table customers; --",
    "%",
    "_",
    "\\",
    "\"",
    "$1",
    "{}",
    "null",
    "İstanbul",
    "ß",
    "华信",
    "ＡＢＣ",
    "a\u{301}",
    "\u{202e}abc",
    "😀",
    " ",
    "true",
    "0",
    "-",
    "@me",
    "@today",
];

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        3 => proptest::sample::select(NASTY).prop_map(str::to_owned),
        2 => "[a-cA-C华信达%_]{1,4}",
        1 => "\\PC{1,12}",
    ]
    .boxed()
}

fn record() -> impl Strategy<Value = Value> {
    let optional = || proptest::option::of(text());
    let phones = proptest::collection::vec("1[3-9][0-9]{1}0000000[0-9]", 0..3);
    let day = proptest::option::of(0u32..60).prop_map(|days| {
        days.and_then(|days| chrono::NaiveDate::from_yo_opt(2026, 300 + days)).map(|day| day.to_string())
    });
    let level = proptest::option::of(proptest::sample::select(&["a", "b", "c", "d"][..]));
    let status = proptest::sample::select(&["potential", "active", "dormant", "lost"][..]);
    (text(), optional(), phones, day, level, status, optional(), optional()).prop_map(
        |(name, short_name, phones, day, level, status, city, region)| {
            json!({
                "name": format!("x{name}"), "short_name": short_name, "phones": phones, "next_contact_on": day,
                "level": level, "status": status, "city": city, "region": region,
            })
        },
    )
}

fn comparison() -> impl Strategy<Value = Filter> {
    let fields: Vec<&'static Field> =
        Definition::of::<Customer>().all_fields().filter(|field| field.filterable).collect();
    let operator = proptest::sample::select(fields).prop_flat_map(|field| {
        let op = proptest::sample::select(operators(field.kind, field.personal));
        (Just(field), op)
    });
    operator.prop_flat_map(|(field, op)| value(field, op).prop_map(move |value| Filter::test(field.key, op, value)))
}

fn value(field: &'static Field, op: Op) -> BoxedStrategy<Value> {
    match op {
        Op::IsNull => any::<bool>().prop_map(Value::from).boxed(),
        Op::In => proptest::collection::vec(single(field.kind), 0..4).prop_map(Value::from).boxed(),
        _ => single(field.kind),
    }
}

fn single(kind: Kind) -> BoxedStrategy<Value> {
    let relative = || proptest::sample::select(RELATIVE_DATES).prop_map(Value::from);
    match kind {
        Kind::Choice(words) => proptest::sample::select(words).prop_map(Value::from).boxed(),
        Kind::Phone | Kind::Phones => "(\\+86 )?1[3-9][0-9]{1} 0000 000[0-9]".prop_map(Value::from).boxed(),
        Kind::Date => prop_oneof![
            (300u32..366).prop_map(
                |day| chrono::NaiveDate::from_yo_opt(2026, day).map_or(Value::Null, |day| day.to_string().into())
            ),
            relative()
        ]
        .boxed(),
        Kind::Instant => {
            prop_oneof![Just(Value::from("2026-11-21T00:00:00Z")), Just(Value::from("2026-11-21")), relative()].boxed()
        }
        Kind::Reference(_) | Kind::Id => {
            prop_oneof![Just(Value::from("@me")), Just(Value::from("01900000-0000-7000-8000-000000000000"))].boxed()
        }
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        _ => text().prop_map(Value::from).boxed(),
    }
}

fn filter() -> impl Strategy<Value = Filter> {
    comparison().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::all),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::any),
            inner.prop_map(Filter::negate),
        ]
    })
}

fn runner() -> TestRunner {
    // The same filters in every run: a failure can be looked at twice.
    TestRunner::new_with_rng(
        Config { cases: FILTERS, failure_persistence: None, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn both_readings_of_a_filter_agree() {
    let house = House::new().await;
    let viewer = house.administrator().await;
    let db = house.db(&viewer);
    let mut runner = runner();
    let mut known: Vec<Map<String, Value>> = Vec::new();
    for _ in 0..RECORDS {
        let body = record().new_tree(&mut runner).expect("a record").current();
        known.push(house.customer(&db, body).await.json());
    }
    let definition = Definition::of::<Customer>();
    let context = Context::of(&definition, &viewer);
    let (found, checked) = (Cell::new(0), Cell::new(0));
    let handle = tokio::runtime::Handle::current();
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&filter(), |filter| {
            let Ok(condition) = Condition::check(&filter, &context) else { return Ok(()) };
            let in_memory: BTreeSet<&str> = known
                .iter()
                .filter(|record| condition.matches(record))
                .filter_map(|record| record["id"].as_str())
                .collect();
            let listing = Listing { filter, limit: Some(500), ..Listing::default() };
            let listed = handle.block_on(records::list::<Customer>(&db, &listing)).expect("a list");
            let ids: Vec<String> = listed.records.iter().map(|record| record.stamp().id.to_string()).collect();
            let in_sql: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
            found.set(found.get() + in_sql.len());
            checked.set(checked.get() + 1);
            prop_assert_eq!(in_memory, in_sql);
            Ok(())
        })
    });
    outcome.expect("both readings agree");
    let (found, checked) = (found.get(), checked.get());
    assert!(checked > FILTERS / 2 && found > 1000, "the filters say too little: {checked} checked, {found} found");
    house.database.remove().await;
}
