//! What a lead becomes.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, App};

async fn lead(person: &Actor<'_>, more: Value) -> String {
    let mut lead = json!({"name": "王小明", "phones": ["13800005678"], "source": "exhibition"});
    lead.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    format!("/api/v1/leads/{}", person.create("leads", &lead).await["id"].as_str().expect("an id"))
}

async fn convert(person: &Actor<'_>, path: &str, asked: Value) -> Value {
    let done = person.change(Method::POST, path, "/conversion", &asked).await;
    assert_eq!(done.status, 200, "{done:?}");
    done.json()
}

async fn only(person: &Actor<'_>, resource: &str) -> Value {
    let list = person.get(&format!("/api/v1/{resource}")).await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1), "{list}");
    list["data"][0].clone()
}

async fn count(person: &Actor<'_>, resource: &str) -> u64 {
    person.get(&format!("/api/v1/{resource}?count=exact")).await.json()["page"]["total"].as_u64().expect("a total")
}

#[tokio::test]
async fn a_lead_becomes_customer_contact_and_opportunity_with_what_administrators_added() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in ["leads", "customers", "contacts"] {
        admin.create("fields", &json!({"label": "展会", "resource": resource, "kind": "text", "key": "x_fair"})).await;
    }
    let path = lead(&admin, json!({"company": "华信科技", "city": "深圳", "x_fair": "广交会"})).await;
    let converted = convert(&admin, &path, json!({"opportunity_name": "三号线"})).await;
    let (customer, contact) = (only(&admin, "customers").await, only(&admin, "contacts").await);
    let opportunity = only(&admin, "opportunities").await;
    let links = ["customer_id", "contact_id", "opportunity_id"].map(|key| converted[key].clone());
    assert_eq!(links, [&customer, &contact, &opportunity].map(|record| record["id"].clone()));
    assert_eq!([&customer["name"], &customer["city"], &customer["x_fair"]], ["华信科技", "深圳", "广交会"]);
    assert_eq!([&customer["source"], &customer["kind"]], ["exhibition", "company"]);
    assert_eq!(customer["phones"], json!([]), "they are the person's");
    assert_eq!([&contact["name"], &contact["phones"][0], &contact["x_fair"]], ["王小明", "13800005678", "广交会"]);
    assert_eq!([&opportunity["name"], &opportunity["source"]], ["三号线", "exhibition"]);
    assert_eq!(converted["status"], "converted");
    assert!(converted["converted_at"].is_string());
    // Both ways: the customer's own lists find the lead.
    let id = customer["id"].as_str().expect("an id");
    let back = admin.get(&format!("/api/v1/leads?filter[customer_id]={id}")).await.json();
    assert_eq!(back["data"][0]["name"], "王小明");
    let again = admin.change(Method::POST, &path, "/conversion", &json!({})).await;
    assert_eq!(again.status, 409, "{again:?}");
}

#[tokio::test]
async fn a_person_becomes_a_customer_and_a_known_company_gets_a_contact() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let path = lead(&admin, json!({})).await;
    let converted = convert(&admin, &path, json!({})).await;
    assert_eq!([&converted["contact_id"], &converted["opportunity_id"]], [&Value::Null, &Value::Null]);
    let person = only(&admin, "customers").await;
    assert_eq!([&person["kind"], &person["name"], &person["phones"][0]], ["person", "王小明", "13800005678"]);
    let known = admin.create("customers", &json!({"name": "远航"})).await;
    let path = lead(&admin, json!({"company": "远航贸易"})).await;
    let converted = convert(&admin, &path, json!({"customer_id": known["id"]})).await;
    assert_eq!(converted["customer_id"], known["id"]);
    assert_eq!(only(&admin, "contacts").await["customer_id"], known["id"]);
    assert_eq!(count(&admin, "customers").await, 2);
}

#[tokio::test]
async fn a_conversion_that_fails_at_the_end_leaves_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    // Whoever may not make opportunities converts without one, or not at all.
    let role = admin.create("roles", &json!({"name": "电话销售", "personal": "write"})).await;
    let grants: Vec<Value> = [
        ("leads", "read"),
        ("leads", "create"),
        ("leads", "update"),
        ("customers", "create"),
        ("customers", "read"),
        ("contacts", "create"),
        ("contacts", "read"),
    ]
    .iter()
    .map(|(resource, action)| json!({"resource": resource, "action": action, "scope": "own"}))
    .collect();
    let of_role = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    let given = admin.change(Method::PUT, &of_role, "/rights", &json!({"grants": grants, "fields": []})).await;
    assert_eq!(given.status, 200, "{given:?}");
    let caller = admin.colleague_with(&[role["id"].clone()]).await;
    let path = lead(&caller, json!({"company": "华信科技"})).await;
    let refused = caller.change(Method::POST, &path, "/conversion", &json!({"opportunity_name": "三号线"})).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    for resource in ["customers", "contacts", "opportunities"] {
        assert_eq!(count(&admin, resource).await, 0, "{resource}");
    }
    assert_eq!(caller.get(&path).await.json()["status"], "new");
    convert(&caller, &path, json!({})).await;
    assert_eq!((count(&admin, "customers").await, count(&admin, "contacts").await), (1, 1));
}
