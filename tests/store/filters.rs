//! A filter has two readings, in memory and in SQL. Over random records and random filters of every resource they agree;
//! since the texts are arbitrary, this is the test against injection too.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use domain::Resource;
use domain::field::{Access, Field, Kind};
use domain::filter::{Beyond, Condition, Context, Filter, HasNone, HasSome, Op, RELATIVE_DATES, operators, paths};
use domain::listing::Listing;
use domain::permission::{Action, Permission};
use domain::platform::CustomField;
use domain::platform::fields::CustomKind;
use domain::relations::Tag;
use domain::resource::{Definition, Verb};
use domain::viewer::Viewer;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use store::{Db, Trace, Verbs, registry};
use uuid::Uuid;

use crate::support::{House, object};

/// Of each resource.
const RECORDS: usize = 60;
const FILTERS: u32 = 300;

/// The ids of the few records of which others name several.
static NAMED: OnceLock<Vec<String>> = OnceLock::new();

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
        definition.own_fields().filter(|field| field.access != Access::ReadOnly && field.key != "parent_id").collect();
    let members: Vec<_> =
        fields.into_iter().filter_map(|field| Some((Just(field.key.to_owned()), held(field)?))).collect();
    members.prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()).boxed()
}

/// What a field may hold; nothing for references, which the test gives.
fn held(field: &'static Field) -> Option<BoxedStrategy<Value>> {
    let one: BoxedStrategy<Value> = match field.kind {
        Kind::Reference(_) | Kind::References(_) | Kind::Id | Kind::ExternalIds | Kind::Lines(_) => return None,
        Kind::Text | Kind::LongText => text().prop_map(Value::from).boxed(),
        Kind::Url => "https://[a-c]{1,3}\\.cn/[a-c%_]{0,3}".prop_map(Value::from).boxed(),
        Kind::CreditCode => Just(Value::from("91350100M000100Y43")).boxed(),
        Kind::IdNumber => Just(Value::from("11010519491231002X")).boxed(),
        Kind::Phone | Kind::Phones => phone().prop_map(Value::from).boxed(),
        Kind::Email | Kind::Emails => email().prop_map(Value::from).boxed(),
        Kind::Integer => {
            let (least, greatest) = field.range.unwrap_or((-3, 4));
            (least..greatest.min(least + 7)).prop_map(Value::from).boxed()
        }
        Kind::Decimal | Kind::Amount | Kind::Percent => {
            let least = if field.range.is_some() { 0 } else { -30_i64 };
            (least..40).prop_map(|tenths| format!("{}.{}", tenths / 10, tenths.abs() % 10).into()).boxed()
        }
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Date => day().prop_map(Value::from).boxed(),
        Kind::Instant => day().prop_map(|day| format!("{day}T03:00:00Z").into()).boxed(),
        Kind::Choice(words) | Kind::Choices(words) => proptest::sample::select(words).prop_map(Value::from).boxed(),
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
        Op::In | Op::AllOf | Op::NoneOf => {
            proptest::collection::vec(single(field.kind), 0..4).prop_map(Value::from).boxed()
        }
        Op::Between => [single(field.kind), single(field.kind)].prop_map(|ends| ends.to_vec().into()).boxed(),
        _ => single(field.kind),
    }
}

fn single(kind: Kind) -> BoxedStrategy<Value> {
    let relative = || proptest::sample::select(RELATIVE_DATES).prop_map(Value::from);
    match kind {
        Kind::Choice(words) | Kind::Choices(words) => proptest::sample::select(words).prop_map(Value::from).boxed(),
        Kind::Phone | Kind::Phones => phone().prop_map(Value::from).boxed(),
        Kind::Email | Kind::Emails => email().prop_map(Value::from).boxed(),
        Kind::Integer | Kind::Decimal | Kind::Amount | Kind::Percent => (-3_i64..4).prop_map(Value::from).boxed(),
        Kind::CreditCode => Just(Value::from("91350100M000100Y43")).boxed(),
        Kind::IdNumber => Just(Value::from("11010519491231002X")).boxed(),
        Kind::Date => prop_oneof![day().prop_map(Value::from), relative()].boxed(),
        Kind::Instant => {
            prop_oneof![Just(Value::from("2026-11-21T00:00:00Z")), Just(Value::from("2026-11-21")), relative()].boxed()
        }
        Kind::Reference(_) | Kind::Id => {
            prop_oneof![Just(Value::from("@me")), Just(Value::from("01900000-0000-7000-8000-000000000000"))].boxed()
        }
        Kind::References(_) => {
            proptest::sample::select(NAMED.get().map(Vec::as_slice).unwrap_or_default()).prop_map(Value::from).boxed()
        }
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        _ => text().prop_map(Value::from).boxed(),
    }
}

/// A comparison with a field of the record itself, of one that it names, or of those that name it.
fn question(definition: &Definition) -> BoxedStrategy<Filter> {
    let own = comparison(definition).boxed();
    let named = definition.own_fields().filter_map(|field| {
        let word = field.embedded()?;
        let (_, to) = paths::named_by(definition, &word)?;
        Some((word, to))
    });
    let over = named.map(|(word, to)| {
        let path = move |filter| match filter {
            Filter::Test(test) => Filter::test(&format!("{word}.{}", test.field), test.op, test.value),
            other => other,
        };
        comparison(to).prop_map(path).boxed()
    });
    let all = definition.edition.catalogue().iter();
    let naming = all.flat_map(|of| of.own_fields().map(move |field| (of, field)));
    let naming = naming.filter(|(_, field)| field.filterable && field.kind.referred() == Some(definition.name));
    let back = naming.map(|(of, field)| {
        let what = format!("{}.{}", of.name, field.key);
        let asked = (comparison(of), any::<bool>()).prop_map(move |(filter, some)| {
            let filter = Box::new(filter);
            match some {
                true => Filter::Some(HasSome { some: what.clone(), filter }),
                false => Filter::None(HasNone { none: what.clone(), filter }),
            }
        });
        asked.boxed()
    });
    let beyond: Vec<_> = over.chain(back).map(|one| (1, one)).collect();
    let weight = 2 + 2 * u32::try_from(beyond.len()).unwrap_or_default();
    proptest::strategy::Union::new_weighted([(weight, own)].into_iter().chain(beyond).collect()).boxed()
}

fn filter(definition: &Definition) -> impl Strategy<Value = Filter> + use<> {
    question(definition).prop_recursive(4, 24, 4, |inner| {
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

/// What a body of a resource needs besides whatever its fields take, the `row`th of them: names that are unique, the
/// records that it belongs to, and nothing that goes together only under a rule of several fields.
fn complete(body: &mut Map<String, Value>, definition: &Definition, row: usize, world: &World) {
    let title = definition.title;
    let name = body.get(title).and_then(Value::as_str).unwrap_or_default();
    // A name begins with something that can be seen.
    body.insert(title.into(), format!("x{row}{name}").into());
    body.retain(|key, _| !["about_type", "about_id"].contains(&&**key) && definition.state != Some(key));
    let said = body.clone();
    let free = |field: &Field| field.applies(&said) && field.numbered.is_none();
    body.retain(|key, _| definition.own_field(key).is_none_or(free));
    if let (Some(link), Some(subject)) = (definition.link, world.0.get("customers").and_then(|all| all.first())) {
        body.insert(link.kind.into(), "customers".into());
        body.insert(link.id.into(), subject["id"].clone());
    }
    if definition.name == "users" {
        body.insert("username".into(), format!("u{row}").into());
        // No two people have one address.
        body.retain(|key, _| key != "email" || row < 1);
    }
    for field in definition.own_fields().filter(|field| field.access != Access::ReadOnly) {
        let Some(to) = field.kind.referred() else { continue };
        if let Kind::References(_) = field.kind {
            let named = NAMED.get().into_iter().flatten().skip(row % 4).take(row % 3);
            body.insert(field.key.into(), named.cloned().collect());
            continue;
        }
        let known = world.0.get(to).map(Vec::as_slice).unwrap_or_default();
        // Trees stay flat. What may be left out sometimes is; beside a parent it would have to belong to that too.
        let said = field.required || (definition.parent.is_none() && row.is_multiple_of(3));
        if let Some(named) = known.get(row % known.len().max(1)).filter(|_| said && to != definition.name) {
            body.insert(field.key.into(), named["id"].clone());
        }
    }
}

/// All records there are, as their reader sees them.
#[derive(Default)]
struct World(HashMap<&'static str, Vec<Map<String, Value>>>);

impl World {
    fn of(&self, definition: &Definition) -> impl Iterator<Item = &Map<String, Value>> {
        self.0.get(definition.name).into_iter().flatten()
    }
}

impl Beyond for World {
    fn named(&self, of: &Definition, id: Uuid) -> Option<Map<String, Value>> {
        self.of(of).find(|record| record["id"] == id.to_string()).cloned()
    }

    fn naming(&self, of: &Definition, field: &Field, id: Uuid) -> Vec<Map<String, Value>> {
        let names = |record: &&Map<String, Value>| paths::ids(record.get(field.key)).contains(&id);
        self.of(of).filter(names).cloned().collect()
    }
}

async fn listed(of: &dyn Verbs, db: &Db, filter: Filter) -> Vec<Map<String, Value>> {
    let listing = Listing { filter, limit: Some(500), ..Listing::default() };
    let page = of.list(db, &listing).await.expect("a list");
    page.data.into_iter().map(|shown| shown.into_members()).collect()
}

/// Makes records of a resource.
async fn make(of: &dyn Verbs, db: &Db, world: &World) {
    let definition = of.definition_in(db);
    if definition.name == CustomField::NAME {
        return declare(of, db).await;
    }
    let (mut runner, bodies) = (runner(), body(definition));
    let mut made = 0;
    for row in 0..10 * RECORDS {
        let mut body = object(bodies.new_tree(&mut runner).expect("a body").current());
        complete(&mut body, definition, row, world);
        // Some of the texts hold what nobody can read, and are refused.
        made += usize::from(db.write(async |tx| of.create(tx, &body).await).await.is_ok());
        if made == RECORDS {
            return;
        }
    }
    panic!("only {made} records of {}", definition.name);
}

/// Gives some resources a field of each kind that an administrator can make.
async fn declare(of: &dyn Verbs, db: &Db) {
    for resource in ["customers", "contacts", "opportunities"] {
        for kind in CustomKind::WORDS {
            let mut body = json!({"label": kind, "resource": resource, "kind": kind, "key": format!("x_{kind}")});
            match *kind {
                "choice" | "choices" => body["choices"] = json!([{"label": "a"}, {"label": "b"}, {"label": "c"}]),
                "reference" => body["refers_to"] = "customer-types".into(),
                _ => {}
            }
            body["is_personal"] = (resource == "contacts" && matches!(*kind, "text" | "phone" | "email")).into();
            let made = db.write(async |tx| of.create(tx, &object(body)).await).await;
            assert!(
                made.is_ok()
                    || (*kind, resource) == ("amount", "customers")
                    || (*kind, resource) == ("amount", "contacts")
            );
        }
    }
}

/// Asks both readings for random filters; tells how many records were found in all.
async fn agree(of: &dyn Verbs, db: &Db, viewer: &Viewer, world: &World) -> usize {
    let definition = of.definition_in(db);
    let context = Context::of(definition, viewer);
    let (found, checked) = (Cell::new(0), Cell::new(0));
    let handle = tokio::runtime::Handle::current();
    let outcome = tokio::task::block_in_place(|| {
        runner().run(&filter(definition), |filter| {
            let Ok(condition) = Condition::check(&filter, &context) else { return Ok(()) };
            let ids = |records: Vec<&Map<String, Value>>| -> BTreeSet<String> {
                records.iter().filter_map(|record| record["id"].as_str().map(str::to_owned)).collect()
            };
            let in_memory = world.of(definition).filter(|record| condition.matches_among(record, world));
            let in_memory = ids(in_memory.collect());
            let listed = handle.block_on(listed(of, db, filter));
            let in_sql = ids(listed.iter().collect());
            found.set(found.get() + in_sql.len());
            checked.set(checked.get() + 1);
            prop_assert_eq!(in_memory, in_sql);
            Ok(())
        })
    });
    outcome.unwrap_or_else(|difference| panic!("both readings of {} agree: {difference}", definition.name));
    assert!(checked.get() > FILTERS / 2, "the filters of {} say too little: {}", definition.name, checked.get());
    found.get()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_readings_of_a_filter_agree_for_every_resource() {
    let house = House::new().await;
    let viewer = house.administrator().await;
    let db = |of: &dyn Verbs| {
        let read = Permission::new(of.definition().name, Action::Read);
        house.store.authorize(viewer.clone(), read, Trace::default()).expect("allowed")
    };
    let mut world = World::default();
    // What others name comes before them, as far as there is an order.
    let all: Vec<&dyn Verbs> =
        registry::ALL.iter().copied().filter(|of| of.definition().verbs.contains(&Verb::Create)).collect();
    let named_first = |of: &&dyn Verbs| {
        let of = of.definition();
        of.link.is_some() || of.fields.iter().filter(|field| field.required).any(is_reference)
    };
    let (later, first): (Vec<_>, Vec<_>) = all.iter().copied().partition(named_first);
    let fields = registry::of::<CustomField>();
    let tags = registry::of::<Tag>();
    for of in [fields, tags] {
        make(of, &db(of), &world).await;
        world.0.insert(of.definition().name, listed(of, &db(of), Filter::everything()).await);
    }
    let few = world.of(&tags.definition()).take(6).filter_map(|tag| tag["id"].as_str().map(str::to_owned)).collect();
    NAMED.set(few).expect("said once");
    let made = [CustomField::NAME, Tag::NAME];
    for of in first.into_iter().chain(later).filter(|of| !made.contains(&of.definition().name)) {
        make(of, &db(of), &world).await;
        world.0.insert(of.definition().name, listed(of, &db(of), Filter::everything()).await);
    }
    // Some have changed others since.
    for of in &all {
        world.0.insert(of.definition().name, listed(*of, &db(*of), Filter::everything()).await);
    }
    for of in &all {
        let found = agree(*of, &db(*of), &viewer, &world).await;
        assert!(found > 1000, "the filters of {} find too little: {found}", of.definition().name);
    }
    house.database.remove().await;
}

fn is_reference(field: &Field) -> bool {
    matches!(field.kind, Kind::Reference(_))
}
