//! Tags on records: put on, taken off and asked for, one by one and many at once, merged, and in files.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, App};
use uuid::Uuid;

use crate::background::{ended, preview, repeatable};

async fn tag(person: &Actor<'_>, name: &str, colour: &str) -> Value {
    person.create("tags", &json!({"name": name, "colour": colour})).await["id"].clone()
}

async fn customer(person: &Actor<'_>, name: &str, tags: &[&Value]) -> Value {
    person.create("customers", &json!({"name": name, "tag_ids": tags})).await
}

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

/// What stands in a member of each customer, by their names in order.
async fn each(person: &Actor<'_>, member: &str) -> Vec<Value> {
    let page = person.get("/api/v1/customers?sort=name&expand=tags").await.json();
    page["data"].as_array().expect("a list").iter().map(|one| one[member].clone()).collect()
}

async fn found(person: &Actor<'_>, resource: &str, filter: Value) -> Vec<String> {
    let body = json!({"filter": filter, "sort": ["name"]});
    let answer = person.post(&format!("/api/v1/{resource}/search"), &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let page = answer.json();
    let names = page["data"].as_array().expect("a list").iter();
    names.filter_map(|one| one["name"].as_str().map(str::to_owned)).collect()
}

async fn bulk(person: &Actor<'_>, resource: &str, body: Value) -> Value {
    let answer = person.post(&format!("/api/v1/{resource}/bulk"), &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn undo(person: &Actor<'_>, operation: &Value) -> Value {
    let path = format!("/api/v1/operations/{}/undo", operation["id"].as_str().expect("an id"));
    person.post(&path, &json!({})).await.json()
}

#[tokio::test]
async fn a_record_bears_each_tag_once_and_shows_it_in_its_colour() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (key, fair) = (tag(&admin, "重点", "red").await, tag(&admin, "展会", "blue").await);
    let made = customer(&admin, "华信", &[&fair, &key, &fair]).await;
    // Ids that were made one after the other stand in this order.
    assert_eq!(made["tag_ids"], json!([key, fair]));
    let same = admin.change(Method::PATCH, &path("customers", &made), "", &json!({"tag_ids": [fair, key]})).await;
    assert_eq!(same.json()["version"], 1, "the same tags in another order are no change: {same:?}");
    let shown = admin.get(&format!("{}?expand=tags", path("customers", &made))).await.json();
    let named = json!([{"id": key, "name": "重点", "colour": "red"}, {"id": fair, "name": "展会", "colour": "blue"}]);
    let by_name = json!([named[1], named[0]]);
    assert_eq!(shown["tags"], by_name, "in the order of their names");
    assert_eq!(each(&admin, "tags").await, [by_name]);
    let renamed = path("tags", &json!({"id": fair}));
    admin.change(Method::PATCH, &renamed, "", &json!({"name": "展会 2026", "colour": "green"})).await;
    assert_eq!(each(&admin, "tags").await[0][0], json!({"id": fair, "name": "展会 2026", "colour": "green"}));
    let cleared = admin.change(Method::PATCH, &path("customers", &made), "", &json!({"tag_ids": null})).await.json();
    assert_eq!(cleared["tag_ids"], json!([]));
}

#[tokio::test]
async fn a_tag_that_is_not_there_is_put_on_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (there, gone) = (tag(&admin, "重点", "red").await, tag(&admin, "旧的", "grey").await);
    let of_gone = path("tags", &json!({"id": gone}));
    assert_eq!(admin.delete(&of_gone, &admin.etag(&of_gone).await).await.status, 204);
    for nobody in [gone.clone(), json!(Uuid::now_v7())] {
        let refused = admin.post("/api/v1/customers", &json!({"name": "华信", "tag_ids": [there, nobody]})).await;
        let fault = &refused.problem()["errors"][0];
        let told = (refused.status, &fault["pointer"], &fault["code"]);
        assert_eq!(told, (422, &json!("/tag_ids"), &json!("not_found")));
    }
    let wrong = admin.post("/api/v1/customers", &json!({"name": "华信", "tag_ids": [there, "重点"]})).await.problem();
    assert_eq!(
        (&wrong["errors"][0]["pointer"], &wrong["errors"][0]["code"]),
        (&json!("/tag_ids/1"), &json!("not_an_id"))
    );
    let many: Vec<Uuid> = (0..51).map(|_| Uuid::now_v7()).collect();
    let wrong = admin.post("/api/v1/customers", &json!({"name": "华信", "tag_ids": many})).await.problem();
    assert_eq!(wrong["errors"][0]["code"], "too_many", "{wrong}");
    let separated = admin.post("/api/v1/tags", &json!({"name": "重点；展会"})).await.problem();
    assert_eq!(separated["errors"][0]["code"], "separator", "{separated}");
}

#[tokio::test]
async fn records_are_found_by_any_all_or_none_of_some_tags() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (key, fair) = (tag(&admin, "重点", "red").await, tag(&admin, "展会", "blue").await);
    customer(&admin, "a 都有", &[&key, &fair]).await;
    customer(&admin, "b 重点", &[&key]).await;
    customer(&admin, "c 没有", &[]).await;
    let asked = async |op: &str, value: Value| {
        found(&admin, "customers", json!({"field": "tag_ids", "op": op, "value": value})).await
    };
    let both = json!([key, fair]);
    assert_eq!(asked("in", both.clone()).await, ["a 都有", "b 重点"]);
    assert_eq!(asked("all_of", both.clone()).await, ["a 都有"]);
    assert_eq!(asked("none_of", both.clone()).await, ["c 没有"]);
    assert_eq!(asked("none_of", json!([fair])).await, ["b 重点", "c 没有"]);
    assert_eq!(asked("eq", fair.clone()).await, ["a 都有"]);
    assert_eq!(asked("is_null", json!(true)).await, ["c 没有"]);
    // As an address writes it.
    let query = format!("/api/v1/customers?filter[tag_ids][none_of]={}", fair.as_str().expect("an id"));
    assert_eq!(admin.get(&query).await.json()["data"].as_array().map(Vec::len), Some(2));
    // By what the tags are called, and the other way round.
    let named = json!({"field": "tags.name", "op": "eq", "value": "展会"});
    assert_eq!(found(&admin, "customers", named).await, ["a 都有"]);
    let worn = json!({"some": "customers", "filter": {"field": "name", "op": "eq", "value": "b 重点"}});
    assert_eq!(found(&admin, "tags", worn).await, ["重点"]);
    assert_eq!(found(&admin, "tags", json!({"none": "customers.tag_ids"})).await, Vec::<String>::new());
}

#[tokio::test]
async fn many_records_get_and_lose_tags_at_once_and_get_them_back() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (key, fair) = (tag(&admin, "重点", "red").await, tag(&admin, "展会", "blue").await);
    let mut ids = Vec::new();
    for (name, tags) in [("a", vec![&fair]), ("b", vec![&key]), ("c", vec![])] {
        ids.push(customer(&admin, name, &tags).await["id"].clone());
    }
    let before = each(&admin, "tag_ids").await;
    let change = json!({"action": "edit", "ids": ids, "add": {"tag_ids": [key]}, "remove": {"tag_ids": [fair]}});
    let mut rehearsed = change.clone();
    rehearsed["dry_run"] = true.into();
    let rehearsed = bulk(&admin, "customers", rehearsed).await;
    let tally = |operation: &Value| (operation["updated"].clone(), operation["unchanged"].clone());
    assert_eq!(tally(&rehearsed), (json!(2), json!(1)), "{rehearsed}");
    assert_eq!(each(&admin, "tag_ids").await, before, "a rehearsal changes nothing");
    let operation = bulk(&admin, "customers", change).await;
    assert_eq!(tally(&operation), (json!(2), json!(1)), "{operation}");
    assert_eq!(each(&admin, "tag_ids").await, [json!([key]), json!([key]), json!([key])]);
    let undone = undo(&admin, &operation).await;
    assert_eq!((&undone["updated"], &undone["skipped"]), (&json!(2), &json!(0)), "{undone}");
    assert_eq!(each(&admin, "tag_ids").await, before);
    // Beside a value that is set, and to any list of the record.
    let more = json!({"action": "edit", "ids": ids, "set": {"city": "苏州"}, "add": {"phones": ["13800001111"]}});
    assert_eq!(bulk(&admin, "customers", more).await["updated"], 3);
    assert_eq!(each(&admin, "phones").await, vec![json!(["13800001111"]); 3]);
}

#[tokio::test]
async fn what_cannot_be_added_is_told_before_anything_is_changed_or_row_by_row() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let one = customer(&admin, "华信", &[]).await;
    let refused = async |body: Value| {
        let problem = admin.post("/api/v1/customers/bulk", &body).await.problem();
        (problem["errors"][0]["pointer"].clone(), problem["errors"][0]["code"].clone())
    };
    let edit = |more: Value| {
        let mut body = json!({"action": "edit", "ids": [one["id"]]});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    let told = |pointer: &str, code: &str| (json!(pointer), json!(code));
    assert_eq!(refused(edit(json!({"add": {"name": ["x"]}}))).await, told("/add/name", "wrong_type"));
    assert_eq!(refused(edit(json!({"remove": {"dragons": []}}))).await, told("/remove/dragons", "unknown_member"));
    assert_eq!(refused(edit(json!({}))).await, told("/set", "required"));
    let of_deletion = json!({"action": "delete", "ids": [one["id"]], "add": {"tag_ids": []}});
    assert_eq!(refused(of_deletion).await, told("/add", "unknown_member"));
    let operation = bulk(&admin, "customers", edit(json!({"add": {"tag_ids": [Uuid::now_v7()]}}))).await;
    assert_eq!((&operation["failed"], &operation["rows"][0]["faults"][0]["code"]), (&json!(1), &json!("not_found")));
}

#[tokio::test]
async fn a_tag_is_merged_into_another_on_every_record_and_comes_back_with_all_of_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (old, kept) = (tag(&admin, "重点客户", "grey").await, tag(&admin, "重点", "red").await);
    let both = customer(&admin, "a", &[&old, &kept]).await;
    let one = customer(&admin, "b", &[&old]).await;
    let contact = json!({"name": "李娜", "customer_id": one["id"], "tag_ids": [old]});
    let contact = admin.create("contacts", &contact).await;
    let deal = json!({"name": "续约", "customer_id": one["id"], "tag_ids": [old]});
    let deal = admin.create("opportunities", &deal).await;
    let worn = [("customers", &both), ("customers", &one), ("contacts", &contact), ("opportunities", &deal)];
    let tags_of = async || {
        let mut all = Vec::new();
        for (resource, record) in worn {
            all.push(admin.get(&path(resource, record)).await.json()["tag_ids"].clone());
        }
        all
    };
    let before = tags_of().await;
    let merge = json!({"action": "delete", "ids": [old], "move_to": kept});
    let mut rehearsed = merge.clone();
    rehearsed["dry_run"] = true.into();
    assert_eq!(bulk(&admin, "tags", rehearsed).await["deleted"], 1);
    assert_eq!(tags_of().await, before);
    let merged = bulk(&admin, "tags", merge).await;
    assert_eq!((&merged["deleted"], &merged["failed"]), (&json!(1), &json!(0)), "{merged}");
    assert_eq!(tags_of().await, vec![json!([kept]); 4], "and no record bears it twice");
    assert_eq!(found(&admin, "tags", json!({"and": []})).await, ["重点"]);
    let history = admin.get(&format!("{}/history", path("customers", &one))).await.json();
    assert_eq!(history["data"][0]["changed"]["tag_ids"], json!([[old], [kept]]), "{history}");
    let undone = undo(&admin, &merged).await;
    assert_eq!((&undone["restored"], &undone["updated"], &undone["skipped"]), (&json!(1), &json!(4), &json!(0)));
    assert_eq!(tags_of().await, before);
}

#[tokio::test]
async fn sellers_make_tags_and_only_who_reaches_every_record_merges_them() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let made = tag(&seller, "我的", "cyan").await;
    customer(&seller, "华信", &[&made]).await;
    let of_made = path("tags", &json!({"id": made}));
    assert_eq!(seller.delete(&of_made, &seller.etag(&of_made).await).await.status, 403);
    // Somebody who may delete tags and change his own customers alone.
    let role = admin.create("roles", &json!({"name": "标签管理"})).await;
    let grant =
        |resource: &str, action: &str, scope: &str| json!({"resource": resource, "action": action, "scope": scope});
    let rights = json!({"personal": "none", "fields": [], "grants": [
        grant("tags", "read", "all"), grant("tags", "delete", "all"), grant("tags", "create", "all"),
        grant("customers", "read", "all"), grant("customers", "update", "own"),
    ]});
    assert_eq!(admin.change(Method::PUT, &path("roles", &role), "/rights", &rights).await.status, 200);
    let keeper = admin.colleague_with(&[role["id"].clone()]).await;
    let kept = tag(&keeper, "重点", "red").await;
    let merge = json!({"action": "delete", "ids": [made], "move_to": kept});
    let refused = bulk(&keeper, "tags", merge.clone()).await;
    assert_eq!((&refused["deleted"], &refused["failed"]), (&json!(0), &json!(1)), "{refused}");
    assert_eq!(each(&admin, "tag_ids").await, [json!([made])]);
    assert_eq!(bulk(&admin, "tags", merge).await["deleted"], 1);
    assert_eq!(each(&admin, "tag_ids").await, [json!([kept])]);
}

#[tokio::test]
async fn tags_leave_and_come_in_files_by_their_names() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (key, fair) = (tag(&admin, "重点", "red").await, tag(&admin, "展会", "blue").await);
    let file = "编号,客户名称,标签\nK1,华信,重点；展会\nK2,鑫盛,重点、没建过\nK3,达明,\n";
    let looked_at = preview(&admin, "customers", file).await.json();
    assert_eq!(looked_at["columns"][2]["target"], "tag_ids", "{looked_at}");
    let body = json!({"resource": "customers", "mode": "upsert", "system": "erp", "file_id": looked_at["file_id"]});
    let job = ended(&admin, &repeatable(&admin, "/api/v1/imports", &body).await).await;
    assert_eq!((&job["done"], &job["failed"]), (&json!(2), &json!(1)), "{job}");
    let rows = admin.get(&format!("/api/v1/operations/{}/rows", job["operation_id"].as_str().expect("one"))).await;
    let fault = rows.json()["data"][0]["faults"][0].clone();
    assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/tag_ids"), &json!("not_found")));
    assert_eq!(
        found(&admin, "customers", json!({"field": "tag_ids", "op": "all_of", "value": [key, fair]})).await,
        ["华信"]
    );
    let wanted = json!({"resource": "customers", "columns": ["name", "tag_ids"], "sort": "name"});
    let job = ended(&admin, &repeatable(&admin, "/api/v1/exports", &wanted).await).await;
    let file = admin.get(job["download"].as_str().expect("an address")).await.text;
    assert!(file.contains("华信,重点; 展会\r\n") && file.contains("达明,\r\n"), "{file}");
}
