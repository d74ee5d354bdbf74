//! Records that are like others: told while somebody types, refused where a rule says so, and silent about what is hidden.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};
use uuid::Uuid;

use crate::background::{ended, preview, repeatable};

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

async fn asked(person: &Actor<'_>, resource: &str, draft: Value) -> Answer {
    person.post(&format!("/api/v1/{resource}/duplicates"), &json!({"draft": draft})).await
}

/// The records like a draft.
async fn alike(person: &Actor<'_>, resource: &str, draft: Value) -> Vec<Value> {
    let answer = asked(person, resource, draft).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["data"].as_array().expect("a list").clone()
}

/// Sets the strength of a rule.
async fn rule(admin: &Actor<'_>, resource: &str, likeness: &str, among: &str, strength: &str) {
    let query = format!("filter[resource]={resource}&filter[likeness]={likeness}&filter[among]={among}");
    let rules = admin.get(&format!("/api/v1/duplicate-rules?{query}")).await.json();
    let path = path("duplicate-rules", &rules["data"][0]);
    let set = admin.change(Method::PATCH, &path, "", &json!({"strength": strength})).await;
    assert_eq!(set.status, 200, "{set:?}");
}

fn fault(answer: &Answer) -> Value {
    answer.problem()["errors"][0].clone()
}

#[tokio::test]
async fn a_draft_is_told_of_what_is_like_it_however_that_is_written() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let first = json!({
        "name": "深圳市华信科技有限公司", "phones": ["021-58881234转801"], "emails": ["Li@Example.com"], "credit_code": "91350100M000100Y43",
    });
    let first = admin.create("customers", &first).await;
    let owner = admin.get(&format!("/api/v1/users/{}", first["owner_id"].as_str().expect("one"))).await.json();
    let told = |by: Value, strength: &str| json!({"resource": "customers", "by": by, "strength": strength, "id": first["id"], "title": first["name"], "owner": owner["name"]});
    for (draft, by) in [
        (json!({"name": "广东省深圳市华信科技股份有限公司"}), "name"),
        (json!({"name": "深圳華信科技"}), "name"),
        (json!({"phones": ["+86 21 5888 1234"]}), "phone"),
        (json!({"emails": ["LI@example.com"]}), "email"),
    ] {
        assert_eq!(alike(&admin, "customers", draft.clone()).await, [told(json!([by]), "warn")], "{draft}");
    }
    let code = json!({"credit_code": " 9135 0100m000100y43", "name": "深圳华信科技"});
    assert_eq!(alike(&admin, "customers", code).await, [told(json!(["name", "credit_code"]), "refuse")]);
    for draft in [json!({"name": "北京华信科技"}), json!({"name": "华"}), json!({"phones": ["0215888"]}), json!({})]
    {
        assert_eq!(alike(&admin, "customers", draft.clone()).await, Vec::<Value>::new(), "{draft}");
    }
    // The record itself is no other.
    let own = json!({"draft": {"name": "深圳华信科技"}, "id": first["id"]});
    assert_eq!(admin.post("/api/v1/customers/duplicates", &own).await.json()["data"], json!([]));
    // A lead is compared with customers too, and a deleted record with nothing.
    let lead = alike(&admin, "leads", json!({"name": "李伟", "company": "深圳华信科技公司"})).await;
    assert_eq!((lead.len(), &lead[0]["id"]), (1, &first["id"]));
    let of_first = path("customers", &first);
    assert_eq!(admin.delete(&of_first, &admin.etag(&of_first).await).await.status, 204);
    assert_eq!(alike(&admin, "customers", json!({"name": "深圳华信科技"})).await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_asked_of_a_draft_is_checked_like_every_body() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let strange = asked(&admin, "customers", json!({"dragons": 1})).await;
    assert_eq!((strange.status, fault(&strange)["code"].clone()), (422, json!("unknown_member")));
    let auditor = admin.colleague(&["auditor"], None).await;
    assert_eq!(
        asked(&auditor, "customers", json!({"name": "华信"})).await.status,
        403,
        "who writes nothing asks nothing"
    );
    assert_eq!(admin.post("/api/v1/products/duplicates", &json!({"draft": {}})).await.status, 405);
    // A rule that is off says nothing.
    admin.create("customers", &json!({"name": "华信科技"})).await;
    rule(&admin, "customers", "name", "customers", "off").await;
    assert_eq!(alike(&admin, "customers", json!({"name": "华信科技"})).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_record_out_of_sight_is_told_with_its_owner_and_nothing_else() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (seller, other) = (admin.colleague(&["sales"], None).await, admin.colleague(&["sales"], None).await);
    let name = admin.get(&format!("/api/v1/users/{}", other.id)).await.json()["name"].clone();
    other.create("customers", &json!({"name": "深圳华信科技", "phones": ["13800005678"], "city": "深圳"})).await;
    let hidden = |by: &str| json!({"resource": "customers", "by": [by], "strength": "warn", "owner": name});
    let both = json!({"name": "深圳市华信科技有限公司", "phones": ["138 0000 5678"]});
    let one = alike(&seller, "customers", both.clone()).await;
    assert_eq!(one, [hidden("name"), hidden("phone")]);
    // Two records of which nothing may be known are told like one, and like others that differ in what is hidden.
    other.create("customers", &json!({"name": "深圳华信科技集团", "phones": ["13900001111"], "city": "上海"})).await;
    assert_eq!(asked(&seller, "customers", both).await.text, json!({"data": one}).to_string());
    // Nor does it help to name it as the record that one is editing.
    let theirs = admin.get("/api/v1/customers?limit=500").await.json()["data"].as_array().expect("a list").clone();
    for id in theirs.iter().map(|record| &record["id"]) {
        let draft = json!({"draft": {"name": "深圳华信科技"}, "id": id});
        let told = seller.post("/api/v1/customers/duplicates", &draft).await.json();
        assert_eq!(told["data"], json!([hidden("name")]));
    }
    // One's own is told by name, beside it.
    let own = seller.create("customers", &json!({"name": "华信深圳", "phones": ["+8613800005678"]})).await;
    let told = alike(&seller, "customers", json!({"phones": ["13800005678"]})).await;
    assert_eq!((&told[0]["id"], &told[1]), (&own["id"], &hidden("phone")));
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn who_guesses_values_that_he_may_not_read_is_counted_hit_or_miss() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = json!({"name": "华信", "phones": ["13800005678"], "emails": ["li@huaxin.cn"]});
    let customer = admin.create("customers", &customer).await;
    // Somebody who sees every customer, and no number in the clear.
    let role = admin.create("roles", &json!({"name": "录入", "personal": "none"})).await;
    let grant = |action: &str| json!({"resource": "customers", "action": action, "scope": "all"});
    let rights =
        |personal: &str| json!({"personal": personal, "fields": [], "grants": [grant("read"), grant("create")]});
    let set = async |personal: &str| {
        let set = admin.change(Method::PUT, &path("roles", &role), "/rights", &rights(personal)).await;
        assert_eq!(set.status, 200, "{set:?}");
    };
    set("none").await;
    let clerk = admin.colleague_with(&[role["id"].clone()]).await;
    let refused = asked(&clerk, "customers", json!({"phones": ["13800005678"]})).await;
    assert_eq!((refused.status, fault(&refused)["code"].clone()), (403, json!("not_writable")));
    assert_eq!(alike(&clerk, "customers", json!({"name": "华信"})).await[0]["id"], customer["id"]);
    // A seller reads his own numbers alone, so that of others' he is told that they are there, and counted.
    let seller = admin.colleague(&["sales"], None).await;
    let hit = alike(&seller, "customers", json!({"phones": ["13800005678"]})).await;
    assert_eq!((hit.len(), hit[0].get("id")), (1, None), "{hit:?}");
    let client = app.database.connect().await;
    let count = "select count(*) from changes where operation = 'reveal' and actor_id = $1 and resource = 'customers'";
    let seller_id: Uuid = seller.id.parse().expect("an id");
    let counted = async || client.query_one(count, &[&seller_id]).await.expect("counted").get::<_, i64>(0);
    assert_eq!(counted().await, 1, "a hit");
    asked(&seller, "customers", json!({"emails": ["nobody@huaxin.cn"]})).await;
    assert_eq!(counted().await, 2, "a miss");
    asked(&seller, "customers", json!({"name": "华信", "phones": ["1380"]})).await;
    assert_eq!(counted().await, 2, "what is not typed to its end asks nothing");
    let mut last = 200;
    for tail in 0..60 {
        last = asked(&seller, "customers", json!({"phones": [format!("1390000{:04}", 1000 + tail)]})).await.status;
        assert!([200, 429].contains(&last), "{last}");
    }
    assert_eq!(last, 429, "guesses run out");
    assert_eq!(asked(&seller, "customers", json!({"name": "华信"})).await.status, 200, "names are compared as before");
}

#[tokio::test]
async fn a_rule_that_refuses_holds_for_every_way_in() {
    let app = App::start().await;
    let admin = app.administrator().await;
    rule(&admin, "customers", "phone", "customers", "refuse").await;
    let first = admin.create("customers", &json!({"name": "华信", "phones": ["13800005678"]})).await;
    let other = admin.create("customers", &json!({"name": "鑫盛"})).await;
    let again = json!({"name": "又一家", "phones": ["+86 138 0000 5678"]});
    let expected = json!({"id": first["id"], "resource": "customers"});
    let refused = admin.post("/api/v1/customers", &again).await;
    assert_eq!((refused.status, &refused.problem()["code"]), (409, &json!("duplicate")), "{refused:?}");
    assert_eq!([&fault(&refused)["pointer"], &fault(&refused)["code"]], ["/phones/0", "same_as"]);
    assert_eq!(fault(&refused)["params"], expected);
    let of_other = path("customers", &other);
    let patched = admin.change(Method::PATCH, &of_other, "", &json!({"phones": ["13800005678"]})).await;
    assert_eq!((patched.status, &patched.problem()["code"]), (409, &json!("duplicate")));
    let keyed = async |method: Method, path: &str, body: &Value| {
        let request = admin.request(method, path).header("idempotency-key", Uuid::new_v4().to_string());
        Answer::of(request.json(body)).await
    };
    let upserted = keyed(Method::PATCH, "/api/v1/customers/by-external/erp/7", &again).await;
    assert_eq!(upserted.problem()["code"], "duplicate");
    let items = json!({"items": [{"op": "create", "data": again}], "atomic": false});
    let batch = keyed(Method::POST, "/api/v1/customers/batch", &items).await.json();
    assert_eq!(batch["results"][0]["problem"]["code"], "duplicate", "{batch}");
    // Lines of a file, also when two of them are one.
    let file = "编号,客户名称,电话\nK1,又一家,138-0000-5678\nK2,新的,13900001111\nK3,还是新的,139 0000 1111\n";
    let looked_at = preview(&admin, "customers", file).await.json();
    let body = json!({"resource": "customers", "mode": "create", "system": "erp", "file_id": looked_at["file_id"]});
    let job = ended(&admin, &repeatable(&admin, "/api/v1/imports", &body).await).await;
    assert_eq!((&job["done"], &job["failed"]), (&json!(1), &json!(2)), "{job}");
    let rows = admin.get(&format!("/api/v1/operations/{}/rows", job["operation_id"].as_str().expect("one"))).await;
    assert_eq!(rows.json()["data"][0]["faults"][0]["code"], "same_as", "{rows:?}");
    // Who puts duplicates together may say that this is none, and nobody else.
    let allowed = admin.post("/api/v1/customers?allow_duplicates=true", &again).await;
    assert_eq!(allowed.status, 201, "{allowed:?}");
    assert_eq!(admin.post("/api/v1/customers?allow_duplicates=perhaps", &again).await.status, 400);
    let marketing = admin.colleague(&["marketing"], None).await;
    assert_eq!(marketing.post("/api/v1/customers?allow_duplicates=true", &again).await.status, 403);
    // What a record holds already does not stand in its way.
    let of_first = path("customers", &first);
    assert_eq!(admin.change(Method::PATCH, &of_first, "", &json!({"city": "苏州"})).await.status, 200);
}

#[tokio::test]
async fn a_refusal_tells_of_a_hidden_record_no_more_than_its_owner_and_is_counted() {
    let app = App::start().await;
    let admin = app.administrator().await;
    rule(&admin, "customers", "phone", "customers", "refuse").await;
    let (seller, other) = (admin.colleague(&["sales"], None).await, admin.colleague(&["sales"], None).await);
    let name = admin.get(&format!("/api/v1/users/{}", other.id)).await.json()["name"].clone();
    other.create("customers", &json!({"name": "华信", "phones": ["13800005678"]})).await;
    let again = json!({"name": "又一家", "phones": ["13800005678"]});
    let refused = seller.post("/api/v1/customers", &again).await;
    assert_eq!((refused.status, fault(&refused)["code"].clone()), (409, json!("same_as_unseen")), "{refused:?}");
    assert_eq!(fault(&refused)["params"], json!({"owner": name, "resource": "customers"}));
    assert!(!refused.text.contains("华信"), "{refused:?}");
    let items: Vec<Value> = (0..80).map(|_| json!({"op": "create", "data": again})).collect();
    let request = seller.request(Method::POST, "/api/v1/customers/batch").header("idempotency-key", "guess");
    let batch = Answer::of(request.json(&json!({"items": items, "atomic": false}))).await.json();
    let mut codes = batch["results"].as_array().expect("results").iter().map(|one| one["problem"]["code"].clone());
    let refused = codes.clone().filter(|code| code == "duplicate").count();
    assert_eq!(refused, 59, "sixty with the one before");
    assert_eq!(codes.next_back(), Some(json!("quota_exceeded")));
    assert_eq!(seller.post("/api/v1/customers", &again).await.status, 429);
    assert_eq!(seller.post("/api/v1/customers", &json!({"name": "又一家"})).await.status, 201);
}

#[tokio::test]
async fn of_records_that_are_written_at_once_and_are_one_a_single_one_stays() {
    let app = App::start().await;
    let admin = app.administrator().await;
    rule(&admin, "leads", "phone", "leads", "refuse").await;
    let attempts = (0..20).map(|number| {
        let body = json!({"name": format!("线索 {number}"), "phones": ["13800005678"]});
        let admin = &admin;
        async move { admin.post("/api/v1/leads", &body).await.status }
    });
    let statuses = futures_util::future::join_all(attempts).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
}
