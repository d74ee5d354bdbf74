//! Many changes in one request, and records by the names that other systems give them, for all resources.

use domain::CATALOGUE;
use domain::resource::{Definition, Verb};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};
use uuid::Uuid;

use super::samples;

fn editable() -> impl Iterator<Item = &'static Definition> {
    CATALOGUE
        .iter()
        .filter(|resource| [Verb::Create, Verb::Update, Verb::Delete].iter().all(|v| resource.verbs.contains(v)))
}

async fn batch(person: &Actor<'_>, resource: &str, body: &Value) -> Answer {
    let request = person.request(Method::POST, &format!("/api/v1/{resource}/batch"));
    Answer::of(request.header("idempotency-key", Uuid::new_v4().to_string()).json(body)).await
}

async fn upsert(person: &Actor<'_>, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let request = person.request(Method::PATCH, path).json(body);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Answer::of(request).await
}

fn statuses(answer: &Answer) -> Vec<u64> {
    let body = answer.json();
    let results = body["results"].as_array().unwrap_or_else(|| panic!("no results: {answer:?}"));
    results.iter().map(|result| result["status"].as_u64().expect("a status")).collect()
}

async fn total(person: &Actor<'_>, resource: &str) -> Value {
    person.get(&format!("/api/v1/{resource}?count=exact&limit=1")).await.json()["page"]["total"].clone()
}

fn pointers(problem: &Value) -> Vec<(&str, &str)> {
    let faults = problem["errors"].as_array().into_iter().flatten();
    faults
        .map(|fault| (fault["pointer"].as_str().unwrap_or_default(), fault["code"].as_str().unwrap_or_default()))
        .collect()
}

#[tokio::test]
async fn every_resource_takes_a_batch_in_which_one_bad_item_harms_no_other() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let name = resource.name;
        let (changed, deleted, bare) = (
            samples::create(&admin, resource).await,
            samples::create(&admin, resource).await,
            samples::create(&admin, resource).await,
        );
        let external = json!({"system": "erp", "id": "K-1"});
        let items = json!([
            {"op": "create", "data": samples::draft(&admin, resource).await},
            {"op": "create", "data": {"nope": 1}},
            {"op": "update", "id": changed["id"], "if_match": changed["etag"], "data": samples::renaming(resource)},
            {"op": "update", "id": changed["id"], "if_match": changed["etag"], "data": samples::renaming(resource)},
            {"op": "update", "id": bare["id"], "data": samples::renaming(resource)},
            {"op": "delete", "id": deleted["id"], "if_match": deleted["etag"]},
            {"op": "delete", "id": Uuid::nil(), "if_match": "\"1\""},
            {"op": "upsert", "external": external, "data": samples::draft(&admin, resource).await},
            {"op": "upsert", "external": external, "data": samples::renaming(resource)},
            {"op": "fly"},
        ]);
        let answer = batch(&admin, name, &json!({"items": items})).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        assert_eq!(statuses(&answer), [201, 422, 200, 412, 428, 204, 404, 201, 200, 422], "{name}: {answer:?}");
        let results = answer.json()["results"].clone();
        assert_eq!(pointers(&results[1]["problem"])[0], ("/items/1/data/nope", "unknown_member"), "{name}");
        assert_eq!(pointers(&results[9]["problem"]), [("/items/9/op", "not_a_choice")], "{name}");
        assert_eq!(results[3]["etag"], results[2]["etag"], "{name}: the current version");
        assert_eq!((&results[3]["id"], results[3]["problem"]["status"].as_u64()), (&changed["id"], Some(412)));
        assert_eq!(results[7]["id"], results[8]["id"], "{name}");
        for made in [&results[0], &results[8]] {
            let found = admin.get(&format!("/api/v1/{name}/{}", made["id"].as_str().expect("an id"))).await;
            assert_eq!(found.json()["etag"], made["etag"], "{name}");
        }
        let path = format!("/api/v1/{name}/{}", deleted["id"].as_str().expect("an id"));
        assert_eq!(admin.get(&path).await.status, 404, "{name}");
    }
}

#[tokio::test]
async fn an_atomic_batch_happens_whole_or_not_at_all() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let name = resource.name;
        let present = samples::create(&admin, resource).await;
        let before = total(&admin, name).await;
        let draft = samples::draft(&admin, resource).await;
        let with_references = total(&admin, name).await;
        let update = json!({"op": "update", "id": present["id"], "if_match": present["etag"], "data": samples::renaming(resource)});
        let missing = samples::indispensable(resource).key;
        let bad = json!([
            {"op": "create", "data": draft}, update, {"op": "delete", "id": present["id"]},
            {"op": "create", "data": {missing: ""}}, {"op": "create", "data": draft, "id": present["id"]},
        ]);
        let refused = batch(&admin, name, &json!({"items": bad, "atomic": true})).await;
        assert_eq!(refused.status, 422, "{name}: {refused:?}");
        let problem = refused.problem();
        let found = pointers(&problem);
        let title = format!("/items/3/data/{missing}");
        for expected in
            [("/items/2", "precondition_required"), (&*title, "required"), ("/items/4/id", "unknown_member")]
        {
            assert!(found.contains(&expected), "{name}: {expected:?} missing in {found:?}");
        }
        assert!(!found.iter().any(|(place, _)| place.starts_with("/items/0") || place.starts_with("/items/1")));
        assert_eq!(total(&admin, name).await, with_references, "{name}: {before}");
        let path = format!("/api/v1/{name}/{}", present["id"].as_str().expect("an id"));
        assert_eq!(admin.get(&path).await.json(), present, "{name}");

        let good = json!({"items": [{"op": "create", "data": draft}, update], "atomic": true});
        assert_eq!(statuses(&batch(&admin, name, &good).await), [201, 200], "{name}");
    }
}

#[tokio::test]
async fn a_batch_has_its_effect_once_and_can_be_undone_as_a_whole() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let present = admin.create("customers", &json!({"name": "旧名"})).await;
    let items = json!({"items": [
        {"op": "create", "data": {"name": "新客户"}},
        {"op": "update", "id": present["id"], "if_match": present["etag"], "data": {"name": "新名"}},
        {"op": "create", "data": {}},
    ]});
    let send = || {
        let request = admin.request(Method::POST, "/api/v1/customers/batch").header("idempotency-key", "erp-7");
        Answer::of(request.json(&items))
    };
    let bare = admin.post("/api/v1/customers/batch", &items).await;
    assert_eq!((bare.status, &bare.problem()["code"]), (400, &json!("idempotency_key_missing")));
    let (first, second) = (send().await, send().await);
    assert_eq!(statuses(&first), [201, 200, 422]);
    assert_eq!((first.text.as_str(), second.header("idempotency-replayed")), (second.text.as_str(), "true"));
    assert_eq!(total(&admin, "customers").await, 2);

    let operation = format!("/api/v1/operations/{}", first.json()["operation_id"].as_str().expect("an operation"));
    let told = admin.get(&operation).await.json();
    assert_eq!((&told["kind"], &told["created"], &told["failed"]), (&json!("batch"), &json!(1), &json!(1)), "{told}");
    let undone = admin.post(&format!("{operation}/undo"), &json!({})).await;
    assert_eq!(undone.status, 200, "{undone:?}");
    let left = admin.get("/api/v1/customers").await.json();
    assert_eq!((left["data"].as_array().map(Vec::len), &left["data"][0]["name"]), (Some(1), &json!("旧名")));
}

#[tokio::test]
async fn a_batch_may_be_larger_than_other_bodies_but_has_its_limits() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let items = |count: usize, notes: usize| {
        let create =
            |n: usize| json!({"op": "create", "data": {"name": format!("客户 {n}"), "notes": "长".repeat(notes)}});
        json!({"items": (0..count).map(create).collect::<Vec<_>>()})
    };
    let large = batch(&admin, "customers", &items(1000, 1_000)).await;
    assert!(statuses(&large).iter().all(|status| *status == 201), "{large:?}");
    let too_many = batch(&admin, "customers", &items(1001, 1)).await;
    assert_eq!(pointers(&too_many.problem()), [("/items", "too_many")]);
    assert_eq!(batch(&admin, "customers", &json!({"items": []})).await.status, 422);
    let request = admin.request(Method::POST, "/api/v1/customers/batch").header("content-type", "application/json");
    assert_eq!(Answer::of(request.body(" ".repeat((10 << 20) + 1))).await.status, 413);
    assert_eq!(total(&admin, "customers").await, 1000);
}

#[tokio::test]
async fn a_batch_that_gives_way_to_another_writer_may_be_sent_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let first = admin.create("customers", &json!({"name": "甲"})).await;
    let second = admin.create("customers", &json!({"name": "乙"})).await;
    let update = |record: &Value| json!({"op": "update", "id": record["id"], "if_match": record["etag"], "data": {"city": "苏州"}});
    let items = json!({"items": [update(&first), update(&second)]});
    let send = || {
        let request = admin.request(Method::POST, "/api/v1/customers/batch").header("idempotency-key", "erp-8");
        Answer::of(request.json(&items))
    };
    let hold = |record: &Value| {
        format!("select 1 from customers where id = '{}' for update", record["id"].as_str().expect("an id"))
    };
    let other = app.database.connect().await;
    other.batch_execute(&format!("begin; {}", hold(&second))).await.expect("held");
    // The other holds what the batch wants, and then wants what the batch holds.
    let crossing = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        other.batch_execute(&format!("{}; rollback", hold(&first))).await
    };
    let (refused, crossed) = tokio::join!(send(), crossing);
    crossed.expect("the other goes on");
    assert_eq!((refused.status, refused.header("retry-after")), (503, "1"), "{refused:?}");
    assert_eq!(refused.problem()["code"], "unavailable");
    assert_eq!(statuses(&send().await), [200, 200]);
}

#[tokio::test]
async fn every_resource_is_made_and_changed_by_what_another_system_calls_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let path = format!("/api/v1/{}/by-external/erp/A%2F1%20%E7%94%B2", resource.name);
        let draft = samples::draft(&admin, resource).await;
        let absent = upsert(&admin, &path, &[("if-match", "\"1\"")], &draft).await;
        assert_eq!(absent.status, 412, "{path}: {absent:?}");
        let created = upsert(&admin, &path, &[], &draft).await;
        assert_eq!((created.status, &created.json()["external_ids"]), (201, &json!({"erp": "A/1 甲"})), "{created:?}");
        assert_eq!(admin.get(created.header("location")).await.json(), created.json(), "{path}");
        let etag = created.header("etag");
        let same = upsert(&admin, &path, &[], &draft).await;
        assert_eq!((same.status, same.header("etag")), (200, etag), "{path}: the same again changes nothing");
        let there = upsert(&admin, &path, &[("if-none-match", "*")], &draft).await;
        assert_eq!((there.status, there.header("etag")), (412, etag), "{path}");
        let changed = upsert(&admin, &path, &[("if-match", etag)], &samples::renaming(resource)).await;
        assert_eq!((changed.status, &changed.json()["id"]), (200, &created.json()["id"]), "{path}: {changed:?}");
        assert_eq!(
            upsert(&admin, &path, &[("if-match", etag)], &samples::renaming(resource)).await.status,
            412,
            "{path}"
        );
        assert_eq!(
            upsert(&admin, &path, &[("if-match", "*")], &samples::renaming(resource)).await.status,
            403,
            "{path}"
        );
        assert_eq!(upsert(&admin, &path, &[], &json!({"nope": 1})).await.status, 422, "{path}");

        let record = created.header("location");
        assert_eq!(admin.delete(record, changed.header("etag")).await.status, 204, "{path}");
        let again = upsert(&admin, &path, &[("if-none-match", "*")], &samples::draft(&admin, resource).await).await;
        assert_eq!(again.status, 201, "{path}: what was deleted holds its name no longer");
        let endless = format!("/api/v1/{}/by-external/erp/{}", resource.name, "x".repeat(201));
        assert_eq!(pointers(&upsert(&admin, &endless, &[], &draft).await.problem()), [("external_id", "too_long")]);
    }
}

#[tokio::test]
async fn of_fifty_at_once_one_makes_the_record() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let path = "/api/v1/customers/by-external/erp/K-4711";
    let body = json!({"name": "并发客户", "city": "苏州"});
    let answers = futures_util::future::join_all((0..50).map(|_| upsert(&admin, path, &[], &body))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(200)), (1, 49), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    assert_eq!(total(&admin, "customers").await, 1);
    assert!(answers.iter().all(|answer| answer.json()["version"] == 1));
}

#[tokio::test]
async fn a_name_leads_only_to_records_that_the_caller_may_reach() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let path = "/api/v1/customers/by-external/erp/K-1";
    let theirs = upsert(&admin, path, &[], &json!({"name": "别人的"})).await;
    assert_eq!(theirs.status, 201);
    for headers in [&[][..], &[("if-none-match", "*")]] {
        let hidden = upsert(&seller, path, headers, &json!({"name": "抢"})).await;
        assert_eq!((hidden.status, hidden.header("etag")), (404, ""), "{headers:?}: {hidden:?}");
    }
    for name in ["K-1", "nobody"] {
        let path = format!("/api/v1/customers/by-external/erp/{name}");
        for etag in [theirs.header("etag"), "\"0\""] {
            let hidden = upsert(&seller, &path, &[("if-match", etag)], &json!({"name": "抢"})).await;
            assert_eq!((hidden.status, hidden.header("etag")), (412, ""), "{name} {etag}: {hidden:?}");
        }
    }
    let theirs = theirs.json();
    let items = json!({"items": [
        {"op": "update", "id": theirs["id"], "if_match": theirs["etag"], "data": {"name": "抢"}},
        {"op": "update", "id": theirs["id"], "data": {"name": "抢"}},
        {"op": "update", "id": theirs["id"], "if_match": "*", "data": {"name": "抢"}},
        {"op": "upsert", "external": {"system": "erp", "id": "K-1"}, "data": {"name": "抢"}},
        {"op": "delete", "id": theirs["id"], "if_match": theirs["etag"]},
    ]});
    assert_eq!(statuses(&batch(&seller, "customers", &items).await), [404; 5]);
    assert_eq!(batch(&seller, "roles", &items).await.status, 403);
    assert_eq!(admin.get(&format!("/api/v1/customers/{}", theirs["id"].as_str().expect("an id"))).await.json(), theirs);
}
