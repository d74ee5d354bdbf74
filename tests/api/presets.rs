//! The lists that people ask for all day: each is as long as the figure that tells of it, whoever looks and however far.

use domain::field::Access;
use domain::filter::Op;
use domain::preset::Held;
use domain::resource::{Definition, Verb};
use domain::{CATALOGUE, Filter, Preset};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, App};

use crate::contract::samples;

fn presets() -> impl Iterator<Item = (&'static Definition, &'static Preset)> {
    CATALOGUE.iter().flat_map(|of| of.presets.iter().map(move |preset| (of, preset)))
}

/// How many a list shows, and what the figure of its filter says.
async fn both(person: &Actor<'_>, of: &Definition, filter: &Filter) -> (i64, i64) {
    let search = json!({"filter": filter, "count": "exact", "limit": 500});
    let list = person.post(&format!("/api/v1/{}/search", of.name), &search).await;
    assert_eq!(list.status, 200, "{} {filter:?}: {list:?}", of.name);
    let listed = list.json()["data"].as_array().expect("records").len();
    let measures: Vec<Value> = ["count"].map(Value::from).to_vec();
    let summed = person.post(&format!("/api/v1/{}/summary", of.name), &json!({"filter": filter, "of": measures})).await;
    assert_eq!(summed.status, 200, "{} {filter:?}: {summed:?}", of.name);
    (i64::try_from(listed).expect("few"), summed.json()["totals"]["figures"][0].as_i64().expect("a count"))
}

/// A day's work, some of it somebody else's.
async fn furnish(admin: &Actor<'_>, person: &Actor<'_>) {
    // Where the house lives.
    let today = (chrono::Utc::now() + chrono::TimeDelta::hours(8)).date_naive();
    let day = |days: i64| json!(today + chrono::TimeDelta::days(days));
    for owner in [&admin.id, &person.id] {
        let customer = |name: &str, next: Value| json!({"name": name, "next_contact_on": next, "owner_id": owner});
        let own = admin.create("customers", &customer("华信", day(-2))).await;
        admin.create("customers", &customer("远航", day(2))).await;
        admin.create("contacts", &json!({"name": "李娜", "customer_id": own["id"]})).await;
        let spoken = json!({"subject": "拜访", "customer_id": own["id"], "owner_id": owner});
        admin.create("contact-records", &spoken).await;
        for (subject, due) in [("昨天", day(-1)), ("今天", day(0)), ("明天", day(1)), ("某天", Value::Null)] {
            admin.create("tasks", &json!({"subject": subject, "due_on": due, "owner_id": owner})).await;
        }
        let done = admin.create("tasks", &json!({"subject": "做完了", "owner_id": owner})).await;
        let path = format!("/api/v1/tasks/{}", done["id"].as_str().expect("an id"));
        assert_eq!(admin.change(Method::POST, &path, "/completion", &json!({})).await.status, 200);
        for (name, close) in [("早该成交", day(-3)), ("本月成交", day(0))] {
            let deal =
                json!({"name": name, "customer_id": own["id"], "amount": "10", "close_on": close, "owner_id": owner});
            admin.create("opportunities", &deal).await;
        }
        let won = json!({"name": "成交了", "customer_id": own["id"], "owner_id": owner});
        let won = admin.create("opportunities", &won).await;
        let path = format!("/api/v1/opportunities/{}", won["id"].as_str().expect("an id"));
        assert_eq!(admin.change(Method::POST, &path, "/win", &json!({})).await.status, 200);
        owed(admin, owner, &own, &day).await;
        for resource in ["leads", "quotes", "orders", "contracts", "service-requests", "tickets"] {
            let of = domain::catalogue::find(resource).expect("a resource");
            for preset in of.presets {
                let mut body = fitting(of, preset, &own, owner, &day);
                // Nobody confirms an order without lines.
                if let Some(lines) = samples::lines(admin, of).await {
                    body["lines"] = lines["lines"].clone();
                }
                admin.create(resource, &body).await;
            }
        }
    }
}

/// What a customer owes: an order, a plan and invoices, some of it overdue, and receipts.
async fn owed(admin: &Actor<'_>, owner: &str, customer: &Value, day: &impl Fn(i64) -> Value) {
    let product = admin.create("products", &json!({"name": "信号机"})).await;
    let lines = json!([{"product_id": product["id"], "price": "10"}]);
    let make = async |resource: &str, more: Value| {
        let mut body = json!({"customer_id": customer["id"], "owner_id": owner});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        admin.create(resource, &body).await
    };
    make("orders", json!({"status": "confirmed", "lines": lines})).await;
    for due in [-3, 0] {
        make("payment-plans", json!({"lines": [{"due_on": day(due), "amount": "10"}]})).await;
        let dates = json!({"status": "issued", "lines": lines, "issued_on": day(due), "due_on": day(due)});
        make("invoices", dates).await;
    }
    make("invoices", json!({})).await;
    make("payments", json!({"amount": "10"})).await;
    make("payments", json!({"amount": "10", "status": "posted", "paid_on": day(0)})).await;
}

/// A record that its list shows.
fn fitting(of: &Definition, preset: &Preset, customer: &Value, owner: &str, day: &impl Fn(i64) -> Value) -> Value {
    let mut body = json!({"owner_id": owner});
    for field in of.fields.iter().filter(|field| field.is_asked_of_new()) {
        body[field.key] = if field.key == "customer_id" { customer["id"].clone() } else { json!("三号线") };
    }
    let said = |held: &&Held| of.field(held.field).is_some_and(|field| field.access != Access::ReadOnly);
    for held in preset.tests.iter().filter(said) {
        body[held.field] = match held.value {
            "@today" => day(-3),
            "@this_month" => day(0),
            // When it was made is not said.
            "@this_week" => continue,
            word => json!(word),
        };
    }
    let said = body.as_object().expect("an object").clone();
    let missing = of.fields.iter().filter(|field| field.is_required_of(&said) && !said.contains_key(field.key));
    for field in missing.filter(|field| field.default.is_none()) {
        body[field.key] = json!("等待备件");
    }
    body
}

#[tokio::test]
async fn each_usual_list_is_as_long_as_its_figure_says() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let department = admin.create("departments", &json!({"name": "销售一部"})).await["id"].clone();
    let place = department.as_str().expect("an id");
    let seller = admin.colleague(&["sales"], Some(place)).await;
    furnish(&admin, &seller).await;
    let client = app.database.connect().await;
    let aged = "update opportunities set stale_on = current_date - 5 where name = '早该成交'";
    assert_eq!(client.execute(aged, &[]).await.expect("aged"), 2);

    assert!(presets().count() > 10);
    for (of, preset) in presets() {
        assert!(of.verbs.contains(&Verb::List));
        let scopes = [None, Some(domain::preset::mine()), Some(Filter::test("department_id", Op::Eq, place))];
        for person in [&admin, &seller] {
            let (listed, counted) = both(person, of, &preset.filter()).await;
            assert_eq!(listed, counted, "{}.{}", of.name, preset.word);
            assert!(listed > 0, "{}.{} shows nothing", of.name, preset.word);
            for scope in &scopes {
                let (listed, counted) = both(person, of, &preset.within(scope.clone())).await;
                assert_eq!(listed, counted, "{}.{} within {scope:?}", of.name, preset.word);
            }
        }
    }
    let count = async |person, resource: &str, word: &str| {
        let of = domain::catalogue::find(resource).expect("a resource");
        both(person, of, &of.preset(word).expect("a preset").filter()).await.0
    };
    assert_eq!(count(&seller, "tasks", "due").await, 2, "yesterday's and today's");
    assert_eq!(count(&seller, "tasks", "late").await, 1);
    assert_eq!(count(&seller, "opportunities", "stale").await, 1, "of those that she sees");
    assert_eq!(count(&admin, "opportunities", "stale").await, 2);
}
