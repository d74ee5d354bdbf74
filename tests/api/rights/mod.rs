//! Field rights: what a role may not see of a record, it finds no way to.

mod closed;
mod paths;
mod trial;

use serde_json::{Value, json};
use tests::{Actor, Answer, App};

/// Somebody who may change all customers, but knows nothing of their city and telephone numbers.
async fn half_blind<'a>(admin: &'a Actor<'_>) -> Actor<'a> {
    let role = admin.create("roles", &json!({"name": "半知", "personal": "write"})).await;
    let path = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    let grant = |action: &str| json!({"resource": "customers", "action": action, "scope": "all"});
    let hidden = |field: &str| json!({"resource": "customers", "field": field, "right": "none"});
    let grants = ["read", "create", "update", "reveal"].map(grant);
    let rights = json!({
        "grants": grants,
        "fields": [hidden("city"), hidden("phones"), hidden("fax"), {"resource": "customers", "field": "region", "right": "read"}],
    });
    let etag = admin.etag(&path).await;
    let answer = admin.put(&format!("{path}/rights"), &etag, &rights).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    admin.colleague_with(&[role["id"].clone()]).await
}

#[tokio::test]
async fn a_hidden_field_cannot_be_seen_asked_for_or_changed() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let person = half_blind(&admin).await;
    let body = json!({"name": "华信", "city": "深圳", "region": "广东", "phones": ["13800005678"]});
    let customer = admin.create("customers", &body).await;
    let path = format!("/api/v1/customers/{}", customer["id"].as_str().expect("an id"));

    for address in [
        path.clone(),
        format!("{path}/history"),
        format!("{path}?fields=name,city,phones"),
        "/api/v1/customers".into(),
        "/api/v1/meta/customers".into(),
    ] {
        let answer = person.get(&address).await;
        assert_eq!(answer.status, 200, "{address}: {answer:?}");
        for hidden in ["city", "phones", "深圳", "5678"] {
            assert!(
                !answer.text.contains(&format!("\"{hidden}")) && !answer.text.contains("5678"),
                "{address} tells of {hidden}"
            );
        }
    }
    for query in
        ["filter[city]=深圳", "filter[city][is_null]=false", "filter[phones]=13800005678", "sort=city", "sort=-city"]
    {
        let refused = person.get(&format!("/api/v1/customers?{query}")).await;
        assert_eq!(refused.problem()["code"], "field_forbidden", "{query}");
    }
    let nested = json!({"filter": {"not": {"or": [{"field": "city", "op": "eq", "value": "深圳"}]}}});
    assert_eq!(person.post("/api/v1/customers/search", &nested).await.problem()["code"], "field_forbidden");
    for figure in
        [json!({"by": ["city"]}), json!({"by": ["level"], "filter": {"field": "city", "op": "eq", "value": "深圳"}})]
    {
        let refused = person.post("/api/v1/customers/summary", &figure).await;
        assert_eq!(refused.problem()["code"], "field_forbidden", "{figure}");
    }
    for q in ["5678", "13800005678"] {
        let found = person.get(&format!("/api/v1/customers?q={q}&count=exact")).await.json();
        assert_eq!(found["page"]["total"], 0, "a search for {q} tells of a hidden number");
    }
    let etag = person.etag(&path).await;
    for (key, value) in [("city", json!("广州")), ("phones", json!([])), ("region", json!("广西"))] {
        let refused = person.patch(&path, &etag, &json!({key: value})).await;
        assert_eq!((refused.status, fault(&refused)), (403, format!("/{key} not_writable")), "{key}");
    }
    let reveal =
        person.post(&format!("{path}/mask-reveal"), &json!({"fields": ["phones"], "reason": "回访客户"})).await;
    assert_eq!(reveal.problem()["code"], "field_forbidden");
    let changed = person.patch(&path, &etag, &json!({"level": "a"})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(
        admin.get(&path).await.json()["phones"],
        json!(["13800005678"]),
        "what one cannot see one does not erase"
    );
}

#[tokio::test]
async fn a_masked_value_is_shown_for_a_reason_that_is_kept() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let agent = admin.colleague(&["service_agent"], None).await;
    let customer = admin.create("customers", &json!({"name": "华信", "phones": ["13800005678"]})).await;
    let path = format!("/api/v1/customers/{}", customer["id"].as_str().expect("an id"));
    let ask = |body: Value| {
        let (agent, path) = (&agent, format!("{path}/mask-reveal"));
        async move { agent.post(&path, &body).await }
    };
    assert_eq!(fault(&ask(json!({"fields": ["phones"], "reason": " "})).await), "/reason required");
    assert_eq!(fault(&ask(json!({"fields": ["name"], "reason": "好奇"})).await), "/fields/0 unknown");
    let shown = ask(json!({"fields": ["phones"], "reason": "客户来电核对"})).await;
    assert_eq!((shown.status, shown.json()), (200, json!({"phones": ["13800005678"]})), "{shown:?}");
    let history = admin.get(&format!("{path}/history")).await.json();
    let entry = &history["data"][0];
    assert_eq!(entry["operation"], "reveal");
    assert_eq!((entry["actor_id"].as_str(), entry["reason"].as_str()), (Some(agent.id.as_str()), Some("客户来电核对")));
    assert_eq!(admin.etag(&path).await, customer["etag"].as_str().map(|tag| format!("\"{tag}\"")).unwrap_or_default());
}

/// What people with these rights over contacts find customers by.
async fn found_by(admin: &Actor<'_>, grants: Value, fields: Value) -> Vec<&'static str> {
    let name = uuid::Uuid::new_v4().simple().to_string();
    let role = admin.create("roles", &json!({"name": name, "personal": "read"})).await;
    let path = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    let etag = admin.etag(&path).await;
    let answer = admin.put(&format!("{path}/rights"), &etag, &json!({"grants": grants, "fields": fields})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let person = admin.colleague_with(&[role["id"].clone()]).await;
    let mut found = Vec::new();
    for q in ["华信", "王芳", "wangfang", "2222", "13911112222", "华信 王芳"] {
        let body = person.get(&format!("/api/v1/customers?q={q}&count=exact")).await.json();
        if body["page"]["total"] == 1 {
            found.push(q);
        }
        let said = body["data"].to_string();
        assert!(found.contains(&q) || !said.contains("王芳"), "{q}: {said}");
    }
    found
}

#[tokio::test]
async fn customers_are_found_only_by_what_may_be_seen_of_their_contacts() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let contact = json!({"name": "王芳", "phones": ["13911112222"], "customer_id": customer["id"]});
    admin.create("contacts", &contact).await;
    let grant = |resource: &str, scope: &str| json!({"resource": resource, "action": "read", "scope": scope});
    let hidden = |field: &str| json!({"resource": "contacts", "field": field, "right": "none"});
    let (customers, contacts) = (grant("customers", "all"), grant("contacts", "all"));
    let all = ["华信", "王芳", "wangfang", "2222", "13911112222", "华信 王芳"];
    assert_eq!(found_by(&admin, json!([customers, contacts]), json!([])).await, all);
    assert_eq!(found_by(&admin, json!([customers]), json!([])).await, ["华信"]);
    assert_eq!(found_by(&admin, json!([customers, grant("contacts", "own")]), json!([])).await, ["华信"]);
    let without_phones = found_by(&admin, json!([customers, contacts]), json!([hidden("phones")])).await;
    assert_eq!(without_phones, ["华信", "王芳", "wangfang", "华信 王芳"]);
    let without_names = found_by(&admin, json!([customers, contacts]), json!([hidden("name")])).await;
    assert_eq!(without_names, ["华信", "2222", "13911112222"]);
    let found = admin.get("/api/v1/customers?q=王芳").await.json();
    let why = json!([{"resource": "contacts", "field": "name", "kind": "text", "text": "王芳"}]);
    assert_eq!(found["data"][0]["matches"], why);
}

fn fault(answer: &Answer) -> String {
    let problem = answer.problem();
    let fault = &problem["errors"][0];
    format!("{} {}", fault["pointer"].as_str().unwrap_or_default(), fault["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_reference_does_not_tell_the_name_of_what_one_may_not_see() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let parent = admin.create("customers", &json!({"name": "保密的母公司"})).await;
    let child = json!({"name": "子公司", "owner_id": seller.id, "parent_id": parent["id"]});
    let child = admin.create("customers", &child).await;
    let path = format!("/api/v1/customers/{}?expand=parent", child["id"].as_str().expect("an id"));
    assert!(admin.get(&path).await.text.contains("保密的母公司"));
    let seen = seller.get(&path).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert!(!seen.text.contains("保密的母公司"), "{seen:?}");
}
