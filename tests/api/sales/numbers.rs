//! The numbers of documents: each given once, and none left out.

use std::collections::BTreeSet;

use chrono::{Datelike, Utc};
use domain::numbering;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, App};

async fn customer(admin: &Actor<'_>) -> Value {
    admin.create("customers", &json!({"name": "华信"})).await["id"].clone()
}

fn number(opportunity: &Value) -> String {
    opportunity["number"].as_str().expect("a number").to_owned()
}

/// The number of a count in the shipped pattern.
fn shipped(count: usize) -> String {
    format!("OPP-{}-{count:06}", numbering::day(Utc::now()).year())
}

#[tokio::test]
async fn many_who_make_documents_at_once_leave_no_number_out_and_give_none_twice() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = customer(&admin).await;
    // Every fourth is refused after its number was counted: its stage is not there.
    let nowhere = uuid::Uuid::now_v7();
    let bodies: Vec<Value> = (0..40)
        .map(|place| match place % 4 {
            3 => json!({"name": "不成", "customer_id": customer, "stage_id": nowhere}),
            _ => json!({"name": format!("第{place}个"), "customer_id": customer}),
        })
        .collect();
    let answers = bodies.iter().map(|body| admin.post("/api/v1/opportunities", body));
    let answers = futures_util::future::join_all(answers).await;
    let made: Vec<_> =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| number(&answer.json())).collect();
    assert_eq!(made.len(), 30);
    assert_eq!(made.into_iter().collect::<BTreeSet<_>>(), (1..=30).map(shipped).collect());
}

#[tokio::test]
async fn numbers_that_are_brought_along_are_kept_and_counted_around() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = customer(&admin).await;
    let make = async |number: Option<String>| {
        let body = json!({"name": "三号线", "customer_id": customer, "number": number});
        admin.post("/api/v1/opportunities", &body).await
    };
    for brought in [2, 3] {
        assert_eq!(number(&make(Some(shipped(brought))).await.json()), shipped(brought));
    }
    assert_eq!(number(&make(None).await.json()), shipped(1));
    assert_eq!(number(&make(None).await.json()), shipped(4));
    let twice = make(Some(shipped(4))).await;
    assert_eq!((twice.status, &twice.problem()["errors"][0]["pointer"]), (409, &json!("/number")), "{twice:?}");
    let found = admin.get(&format!("/api/v1/opportunities?q={}", shipped(3))).await.json();
    assert_eq!(found["data"].as_array().map(Vec::len), Some(1), "{found}");
    let id = found["data"][0]["id"].as_str().expect("an id").to_owned();
    let changed =
        admin.change(Method::PATCH, &format!("/api/v1/opportunities/{id}"), "", &json!({"number": "X"})).await;
    assert_eq!((changed.status, &changed.problem()["errors"][0]["code"]), (422, &json!("read_only")));
}

#[tokio::test]
async fn an_administrator_rules_how_numbers_are_made() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = customer(&admin).await;
    let rules = admin.get("/api/v1/number-rules?filter[resource][eq]=opportunities").await.json();
    let path = format!("/api/v1/number-rules/{}", rules["data"][0]["id"].as_str().expect("a rule"));
    let rule = async |body: Value| admin.change(Method::PATCH, &path, "", &body).await;
    let make =
        async || number(&admin.create("opportunities", &json!({"name": "三号线", "customer_id": customer})).await);
    assert_eq!(make().await, shipped(1));
    let refused = rule(json!({"pattern": "SJ-{year}"})).await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["code"]), (422, &json!("not_a_pattern")));
    assert_eq!(rule(json!({"pattern": "商机{4}", "begin_at": 700})).await.status, 200);
    assert_eq!((make().await, make().await), ("商机0700".into(), "商机0701".into()));
    assert_eq!(rule(json!({"pattern": "OPP-{year}-{6}", "begin_at": 1})).await.status, 200);
    assert_eq!(make().await, shipped(2), "an earlier series goes on where it was");
    // Nobody makes a second rule for the same documents.
    assert_eq!(admin.post("/api/v1/number-rules", &json!({"name": "x"})).await.status, 405);
}
