//! Filters that go over a reference: what one does not see at the other end, one does not find by it either.

use serde_json::{Value, json};
use tests::{Actor, App};

/// The names of what a filter finds.
async fn found(actor: &Actor<'_>, resource: &str, filter: Value) -> Result<Vec<String>, String> {
    let listing = json!({"filter": filter, "sort": ["name"]});
    let answer = actor.post(&format!("/api/v1/{resource}/search"), &listing).await;
    if answer.status != 200 {
        return Err(answer.problem()["code"].as_str().unwrap_or_default().to_owned());
    }
    let rows = answer.json()["data"].as_array().cloned().unwrap_or_default();
    Ok(rows.iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect())
}

fn test(field: &str, value: &str) -> Value {
    json!({"field": field, "op": "eq", "value": value})
}

#[tokio::test]
async fn a_filter_goes_over_references_in_both_ways() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let parent = admin.create("customers", &json!({"name": "p", "level": "c"})).await;
    let big = admin.create("customers", &json!({"name": "big", "level": "a", "parent_id": parent["id"]})).await;
    let small = admin.create("customers", &json!({"name": "small", "level": "b"})).await;
    for (name, customer) in [("one", &big), ("two", &small)] {
        admin.create("opportunities", &json!({"name": name, "customer_id": customer["id"], "amount": "10"})).await;
    }
    let only = |name: &str| Ok(vec![name.to_owned()]);
    assert_eq!(found(&admin, "opportunities", test("customer.level", "a")).await, only("one"));
    assert_eq!(found(&admin, "opportunities", test("customer.parent.level", "c")).await, only("one"));
    let open = json!({"some": "opportunities", "filter": test("name", "two")});
    assert_eq!(found(&admin, "customers", open).await, only("small"));
    assert_eq!(found(&admin, "customers", json!({"none": "opportunities"})).await, only("p"));
    assert_eq!(found(&admin, "customers", json!({"some": "customers"})).await, only("p"));
    let listed = admin.get("/api/v1/opportunities?filter[customer.level]=b").await.json();
    assert_eq!(listed["data"][0]["name"], "two");
    let refused = admin.get("/api/v1/opportunities?filter[customer.level]=z&filter[dragons.level]=a").await;
    let faults = refused.problem()["errors"].clone();
    assert_eq!(
        (&faults[0]["pointer"], &faults[1]["pointer"]),
        (&json!("filter[customer.level]"), &json!("filter[dragons.level]"))
    );
    let path = format!(
        "/api/v1/opportunities/{}",
        admin.get("/api/v1/opportunities?filter[name]=two").await.json()["data"][0]["id"].as_str().expect("an id")
    );
    assert_eq!(admin.delete(&path, &admin.etag(&path).await).await.status, 204);
    assert_eq!(
        found(&admin, "customers", json!({"some": "opportunities"})).await,
        only("big"),
        "what is deleted is not there"
    );
}

#[tokio::test]
async fn what_one_may_not_see_at_the_other_end_is_not_found_by_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let foreign = admin.create("customers", &json!({"name": "foreign", "level": "a", "city": "深圳"})).await;
    let grant = |resource: &str, scope: &str| json!({"resource": resource, "action": "read", "scope": scope});
    let hidden = json!({"resource": "customers", "field": "city", "right": "none"});
    let person = async |name: &str, grants: Vec<Value>| {
        let role = admin.create("roles", &json!({"name": name})).await;
        let path = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
        let rights = json!({"grants": grants, "fields": [hidden.clone()]});
        let answer = admin.put(&format!("{path}/rights"), &admin.etag(&path).await, &rights).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        admin.colleague_with(&[role["id"].clone()]).await
    };
    admin.create("opportunities", &json!({"name": "one", "customer_id": foreign["id"]})).await;
    let own = person("own", vec![grant("opportunities", "all"), grant("customers", "own")]).await;
    assert_eq!(found(&own, "opportunities", json!({"and": []})).await.map(|rows| rows.len()), Ok(1));
    assert_eq!(found(&own, "opportunities", test("customer.level", "a")).await, Ok(Vec::new()), "not theirs to know");
    assert_eq!(found(&own, "opportunities", test("customer.city", "深圳")).await, Err("field_forbidden".into()));
    let blind = person("blind", vec![grant("opportunities", "all")]).await;
    assert_eq!(found(&blind, "opportunities", test("customer.level", "a")).await, Err("field_forbidden".into()));
    let deaf = person("deaf", vec![grant("customers", "all")]).await;
    assert_eq!(found(&deaf, "customers", json!({"some": "opportunities"})).await, Err("field_forbidden".into()));
}
