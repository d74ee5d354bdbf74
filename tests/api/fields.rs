//! Fields that administrators make: at once everywhere where a field of the program would be, and by the same rules.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App, eventually};

use crate::background::{ended, preview, repeatable};
use crate::contract::samples;

/// A field of each kind for opportunities, and a value that it takes.
fn each_kind() -> Vec<(Value, Value)> {
    let options = json!([{"label": "直销"}, {"label": "渠道", "label_en": "Partner"}]);
    let field = |label: &str, kind: &str| json!({"label": label, "resource": "opportunities", "kind": kind});
    let choice = |label: &str, kind: &str| {
        let mut field = field(label, kind);
        field["choices"] = options.clone();
        field
    };
    vec![
        (field("暗号", "text"), json!("Alpha")),
        (field("背景", "long_text"), json!("一\n二")),
        (field("人数", "integer"), json!(12)),
        (field("重量", "decimal"), json!("1.5")),
        (field("预付款", "amount"), json!("1200.50")),
        (field("折扣率", "percent"), json!("12.5")),
        (field("战略客户", "bool"), json!(true)),
        (field("交货日", "date"), json!("2026-12-31")),
        (field("开标时间", "instant"), json!("2026-12-01T01:00:00.000000Z")),
        (choice("销售方式", "choice"), json!("qu_dao")),
        (choice("涉及渠道", "choices"), json!(["zhi_xiao", "qu_dao"])),
        (field("招标电话", "phone"), json!("0755-26001234")),
        (field("招标邮箱", "email"), json!("bid@example.com")),
        (field("招标网页", "url"), json!("https://example.com/bid")),
    ]
}

async fn opportunity(admin: &Actor<'_>, more: Value) -> Value {
    let definition = domain::catalogue::find("opportunities").expect("opportunities");
    let mut draft = samples::draft(admin, definition).await;
    draft.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    admin.create("opportunities", &draft).await
}

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

async fn found(person: &Actor<'_>, query: &str) -> Vec<Value> {
    let answer = person.get(&format!("/api/v1/opportunities?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    let page = answer.json();
    page["data"].as_array().expect("records").iter().map(|one| one["id"].clone()).collect()
}

#[tokio::test]
async fn a_field_of_each_kind_is_at_once_where_fields_are() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let mut made = Vec::new();
    for (field, value) in each_kind() {
        made.push((admin.create("fields", &field).await, value));
    }
    let values: Value = made.iter().map(|(field, value)| (key(field), value.clone())).collect();
    let full = opportunity(&admin, values).await;
    let empty = opportunity(&admin, json!({})).await;
    let read = admin.get(&path("opportunities", &full)).await.json();
    let meta = admin.get("/api/v1/meta/opportunities").await.json();
    let document = admin.get("/api/v1/openapi.json").await.json();
    let history = admin.get(&format!("{}/history", path("opportunities", &full))).await.json();
    for (field, value) in &made {
        let key = key(field);
        assert_eq!((&full[&key], &read[&key]), (value, value), "{key}");
        assert_eq!(empty.get(&key), None, "{key}: what is empty is left out");
        let described = meta["fields"].as_array().expect("fields").iter().find(|one| one["key"] == key);
        let described = described.unwrap_or_else(|| panic!("{key} is not described"));
        assert_eq!(described["label"]["zh-CN"], field["label"]);
        for schema in ["Opportunity", "OpportunityDraft", "OpportunityPatch"] {
            let schema = &document["components"]["schemas"][schema]["properties"];
            assert!(schema.get(&key).is_some(), "{key} is missing in the document");
        }
        assert_eq!(history["data"][0]["changed"][&key][1], *value, "{history}");
        assert_eq!(found(&admin, &format!("filter[{key}][is_null]=true")).await, [empty["id"].clone()]);
        let asked = value.as_array().map_or(value, |items| &items[0]);
        let asked = asked.as_str().map_or_else(|| asked.to_string(), str::to_owned).replace('\n', "%0A");
        assert_eq!(found(&admin, &format!("filter[{key}]={asked}")).await, [full["id"].clone()], "{key}");
        if described["sortable"] == true {
            assert_eq!(found(&admin, &format!("sort={key}")).await, [full["id"].clone(), empty["id"].clone()]);
            assert_eq!(found(&admin, &format!("sort=-{key}")).await, [full["id"].clone(), empty["id"].clone()]);
        }
    }
    let stranger = app.get("/api/v1/openapi.json").await.json();
    let members = &stranger["components"]["schemas"]["Opportunity"]["properties"];
    assert_eq!(members.get(key(&made[0].0)), None, "what a house calls its fields is nobody else's business");
}

fn key(field: &Value) -> String {
    field["key"].as_str().expect("a key").to_owned()
}

/// What somebody waits for who made a field and looks at another server.
const SOON: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_field_made_on_one_server_is_on_the_other_within_two_seconds() {
    let first = App::start().await;
    let admin = first.administrator().await;
    let second = first.beside(&[]);
    let there = async |path: &str| Answer::of(second.request(Method::GET, path).bearer_auth(&admin.token)).await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    assert_eq!(there("/api/v1/customers?filter[x_grade]=jia").await.status, 400, "nobody knows it yet");
    let field = json!({"label": "等第", "key": "x_grade", "resource": "customers", "kind": "choice", "choices": [{"label": "甲"}]});
    let began = Instant::now();
    admin.create("fields", &field).await;
    eventually("the other server knows it", async || {
        let document = there("/api/v1/openapi.json").await.json();
        let is_documented = document["components"]["schemas"]["Customer"]["properties"].get("x_grade").is_some();
        (is_documented && there("/api/v1/customers?filter[x_grade]=jia").await.status == 200).then_some(())
    })
    .await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let changed = admin.change(Method::PATCH, &path("customers", &customer), "", &json!({"x_grade": "jia"})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let found = there("/api/v1/customers?filter[x_grade]=jia").await.json();
    assert_eq!((&found["data"][0]["id"], &found["data"][0]["x_grade"]), (&customer["id"], &json!("jia")));
}

#[tokio::test]
async fn values_are_judged_like_those_of_every_field() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let field = |more: Value| {
        let mut field = json!({"resource": "customers", "kind": "text"});
        field.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        field
    };
    let admin = &admin;
    let old = admin.create("customers", &json!({"name": "老客户"})).await;
    for wanted in [
        field(
            json!({"label": "等第", "key": "x_grade", "kind": "choice", "is_required": true, "choices": [{"label": "甲"}, {"label": "乙"}]}),
        ),
        field(json!({"label": "工号", "key": "x_code", "is_unique": true})),
        field(
            json!({"label": "席位", "key": "x_seats", "kind": "integer", "least": 1, "greatest": 9, "default_value": "3"}),
        ),
    ] {
        admin.create("fields", &wanted).await;
    }
    let refused =
        admin.post("/api/v1/customers", &json!({"name": "新", "x_grade": "bing", "x_seats": 10, "x_nope": 1})).await;
    let faults = refused.problem()["errors"].as_array().expect("faults").clone();
    let mut told: Vec<(&str, &str)> = faults
        .iter()
        .map(|fault| (fault["pointer"].as_str().expect("one"), fault["code"].as_str().expect("one")))
        .collect();
    told.sort_unstable();
    assert_eq!(told, [("/x_grade", "not_a_choice"), ("/x_nope", "unknown_member"), ("/x_seats", "not_between")]);
    let missing = admin.post("/api/v1/customers", &json!({"name": "新"})).await;
    assert_eq!(missing.problem()["errors"][0]["pointer"], "/x_grade");
    let new = admin.create("customers", &json!({"name": "新", "x_grade": "jia", "x_code": "Ab1"})).await;
    assert_eq!((&new["x_seats"], &new["x_code"]), (&json!(3), &json!("Ab1")));

    // Who was there before is asked for nothing until somebody says it.
    let patch = |record: &Value, patch: Value| {
        let path = path("customers", record);
        async move { admin.patch(&path, &admin.etag(&path).await, &patch).await }
    };
    assert_eq!(patch(&old, json!({"city": "深圳"})).await.status, 200);
    assert_eq!(patch(&old, json!({"x_grade": "yi"})).await.json()["x_grade"], "yi");
    assert_eq!(patch(&old, json!({"x_grade": null})).await.problem()["errors"][0]["code"], "required");

    let client = app.database.connect().await;
    eventually("the index stands", async || {
        let query = "select 1 from pg_index where indisvalid and indexrelid::regclass::text like 'custom_unique_%'";
        client.query_opt(query, &[]).await.expect("an answer")
    })
    .await;
    let twice = admin.post("/api/v1/customers", &json!({"name": "又一个", "x_grade": "yi", "x_code": "AB1"})).await;
    assert_eq!((twice.status, &twice.problem()["errors"][0]["pointer"]), (409, &json!("/x_code")), "{twice:?}");

    let wrong = admin.post("/api/v1/fields", &json!({
        "label": "错", "resource": "customers", "kind": "amount", "key": "grade", "is_personal": true, "refers_to": "users",
        "choices": [{"label": "甲"}],
    })).await;
    let mut told: Vec<_> =
        wrong.problem()["errors"].as_array().expect("faults").iter().map(|fault| fault["pointer"].clone()).collect();
    told.sort_by_key(Value::to_string);
    assert_eq!(told, ["/choices", "/is_personal", "/key", "/kind", "/refers_to"]);
    let taken = admin.post("/api/v1/fields", &field(json!({"label": "等第", "key": "x_grade"}))).await;
    assert_eq!((taken.status, &taken.problem()["errors"][0]["pointer"]), (409, &json!("/key")));
}

#[tokio::test]
async fn a_retired_field_keeps_its_values_and_a_retired_word_its_records() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let field = admin
        .create("fields", &json!({"label": "等第", "resource": "customers", "kind": "choice", "choices": [{"label": "甲"}, {"label": "乙"}]}))
        .await;
    let key = key(&field);
    let customer = admin.create("customers", &json!({"name": "华信", &key: "jia"})).await;
    let customers = path("customers", &customer);
    let place = path("fields", &field);

    let mut choices = field["choices"].clone();
    choices[0]["is_retired"] = true.into();
    let renamed = json!({"label": "级别", "choices": choices});
    let changed = admin.patch(&place, &admin.etag(&place).await, &renamed).await;
    assert_eq!((changed.status, &changed.json()["key"]), (200, &json!(key)), "{changed:?}");
    assert_eq!(admin.get(&customers).await.json()[&key], "jia");
    let touched = admin.patch(&customers, &admin.etag(&customers).await, &json!({"city": "深圳"})).await;
    assert_eq!(touched.status, 200, "what it holds it may go on holding: {touched:?}");
    let anew = admin.post("/api/v1/customers", &json!({"name": "新", &key: "jia"})).await;
    assert_eq!(anew.problem()["errors"][0]["code"], "retired");

    assert_eq!(admin.change(Method::POST, &place, "/retirement", &json!({})).await.status, 200);
    assert_eq!(admin.get(&customers).await.json().get(&key), None);
    let unknown = admin.get(&format!("/api/v1/customers?filter[{key}]=jia")).await;
    assert_eq!(unknown.status, 400);
    let edit = admin.patch(&customers, &admin.etag(&customers).await, &json!({"city": "广州"})).await;
    assert_eq!(edit.json().get(&key), None);
    assert_eq!(admin.change(Method::POST, &place, "/reinstatement", &json!({})).await.status, 200);
    assert_eq!(admin.get(&customers).await.json()[&key], "jia", "an edit meanwhile took nothing away");
}

#[tokio::test]
async fn values_go_in_and_out_and_are_taken_back_like_those_of_every_field() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let choice = json!({"label": "等第", "resource": "customers", "kind": "choice", "choices": [{"label": "甲"}, {"label": "乙"}]});
    admin.create("fields", &choice).await;
    admin
        .create("fields", &json!({"label": "面积", "resource": "customers", "kind": "decimal", "key": "x_area"}))
        .await;
    let secret =
        json!({"label": "暗号", "resource": "customers", "kind": "text", "key": "x_secret", "is_personal": true});
    admin.create("fields", &secret).await;

    let file = "客户名称,等第,面积,暗号\n华信,乙,\"1,200.5\",芝麻\n远航,丙,大,\n";
    let shown = preview(&admin, "customers", file).await.json();
    let targets: Vec<_> =
        shown["columns"].as_array().expect("columns").iter().map(|one| one["target"].clone()).collect();
    assert_eq!(targets, ["name", "x_deng_di", "x_area", "x_secret"], "{shown}");
    let wanted = json!({"file_id": shown["file_id"], "resource": "customers", "mode": "create", "system": "erp"});
    let job = ended(&admin, &repeatable(&admin, "/api/v1/imports", &wanted).await).await;
    assert_eq!((&job["done"], &job["failed"]), (&json!(1), &json!(1)), "{job}");
    let list = admin.get("/api/v1/customers").await.json();
    let customer = &list["data"][0];
    assert_eq!(
        [&customer["x_deng_di"], &customer["x_area"], &customer["x_secret"]],
        [&json!("yi"), &json!("1200.5"), &json!("芝麻")]
    );

    let export = json!({"resource": "customers", "columns": ["name", "x_deng_di", "x_area", "x_secret"]});
    let job = ended(&admin, &repeatable(&admin, "/api/v1/exports", &export).await).await;
    let file = admin.get(job["download"].as_str().expect("an address")).await;
    assert_eq!(file.text, "\u{feff}客户名称,等第,面积,暗号\r\n华信,乙,1200.5,芝麻\r\n");

    let edit = json!({"action": "edit", "ids": [customer["id"]], "set": {"x_deng_di": "jia", "x_area": null, "x_secret": "开门"}});
    let operation = admin.post("/api/v1/customers/bulk", &edit).await.json();
    let place = path("customers", customer);
    let edited = admin.get(&place).await.json();
    assert_eq!(
        (&edited["x_deng_di"], edited.get("x_area"), &edited["x_secret"]),
        (&json!("jia"), None, &json!("开门"))
    );
    let undo = format!("/api/v1/operations/{}/undo", operation["id"].as_str().expect("an id"));
    assert_eq!(admin.post(&undo, &json!({})).await.json()["updated"], 1);
    let back = admin.get(&place).await.json();
    assert_eq!(
        [&back["x_deng_di"], &back["x_area"], &back["x_secret"]],
        [&json!("yi"), &json!("1200.5"), &json!("芝麻")]
    );

    // Sealed where it lies, found as a whole, and grouped by like any other.
    let client = app.database.connect().await;
    let kept = client.query_one("select custom ->> 'x_secret' from customers", &[]).await.expect("a row");
    assert!(kept.get::<_, String>(0).contains(".seal-"), "it lies in the clear");
    let told = client.query("select changed::text from changes where resource = 'customers'", &[]).await.expect("rows");
    assert!(told.iter().all(|row| !row.get::<_, String>(0).contains("芝麻")), "the log tells it");
    let found = admin.get("/api/v1/customers?filter[x_secret]=%E8%8A%9D%E9%BA%BB").await.json();
    assert_eq!(found["data"].as_array().map(Vec::len), Some(1));
    let summary = json!({"by": ["x_deng_di"], "of": ["count", {"sum": "x_area"}]});
    let figures = admin.post("/api/v1/customers/summary", &summary).await.json();
    assert_eq!(figures["groups"][0]["figures"], json!([1, "1200.5"]), "{figures}");
}

#[tokio::test]
async fn a_role_closes_and_masks_them_like_every_field() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for (key, is_personal) in [("x_open", false), ("x_shut", false), ("x_secret", true)] {
        let field =
            json!({"label": key, "resource": "customers", "kind": "text", "key": key, "is_personal": is_personal});
        admin.create("fields", &field).await;
    }
    let values = json!({"name": "华信", "x_open": "开", "x_shut": "关", "x_secret": "天王盖地虎"});
    let customer = admin.create("customers", &values).await;
    let role = admin.create("roles", &json!({"name": "看客户"})).await["id"].as_str().expect("an id").to_owned();
    let rights = json!({
        "personal": "masked", "fields": [{"resource": "customers", "field": "x_shut", "right": "none"}],
        "grants": [{"resource": "customers", "action": "read", "scope": "all"}],
    });
    let set = admin.change(Method::PUT, &format!("/api/v1/roles/{role}"), "/rights", &rights).await;
    assert_eq!(set.status, 200, "{set:?}");
    let unknown = json!({"personal": "masked", "fields": [{"resource": "customers", "field": "x_nope", "right": "none"}], "grants": []});
    let refused = admin.change(Method::PUT, &format!("/api/v1/roles/{role}"), "/rights", &unknown).await;
    assert_eq!(refused.problem()["errors"][0]["pointer"], "/fields/0/field");
    let reader = admin.colleague_with(&[json!(role)]).await;
    let seen = reader.get(&path("customers", &customer)).await.json();
    assert_eq!((&seen["x_open"], seen.get("x_shut")), (&json!("开"), None));
    assert_eq!(seen["x_secret"], "天****");
    for query in ["filter[x_shut]=%E5%85%B3", "sort=x_shut", "filter[x_secret]=%E5%A4%A9"] {
        let answer = reader.get(&format!("/api/v1/customers?{query}")).await;
        assert_eq!(answer.status, 403, "{query}: {answer:?}");
    }
    let made = reader.get("/api/v1/meta").await.json();
    let keys: Vec<_> = made["fields"].as_array().expect("fields").iter().map(|field| field["key"].clone()).collect();
    assert_eq!(keys, ["x_open", "x_secret"]);
}
