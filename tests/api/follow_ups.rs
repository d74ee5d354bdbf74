//! What was spoken with customers: it plans the next contact, stays with its customer, and goes with it.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, App};

use crate::background::{ended, preview, repeatable};

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

async fn record(person: &Actor<'_>, customer: &Value, more: Value) -> Value {
    let mut body = json!({"kind": "call", "subject": "回访", "customer_id": customer["id"]});
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    person.create("contact-records", &body).await
}

async fn planned(admin: &Actor<'_>, customer: &Value) -> Value {
    admin.get(&path("customers", customer)).await.json()["next_contact_on"].clone()
}

#[tokio::test]
async fn the_latest_record_says_when_to_speak_with_the_customer_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let at = |day: u32| format!("2026-10-{day:02}T08:00:00Z");
    let latest = record(&admin, &customer, json!({"happened_at": at(9), "next_contact_on": "2026-12-01"})).await;
    assert_eq!(planned(&admin, &customer).await, "2026-12-01");
    let earlier = json!({"happened_at": at(2), "next_contact_on": "2026-10-05"});
    record(&admin, &customer, earlier).await;
    assert_eq!(planned(&admin, &customer).await, "2026-12-01", "an older record is no plan any more");
    record(&admin, &customer, json!({"happened_at": at(1)})).await;
    assert_eq!(planned(&admin, &customer).await, "2026-12-01", "who says nothing plans nothing");

    let path_of_latest = path("contact-records", &latest);
    let change = async |patch: Value| {
        let answer = admin.patch(&path_of_latest, &admin.etag(&path_of_latest).await, &patch).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    change(json!({"next_contact_on": "2026-12-08"})).await;
    assert_eq!(planned(&admin, &customer).await, "2026-12-08");
    let own = path("customers", &customer);
    let moved = admin.patch(&own, &admin.etag(&own).await, &json!({"next_contact_on": "2027-01-04"})).await;
    assert_eq!(moved.status, 200);
    change(json!({"content": "补充：对方要求提供案例。"})).await;
    assert_eq!(planned(&admin, &customer).await, "2027-01-04", "an edit of something else leaves the plan alone");
    assert_eq!(admin.delete(&path_of_latest, &admin.etag(&path_of_latest).await).await.status, 204);
    assert_eq!(planned(&admin, &customer).await, "2027-01-04");
}

#[tokio::test]
async fn who_may_not_change_the_customer_plans_nothing_for_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let agent = admin.colleague(&["service_agent"], None).await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let role = app_role(&admin, json!({"resource": "customers", "field": "next_contact_on", "right": "read"})).await;
    let reader = admin.colleague_with(&[role]).await;
    let made = record(&reader, &customer, json!({"next_contact_on": "2026-12-01"})).await;
    assert_eq!((&made["next_contact_on"], planned(&admin, &customer).await), (&json!("2026-12-01"), Value::Null));
    record(&agent, &customer, json!({"next_contact_on": "2026-12-03"})).await;
    assert_eq!(planned(&admin, &customer).await, "2026-12-03");
}

/// A role that works with customers and what is spoken with them, but for one field.
async fn app_role(admin: &Actor<'_>, field: Value) -> Value {
    let role = admin.create("roles", &json!({"name": "电话助理", "personal": "read"})).await;
    let grant = |resource: &str, action: &str| json!({"resource": resource, "action": action, "scope": "all"});
    let grants: Vec<Value> = ["customers", "contact-records"]
        .iter()
        .flat_map(|resource| ["read", "create", "update"].map(|action| grant(resource, action)))
        .collect();
    let rights = json!({"grants": grants, "fields": [field]});
    let answer = admin.change(Method::PUT, &path("roles", &role), "/rights", &rights).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    role["id"].clone()
}

#[tokio::test]
async fn one_speaks_with_contacts_of_the_customer_and_with_nobody_elses() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let here = admin.create("customers", &json!({"name": "华信"})).await;
    let there = admin.create("customers", &json!({"name": "远航"})).await;
    let contact = admin.create("contacts", &json!({"name": "李娜", "customer_id": here["id"]})).await;
    let body = json!({"subject": "拜访", "customer_id": there["id"], "contact_id": contact["id"]});
    let refused = admin.post("/api/v1/contact-records", &body).await;
    let fault = &refused.problem()["errors"][0];
    assert_eq!(
        (refused.status, &fault["pointer"], &fault["code"]),
        (422, &json!("/contact_id"), &json!("not_of_customer"))
    );

    let chance = admin.create("opportunities", &json!({"name": "一号项目", "customer_id": here["id"]})).await;
    let body = json!({"subject": "拜访", "customer_id": there["id"], "opportunity_id": chance["id"]});
    let refused = admin.post("/api/v1/contact-records", &body).await;
    assert_eq!(refused.problem()["errors"][0]["pointer"], "/opportunity_id", "{refused:?}");

    let talk = record(&admin, &here, json!({"contact_id": contact["id"]})).await;
    let of_contact = path("contacts", &contact);
    let moved = admin.patch(&of_contact, &admin.etag(&of_contact).await, &json!({"customer_id": there["id"]})).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let of_talk = path("contact-records", &talk);
    let changed = admin.patch(&of_talk, &admin.etag(&of_talk).await, &json!({"minutes": 20})).await;
    assert_eq!(changed.status, 200, "she spoke for the earlier customer then: {changed:?}");
    let other = admin.create("contacts", &json!({"name": "王芳", "customer_id": there["id"]})).await;
    let to = format!("{of_contact}?move_to={}", other["id"].as_str().expect("an id"));
    let parted = admin.delete(&to, &admin.etag(&of_contact).await).await;
    assert_eq!(parted.problem()["errors"][0]["code"], "not_of_customer", "{parted:?}");
}

#[tokio::test]
async fn what_was_spoken_goes_with_the_customer_and_comes_back_with_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let contact = admin.create("contacts", &json!({"name": "李娜", "customer_id": customer["id"]})).await;
    let talk = record(&admin, &customer, json!({"contact_id": contact["id"]})).await;
    let alone = admin.delete(&path("contacts", &contact), &admin.etag(&path("contacts", &contact)).await).await;
    assert_eq!(alone.problem()["errors"][0]["params"]["resource"], "contact-records", "{alone:?}");
    let whole = path("customers", &customer);
    let operation = admin.post("/api/v1/customers/bulk", &json!({"action": "delete", "ids": [customer["id"]]})).await;
    assert_eq!(operation.json()["deleted"], 1, "{operation:?}");
    let status = async |resource, record| admin.get(&path(resource, record)).await.status;
    let all = async || {
        [
            status("customers", &customer).await,
            status("contacts", &contact).await,
            status("contact-records", &talk).await,
        ]
    };
    assert_eq!(all().await, [404; 3]);
    assert_eq!(admin.post(&format!("{whole}/restore"), &json!({})).await.status, 200);
    assert_eq!(all().await, [200; 3]);
    let again =
        admin.post("/api/v1/customers/bulk", &json!({"action": "delete", "ids": [customer["id"]]})).await.json();
    let undo = format!("/api/v1/operations/{}/undo", again["id"].as_str().expect("an id"));
    let undone = admin.post(&undo, &json!({})).await;
    assert_eq!((undone.status, all().await), (200, [200; 3]), "{undone:?}");
}

#[tokio::test]
async fn the_last_talk_stands_first_and_one_without_a_moment_is_of_now() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let now = record(&admin, &customer, json!({"subject": "现在"})).await;
    assert!(now["happened_at"].as_str().is_some_and(|at| at >= now["created_at"].as_str().expect("a moment")), "{now}");
    for (subject, at) in
        [("三月", "2026-03-01T08:00:00Z"), ("一月", "2026-01-01T08:00:00Z"), ("二月", "2026-02-01T08:00:00Z")]
    {
        record(&admin, &customer, json!({"subject": subject, "happened_at": at})).await;
    }
    let subjects = async |query: &str| {
        let list = admin.get(&format!("/api/v1/contact-records?{query}")).await.json();
        let next = list["page"]["next_cursor"].as_str().map(str::to_owned);
        let data = list["data"].as_array().expect("records").clone();
        let subjects: Vec<String> =
            data.iter().map(|one| one["subject"].as_str().unwrap_or_default().to_owned()).collect();
        (subjects, next)
    };
    let of_customer = format!("filter[customer_id]={}", customer["id"].as_str().expect("an id"));
    assert_eq!(subjects(&of_customer).await.0, ["现在", "三月", "二月", "一月"]);
    for order in ["", "&sort=subject"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let (page, next) = subjects(&format!("limit=1{order}{cursor}")).await;
            seen.extend(page);
            match next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let expected = if order.is_empty() {
            ["现在", "三月", "二月", "一月"]
        } else {
            ["二月", "三月", "现在", "一月"]
        };
        assert_eq!(seen, expected, "by {order}, page by page");
    }
}

#[tokio::test]
async fn a_file_of_records_plans_by_the_latest_of_them_and_is_taken_back_with_its_plan() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信", "next_contact_on": "2026-11-01"})).await;
    let file = "客户,主题,跟进方式,跟进时间,下次联系日期,结果\n\
                华信,第二次,电话,2026-10-08T08:00:00Z,2026-12-24,有意向\n\
                华信,第一次,拜访,2026-09-08T08:00:00Z,2026-09-30,未联系上\n";
    let looked_at = preview(&admin, "contact-records", file).await;
    assert_eq!(looked_at.status, 200, "{looked_at:?}");
    let body = json!({"file_id": looked_at.json()["file_id"], "resource": "contact-records", "mode": "create"});
    let job = ended(&admin, &repeatable(&admin, "/api/v1/imports", &body).await).await;
    assert_eq!((&job["state"], &job["failed"]), (&json!("succeeded"), &json!(0)), "{job}");
    assert_eq!(planned(&admin, &customer).await, "2026-12-24");
    let undo = format!("/api/v1/operations/{}/undo", job["operation_id"].as_str().expect("an operation"));
    let undone = admin.post(&undo, &json!({})).await;
    assert_eq!(undone.status, 200, "{undone:?}");
    assert_eq!(planned(&admin, &customer).await, "2026-11-01");
    let left = admin.get("/api/v1/contact-records?count=exact").await.json();
    assert_eq!(left["page"]["total"], 0, "{left}");
}
