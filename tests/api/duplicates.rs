//! Keys are unique however they are written, whichever way they come in.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App, Database};
use uuid::Uuid;

const CODE: &str = "91350100M000100Y43";

/// The same code as people, spreadsheets and input methods write it.
const WRITTEN: [&str; 4] =
    [CODE, "91350100m000100y43", " 9135 0100 M000\u{a0}100Y43 ", "９１３５０１００Ｍ０００１００Ｙ４３\u{200b}"];

fn refused(answer: &Answer) -> (Value, Value, Value) {
    let problem = answer.problem();
    let fault = &problem["errors"][0];
    (problem["code"].clone(), fault["pointer"].clone(), fault["code"].clone())
}

fn duplicate(pointer: &str) -> (Value, Value, Value) {
    (json!("duplicate"), json!(pointer), json!("taken"))
}

async fn keyed(person: &Actor<'_>, method: Method, path: &str, body: &Value) -> Answer {
    let request = person.request(method, path).header("idempotency-key", Uuid::new_v4().to_string());
    Answer::of(request.json(body)).await
}

#[tokio::test]
async fn a_credit_code_is_one_customers_whichever_way_another_comes_in() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let first = admin.create("customers", &json!({"name": "华信", "credit_code": WRITTEN[3]})).await;
    assert_eq!(first["credit_code"], CODE);
    let other = admin.create("customers", &json!({"name": "别家"})).await;
    let path = format!("/api/v1/customers/{}", other["id"].as_str().expect("an id"));
    for code in WRITTEN {
        let body = json!({"name": "又一家", "credit_code": code});
        assert_eq!(refused(&admin.post("/api/v1/customers", &body).await), duplicate("/credit_code"), "{code}");
        let etag = admin.etag(&path).await;
        let patched = admin.patch(&path, &etag, &json!({"credit_code": code})).await;
        assert_eq!(refused(&patched), duplicate("/credit_code"), "{code}");
        let upserted = keyed(&admin, Method::PATCH, "/api/v1/customers/by-external/erp/7", &body).await;
        assert_eq!(refused(&upserted), duplicate("/credit_code"), "{code}");
        let items = json!({"items": [{"op": "create", "data": body}], "atomic": false});
        let batch = keyed(&admin, Method::POST, "/api/v1/customers/batch", &items).await.json();
        assert_eq!(batch["results"][0]["problem"]["code"], "duplicate", "{code}: {batch}");
    }
    // A deleted customer has no claim, and cannot come back beside the one that took its code.
    let gone = format!("/api/v1/customers/{}", first["id"].as_str().expect("an id"));
    assert_eq!(admin.delete(&gone, &admin.etag(&gone).await).await.status, 204);
    admin.create("customers", &json!({"name": "接手的", "credit_code": CODE})).await;
    assert_eq!(refused(&admin.post(&format!("{gone}/restore"), &json!({})).await), duplicate("/credit_code"));
}

#[tokio::test]
async fn names_of_what_the_house_sorts_by_differ_by_more_than_width_case_and_blanks() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in ["customer-types", "roles", "departments"] {
        let personal = (resource == "roles").then_some("none");
        let named = |name: &str| match personal {
            Some(personal) => json!({"name": name, "personal": personal}),
            None => json!({"name": name}),
        };
        admin.create(resource, &named("Vip（华东） 一")).await;
        for name in
            ["VIP（华东） 一", "Vip(华东) 一", "Ｖｉｐ（华东）　一", "Vip（华东）  一", "Vip\u{200b}（华东） 一"]
        {
            let answer = admin.post(&format!("/api/v1/{resource}"), &named(name)).await;
            assert_eq!(refused(&answer), duplicate("/name"), "{resource} {name}");
        }
        admin.create(resource, &named("Vip（华东） 二")).await;
    }
}

#[tokio::test]
async fn two_people_have_two_addresses() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("users", &json!({"name": "李伟", "username": "li.wei", "email": "Li@Example.com"})).await;
    for email in ["li@example.com", " LI@example.com ", "ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ"] {
        let body = json!({"name": "李薇", "username": "li.wei2", "email": email});
        assert_eq!(refused(&admin.post("/api/v1/users", &body).await), duplicate("/email"), "{email}");
    }
}

/// The migration as it meets a house in which keys are shared already.
#[tokio::test(flavor = "multi_thread")]
async fn of_records_that_share_a_key_the_oldest_keeps_it_and_the_log_tells_of_the_others() {
    let database = Database::create().await;
    let url = &database.url;
    let migration = "2026-11-28-060100_let_keys_be_unique_however_they_are_written";
    store::revert_from(url, migration).await.expect("taken back");
    let client = database.connect().await;
    let shared = "insert into customers (id, name, name_sort, kind, status, credit_code) \
                  select gen_random_uuid(), 'c' || n, 'c' || n, 'company', 'active', '91350100M000100Y43' from generate_series(1, 3) n;\
                  insert into users (id, name, name_sort, username, email, status, locale) \
                  select gen_random_uuid(), 'u' || n, 'u' || n, 'u' || n, 'a@b.com', 'active', 'en' from generate_series(1, 2) n;\
                  insert into customer_types (id, name, name_sort) \
                  select gen_random_uuid(), name, name from unnest(array['直客', '直 客', 'Vip', 'VIP', 'ＶＩＰ']) name;\
                  insert into departments (id, name, name_sort) select gen_random_uuid(), name, name from unnest(array['A', 'a']) name";
    client.batch_execute(shared).await.expect("shared keys");
    store::migrate(url).await.expect("each key is one record's");
    let count = async |query: &str| -> i64 { client.query_one(query, &[]).await.expect("asked").get(0) };
    assert_eq!(count("select count(*) from customers where credit_code is not null and version = 1").await, 1);
    assert_eq!(count("select count(*) from customers where credit_code is null and version = 2").await, 2);
    assert_eq!(count("select count(*) from users where email = 'a@b.com'").await, 1);
    assert_eq!(count("select count(distinct folded(name)) from customer_types").await, 5);
    assert_eq!(count("select count(*) from customer_types where version = 2").await, 2, "of three ways to write VIP");
    let told = "select count(*) from changes where operation = 'update' and reason is not null \
                and (changed -> 'credit_code' ->> 0 = '91350100M000100Y43' or changed -> 'name' is not null)";
    assert_eq!(count(told).await, 5, "two codes, two types and a department");
    database.remove().await;
}
