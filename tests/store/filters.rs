//! A filter has two readings, in memory and in SQL. Over random records and random filters of every resource they agree;
//! since the texts are arbitrary, this is the test against injection too.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use domain::CATALOGUE;
use domain::field::{Access, Field, Kind};
use domain::filter::{Condition, Context, Filter, Op, RELATIVE_DATES, operators};
use domain::listing::Listing;
use domain::platform::{Department, Role, User};
use domain::relations::{Contact, ContactRecord, Customer, CustomerType};
use domain::resource::Definition;
use domain::viewer::Viewer;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use store::{Stored, Trace, records};
use uuid::Uuid;

use crate::support::{House, object};

/// Of each resource.
const RECORDS: usize = 60;
const FILTERS: u32 = 300;

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

/// A body for a new record of a resource: whatever its fields take.
fn body(definition: &Definition) -> BoxedStrategy<Value> {
    let fields: Vec<&'static Field> =
        definition.fields.iter().filter(|field| field.access != Access::ReadOnly && field.key != "parent_id").collect();
    let members: Vec<_> =
        fields.into_iter().filter_map(|field| Some((Just(field.key.to_owned()), held(field)?))).collect();
    members.prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()).boxed()
}

/// What a field may hold; nothing for references, which the test gives.
fn held(field: &'static Field) -> Option<BoxedStrategy<Value>> {
    let one: BoxedStrategy<Value> = match field.kind {
        Kind::Reference(_) | Kind::Id | Kind::ExternalIds | Kind::Lines(_) => return None,
        Kind::Text | Kind::LongText | Kind::Tags => text().prop_map(Value::from).boxed(),
        Kind::Url => "https://[a-c]{1,3}\\.cn/[a-c%_]{0,3}".prop_map(Value::from).boxed(),
        Kind::CreditCode => Just(Value::from("91350100M000100Y43")).boxed(),
        Kind::IdNumber => Just(Value::from("11010519491231002X")).boxed(),
        Kind::Phone | Kind::Phones => phone().prop_map(Value::from).boxed(),
        Kind::Email | Kind::Emails => email().prop_map(Value::from).boxed(),
        Kind::Integer => {
            let (least, greatest) = field.range.unwrap_or((-3, 4));
            (least..greatest.min(least + 7)).prop_map(Value::from).boxed()
        }
        Kind::Decimal | Kind::Amount => {
            (-30_i64..40).prop_map(|tenths| format!("{}.{}", tenths / 10, tenths.abs() % 10).into()).boxed()
        }
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Date => day().prop_map(Value::from).boxed(),
        Kind::Instant => day().prop_map(|day| format!("{day}T03:00:00Z").into()).boxed(),
        Kind::Choice(words) => proptest::sample::select(words).prop_map(Value::from).boxed(),
    };
    Some(match (field.kind.is_many(), field.required) {
        (true, _) => proptest::collection::vec(one, 0..3).prop_map(Value::from).boxed(),
        (false, true) => one,
        (false, false) => proptest::option::of(one).prop_map(|value| value.unwrap_or_default()).boxed(),
    })
}

/// Numbers that meet in some of the ways in which people write them.
fn phone() -> BoxedStrategy<String> {
    let number = prop_oneof!["1[3-4]800000000[0-3]", "021-5888000[0-3]", "010-5888000[0-3]", "5888000[0-3]"];
    let before = proptest::sample::select(&["", "", "+86 ", "0086-"][..]);
    let behind = proptest::sample::select(&["", "", "转801", " ext. 7", "-12", "/13800000001"][..]);
    (before, number, behind).prop_map(|(before, number, behind)| format!("{before}{number}{behind}")).boxed()
}

fn email() -> BoxedStrategy<String> {
    "[a-bA-B]{1,2}@x\\.cn".boxed()
}

fn day() -> BoxedStrategy<String> {
    let day = |day| chrono::NaiveDate::from_yo_opt(2026, day).unwrap_or_default().to_string();
    (300_u32..366).prop_map(day).boxed()
}

fn comparison(definition: &Definition) -> impl Strategy<Value = Filter> + use<> {
    let fields: Vec<&'static Field> = definition.all_fields().filter(|field| field.filterable).collect();
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
        Op::Between => [single(field.kind), single(field.kind)].prop_map(|ends| ends.to_vec().into()).boxed(),
        _ => single(field.kind),
    }
}

fn single(kind: Kind) -> BoxedStrategy<Value> {
    let relative = || proptest::sample::select(RELATIVE_DATES).prop_map(Value::from);
    match kind {
        Kind::Choice(words) => proptest::sample::select(words).prop_map(Value::from).boxed(),
        Kind::Phone | Kind::Phones => phone().prop_map(Value::from).boxed(),
        Kind::Email | Kind::Emails => email().prop_map(Value::from).boxed(),
        Kind::Integer | Kind::Decimal | Kind::Amount => (-3_i64..4).prop_map(Value::from).boxed(),
        Kind::CreditCode => Just(Value::from("91350100M000100Y43")).boxed(),
        Kind::IdNumber => Just(Value::from("11010519491231002X")).boxed(),
        Kind::Date => prop_oneof![day().prop_map(Value::from), relative()].boxed(),
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

fn filter(definition: &Definition) -> impl Strategy<Value = Filter> + use<> {
    comparison(definition).prop_recursive(4, 24, 4, |inner| {
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

/// What a body of a resource needs besides whatever its fields take, the `row`th of them: names that are unique, and
/// the records that it belongs to.
fn complete(body: &mut Map<String, Value>, definition: &Definition, row: usize, customer: Uuid) {
    let title = definition.title;
    let name = body.get(title).and_then(Value::as_str).unwrap_or_default();
    // A name begins with something that can be seen.
    body.insert(title.into(), format!("x{row}{name}").into());
    match definition.name {
        "users" => {
            body.insert("username".into(), format!("u{row}").into());
            // No two people have one address.
            body.retain(|key, _| key != "email" || row < 1);
        }
        "contacts" | "contact-records" => {
            body.insert("customer_id".into(), customer.to_string().into());
        }
        _ => {}
    }
}

/// Makes records of a resource and asks both readings for random filters; tells how many were found in all.
async fn agree<R: Stored + Default>(house: &House, viewer: &Arc<Viewer>, customer: Uuid) -> (&'static str, usize) {
    let db = house.store.authorize(viewer.clone(), R::READ, Trace::default()).expect("allowed");
    let definition = Definition::of::<R>();
    let mut runner = runner();
    let bodies = body(&definition);
    let mut made = 0;
    for row in 0..10 * RECORDS {
        let mut body = object(bodies.new_tree(&mut runner).expect("a body").current());
        complete(&mut body, &definition, row, customer);
        let created = db.write(async |tx| records::create::<R>(tx, &body).await).await;
        // Some of the texts hold what nobody can read, and are refused.
        made += usize::from(created.is_ok());
        if made == RECORDS {
            break;
        }
    }
    assert_eq!(made, RECORDS, "of {}", R::NAME);
    // With them those that were there before.
    let everything = Listing { limit: Some(500), ..Listing::default() };
    let known: Vec<_> = records::list::<R>(&db, &everything).await.expect("a list").records;
    let known: Vec<Map<String, Value>> = known.iter().map(records::Seen::json).collect();
    let context = Context::of(&definition, viewer);
    let (found, checked) = (Cell::new(0), Cell::new(0));
    let handle = tokio::runtime::Handle::current();
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&filter(&definition), |filter| {
            let Ok(condition) = Condition::check(&filter, &context) else { return Ok(()) };
            let in_memory: BTreeSet<&str> = known
                .iter()
                .filter(|record| condition.matches(record))
                .filter_map(|record| record["id"].as_str())
                .collect();
            let listing = Listing { filter, limit: Some(500), ..Listing::default() };
            let listed = handle.block_on(records::list::<R>(&db, &listing)).expect("a list");
            let ids: Vec<String> = listed.records.iter().map(|record| record.stamp().id.to_string()).collect();
            let in_sql: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
            found.set(found.get() + in_sql.len());
            checked.set(checked.get() + 1);
            prop_assert_eq!(in_memory, in_sql);
            Ok(())
        })
    });
    outcome.unwrap_or_else(|difference| panic!("both readings of {} agree: {difference}", R::NAME));
    assert!(checked.get() > FILTERS / 2, "the filters of {} say too little: {} checked", R::NAME, checked.get());
    (R::NAME, found.get())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_readings_of_a_filter_agree_for_every_resource() {
    let house = House::new().await;
    let viewer = house.administrator().await;
    let customer = house.customer(&house.db(&viewer), json!({"name": "上海華信"})).await.stamp().id;
    let found = [
        agree::<Customer>(&house, &viewer, customer).await,
        agree::<Contact>(&house, &viewer, customer).await,
        agree::<ContactRecord>(&house, &viewer, customer).await,
        agree::<CustomerType>(&house, &viewer, customer).await,
        agree::<User>(&house, &viewer, customer).await,
        agree::<Department>(&house, &viewer, customer).await,
        agree::<Role>(&house, &viewer, customer).await,
    ];
    assert_eq!(found.map(|(name, _)| name).to_vec(), CATALOGUE.iter().map(|of| of.name).collect::<Vec<_>>());
    assert!(found.iter().all(|(_, found)| *found > 1000), "the filters find too little: {found:?}");
    house.database.remove().await;
}
