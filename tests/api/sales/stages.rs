//! The way of opportunities through the stages: how long each stood where, and how many went on.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, App};

async fn stages(admin: &Actor<'_>) -> Vec<Value> {
    let list = admin.get("/api/v1/stages?sort=position").await.json();
    list["data"].as_array().expect("stages").clone()
}

/// An opportunity at the first stage; its address.
async fn opportunity(admin: &Actor<'_>, person: &Actor<'_>) -> String {
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let opportunity = json!({"name": "三号线改造", "customer_id": customer["id"], "amount": "100"});
    let made = match person.id == admin.id {
        true => admin.create("opportunities", &opportunity).await,
        false => {
            let customer = person.create("customers", &json!({"name": "自己的"})).await;
            person.create("opportunities", &json!({"name": "自己的", "customer_id": customer["id"]})).await
        }
    };
    format!("/api/v1/opportunities/{}", made["id"].as_str().expect("an id"))
}

async fn happen(person: &Actor<'_>, path: &str, noun: &str, asked: Value) {
    let answer = person.change(Method::POST, path, &format!("/{noun}"), &asked).await;
    assert_eq!(answer.status, 200, "{noun}: {answer:?}");
}

async fn way(person: &Actor<'_>, path: &str) -> Vec<(String, Option<String>)> {
    let answer = person.get(&format!("{path}/stages")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let visits = answer.json()["data"].as_array().expect("visits").clone();
    let told = |visit: &Value| {
        let seconds = visit["seconds"].as_i64().expect("a time");
        assert!((0..600).contains(&seconds), "{visit}");
        assert_eq!(visit["left_at"].is_null(), visit["outcome"].is_null(), "{visit}");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        (text(&visit["stage"]["name"]).unwrap_or_default(), text(&visit["outcome"]))
    };
    visits.iter().map(told).collect()
}

fn visit(stage: &str, outcome: Option<&str>) -> (String, Option<String>) {
    (stage.to_owned(), outcome.map(str::to_owned))
}

#[tokio::test]
async fn the_way_through_the_stages_is_remembered() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let stages = stages(&admin).await;
    let path = opportunity(&admin, &admin).await;
    assert_eq!(way(&admin, &path).await, [visit("初步接洽", None)]);
    happen(&admin, &path, "advancement", json!({"stage_id": stages[2]["id"]})).await;
    let renamed = admin.change(Method::PATCH, &path, "", &json!({"name": "四号线改造"})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    happen(&admin, &path, "win", json!({})).await;
    assert_eq!(way(&admin, &path).await, [visit("初步接洽", Some("moved")), visit("方案报价", Some("won"))]);
    happen(&admin, &path, "reopening", json!({})).await;
    assert_eq!(way(&admin, &path).await[1..], [visit("方案报价", Some("won")), visit("方案报价", None)]);
    let customer = admin.create("customers", &json!({"name": "旧客户"})).await;
    let lost = json!({"name": "去年的", "customer_id": customer["id"], "status": "lost", "loss_reason": "price"});
    let lost = admin.create("opportunities", &lost).await;
    let path = format!("/api/v1/opportunities/{}", lost["id"].as_str().expect("an id"));
    assert_eq!(way(&admin, &path).await, [visit("初步接洽", Some("lost"))]);
}

#[tokio::test]
async fn a_pipeline_tells_how_many_went_on_of_those_that_one_sees() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let stages = stages(&admin).await;
    for (target, act) in [(1, "win"), (1, "loss"), (0, "loss")] {
        let path = opportunity(&admin, &admin).await;
        if target > 0 {
            happen(&admin, &path, "advancement", json!({"stage_id": stages[target]["id"]})).await;
        }
        let asked = if act == "loss" { json!({"loss_reason": "price"}) } else { json!({}) };
        happen(&admin, &path, act, asked).await;
    }
    opportunity(&admin, &seller).await;
    let address = format!("/api/v1/pipelines/{}/conversion", stages[0]["pipeline_id"].as_str().expect("an id"));
    let told = async |person: &Actor<'_>, query: &str| {
        let answer = person.get(&format!("{address}{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let data = answer.json()["data"].as_array().expect("stages").clone();
        let figures = |stage: &Value| ["entered", "advanced", "won", "lost"].map(|key| stage[key].as_i64().expect(key));
        data.iter().map(figures).collect::<Vec<_>>()
    };
    let all = told(&admin, "").await;
    assert_eq!(all, [[4, 2, 0, 1], [2, 1, 1, 1], [0; 4], [0; 4], [0; 4]]);
    assert_eq!(told(&seller, "").await[..2], [[1, 0, 0, 0], [0; 4]], "of others' opportunities nothing is told");
    assert_eq!(told(&admin, "?to=2020-01-01").await, [[0; 4]; 5]);
    assert_eq!(told(&admin, "?from=2020-01-01").await, all);
    let turned = admin.get(&format!("{address}?from=2026-02-01&to=2026-01-01")).await;
    assert_eq!((turned.status, &turned.problem()["errors"][0]["code"]), (400, &json!("before_from")));
}

#[tokio::test]
async fn who_may_not_see_the_stage_is_told_nothing_of_the_way() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let path = opportunity(&admin, &admin).await;
    let stages = stages(&admin).await;
    let conversion = format!("/api/v1/pipelines/{}/conversion", stages[0]["pipeline_id"].as_str().expect("an id"));
    let role = admin.create("roles", &json!({"name": "不看阶段"})).await;
    let address = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    let grants = ["opportunities", "pipelines", "stages"];
    let grants = grants.map(|resource| json!({"resource": resource, "action": "read", "scope": "all"}));
    let hidden = json!({"resource": "opportunities", "field": "stage_id", "right": "none"});
    let set = admin.change(Method::PUT, &address, "/rights", &json!({"grants": grants, "fields": [hidden]})).await;
    assert_eq!(set.status, 200, "{set:?}");
    let blind = admin.colleague_with(&[role["id"].clone()]).await;
    assert_eq!(blind.get(&path).await.status, 200);
    for refused in [format!("{path}/stages"), conversion] {
        let answer = blind.get(&refused).await;
        assert_eq!((answer.status, &answer.problem()["code"]), (403, &json!("field_forbidden")), "{refused}");
    }
    let seller = admin.colleague(&["sales"], None).await;
    assert_eq!(seller.get(&format!("{path}/stages")).await.status, 404, "what one does not see has no way");
}

#[tokio::test]
async fn an_opportunity_stays_in_its_pipeline() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let path = opportunity(&admin, &admin).await;
    let other = admin.create("pipelines", &json!({"name": "渠道"})).await;
    let stage = json!({"name": "签约", "pipeline_id": other["id"], "position": 1, "probability": 40});
    let stage = admin.create("stages", &stage).await;
    let moved = admin.change(Method::POST, &path, "/advancement", &json!({"stage_id": stage["id"]})).await;
    let fault = moved.problem()["errors"][0].clone();
    assert_eq!(
        (moved.status, &fault["pointer"], &fault["code"]),
        (422, &json!("/stage_id"), &json!("of_another_pipeline"))
    );
}
