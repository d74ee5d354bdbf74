//! Records that are one are put together, and taken apart again.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

/// Puts records together; the tags of all of them are those of now.
async fn merge(person: &Actor<'_>, resource: &str, records: &[&Value], choices: Value) -> Answer {
    let mut tags = Vec::new();
    for record in records {
        tags.push(person.etag(&path(resource, record)).await);
    }
    merge_seen(person, resource, records, choices, &tags.join(", ")).await
}

async fn merge_seen(person: &Actor<'_>, resource: &str, records: &[&Value], choices: Value, tags: &str) -> Answer {
    let others: Vec<&Value> = records[1..].iter().map(|record| &record["id"]).collect();
    let request = person.request(Method::POST, &format!("{}/merge", path(resource, records[0])));
    Answer::of(request.header("if-match", tags).json(&json!({"others": others, "choices": choices}))).await
}

async fn undo(person: &Actor<'_>, merged: &Answer) -> Value {
    let undone = person.post(&format!("{}/undo", merged.header("location")), &json!({})).await;
    assert_eq!(undone.status, 200, "{undone:?}");
    undone.json()
}

/// Everything that hangs on customers and they themselves, without what every write changes and what is sealed anew.
async fn state(app: &App) -> BTreeMap<String, String> {
    let client = app.database.connect().await;
    let mut state = BTreeMap::new();
    let tables = [
        "customers",
        "contacts",
        "contact_records",
        "opportunities",
        "leads",
        "quotes",
        "tasks",
        "comments",
        "followers",
        "external_ids",
    ];
    for table in tables {
        let query = format!(
            "select coalesce(md5(string_agg(row::text, '|' order by row::text)), '') || ' ' || count(*) from (select to_jsonb(t) \
             - 'version' - 'updated_at' - 'updated_by' - 'seals' - 'phones' - 'emails' - 'fax' - 'id_number' - 'wechat' as row from {table} t) rows"
        );
        state.insert(table.to_owned(), client.query_one(&query, &[]).await.expect(table).get(0));
    }
    let found = "select md5(string_agg(record_id::text || body || tokens::text || digests::text, '|' order by record_id)) from search_index";
    state.insert("search".to_owned(), client.query_one(found, &[]).await.expect("found").get(0));
    state
}

async fn shown(person: &Actor<'_>, resource: &str) -> Vec<Value> {
    let mut page = person.get(&format!("/api/v1/{resource}?limit=500&sort=created_at")).await.json();
    let all = page["data"].as_array_mut().expect("a list");
    for one in all.iter_mut() {
        let one = one.as_object_mut().expect("a record");
        ["version", "updated_at", "updated_by", "etag"].iter().for_each(|key| drop(one.remove(*key)));
    }
    all.clone()
}

async fn batch(person: &Actor<'_>, resource: &str, items: Vec<Value>) -> Vec<Value> {
    let items: Vec<Value> = items.into_iter().map(|data| json!({"op": "create", "data": data})).collect();
    let key = uuid::Uuid::new_v4().to_string();
    let request = person.request(Method::POST, &format!("/api/v1/{resource}/batch")).header("idempotency-key", key);
    let answer = Answer::of(request.json(&json!({"items": items, "atomic": true}))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["results"].as_array().expect("results").clone()
}

/// Five customers with two hundred records that hang on them.
async fn five(admin: &Actor<'_>) -> Vec<Value> {
    let mut five = Vec::new();
    let tags =
        [admin.create("tags", &json!({"name": "重点"})).await, admin.create("tags", &json!({"name": "展会"})).await];
    for (number, name) in ["华信", "华信科技", "华信（深圳）", "huaxin", "华信集团"].into_iter().enumerate()
    {
        let body = json!({
            "name": name, "phones": [format!("1380000000{number}"), "+86 13911112222"], "emails": [format!("{number}@huaxin.cn")],
            "city": (number == 2).then_some("深圳"), "tag_ids": [tags[number % 2]["id"]],
            "credit_code": (number == 3).then_some("91350100M000100Y43"),
        });
        five.push(admin.create("customers", &body).await);
    }
    let of = |number: usize| five[number % 5]["id"].clone();
    let contacts = (0..100).map(|n| json!({"name": format!("联系人 {n}"), "customer_id": of(n), "is_primary": n < 5, "phones": [format!("1370000{n:04}")]}));
    let contacts = batch(admin, "contacts", contacts.collect()).await;
    let deals = batch(
        admin,
        "opportunities",
        (0..20).map(|n| json!({"name": format!("商机 {n}"), "customer_id": of(n)})).collect(),
    )
    .await;
    let talks = (0..40).map(|n| {
        json!({"kind": "call", "subject": format!("通话 {n}"), "customer_id": of(n), "contact_id": contacts[n]["id"], "opportunity_id": deals[n % 20]["id"]})
    });
    batch(admin, "contact-records", talks.collect()).await;
    let quotes = (0..10)
        .map(|n| json!({"customer_id": of(n), "contact_id": contacts[n]["id"], "opportunity_id": deals[n]["id"]}));
    batch(admin, "quotes", quotes.collect()).await;
    let about = |n: usize| json!({"about_type": "customers", "about_id": of(n)});
    for n in 0..15 {
        let (mut task, mut comment) = (about(n), about(n));
        (task["subject"], comment["text"]) = (format!("任务 {n}").into(), format!("备注 {n}").into());
        admin.create("tasks", &task).await;
        admin.create("comments", &comment).await;
    }
    // One of them stands above another customer.
    admin.create("customers", &json!({"name": "华信分部", "parent_id": five[4]["id"]})).await;
    five
}

#[tokio::test]
async fn five_customers_become_one_with_all_that_hangs_on_them_and_five_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales_manager"], None).await;
    let five = five(&admin).await;
    // One is somebody else's, and somebody follows it.
    let give =
        admin.change(Method::POST, &path("customers", &five[1]), "/assign", &json!({"owner_id": seller.id})).await;
    assert_eq!(give.status, 200, "{give:?}");
    let talk = json!({"text": "别人写的", "about_type": "customers", "about_id": five[1]["id"]});
    seller.create("comments", &talk).await;
    let auditor = admin.colleague(&["auditor"], None).await;
    assert_eq!(auditor.post(&format!("{}/follow", path("customers", &five[1])), &json!({})).await.status, 200);
    let key = admin.request(Method::PATCH, "/api/v1/customers/by-external/erp/C-1").header("idempotency-key", "erp");
    assert_eq!(Answer::of(key.json(&json!({"name": "另一家"}))).await.status, 201);
    let before = (state(&app).await, shown(&admin, "customers").await, shown(&admin, "contacts").await);
    let all: Vec<&Value> = five.iter().collect();
    let choices = json!({"name": five[1]["id"], "city": five[2]["id"], "credit_code": five[3]["id"]});
    let merged = merge(&admin, "customers", &all, choices).await;
    assert_eq!(merged.status, 200, "{merged:?}");
    let one = merged.json();
    assert_eq!([&one["id"], &one["name"], &one["city"]], [&five[0]["id"], &json!("华信科技"), &json!("深圳")]);
    assert_eq!(one["credit_code"], "91350100M000100Y43", "what was unique to one that went");
    assert_eq!(one["tag_ids"].as_array().map(Vec::len), Some(2));
    assert_eq!((one["phones"].as_array().map(Vec::len), one["emails"].as_array().map(Vec::len)), (Some(6), Some(5)));
    let id = one["id"].as_str().expect("an id");
    for (resource, count) in [("contacts", 100), ("opportunities", 20), ("contact-records", 40), ("quotes", 10)] {
        let page = admin.get(&format!("/api/v1/{resource}?filter[customer_id]={id}&count=exact")).await.json();
        assert_eq!(page["page"]["total"], count, "{resource}");
    }
    let primary = admin.get(&format!("/api/v1/contacts?filter[customer_id]={id}&filter[is_primary]=true")).await.json();
    assert_eq!(primary["data"].as_array().map(Vec::len), Some(1), "of five primary contacts one is left");
    assert!(primary["data"][0]["owner_id"] == one["owner_id"]);
    for (resource, count) in [("tasks", 15), ("comments", 16)] {
        let page = admin.get(&format!("/api/v1/{resource}?filter[about_id]={id}&count=exact")).await.json();
        assert_eq!(page["page"]["total"], count, "{resource}");
    }
    assert_eq!(auditor.get(&format!("{}/follow", path("customers", &one))).await.json()["following"], true);
    let branch = admin.get("/api/v1/customers?q=华信分部").await.json();
    assert_eq!(branch["data"][0]["parent_id"], one["id"]);
    let gone = admin.get(&path("customers", &five[3])).await;
    assert_eq!((gone.status, &gone.problem()["errors"][0]["code"]), (404, &json!("merged")), "{gone:?}");
    assert_eq!(gone.problem()["errors"][0]["params"]["id"], one["id"]);
    let history = admin.get(&format!("{}/history", path("customers", &one))).await.json();
    assert!(history["data"][0]["operation_id"].as_str().is_some_and(|id| merged.header("location").ends_with(id)));
    let operation = admin.get(merged.header("location")).await.json();
    assert_eq!(
        [&operation["kind"], &operation["deleted"], &operation["updated"]],
        [&json!("merge"), &json!(4), &json!(1)]
    );

    let undone = undo(&admin, &merged).await;
    assert_eq!((&undone["skipped"], &undone["failed"]), (&json!(0), &json!(0)), "{undone}");
    let after = (state(&app).await, shown(&admin, "customers").await, shown(&admin, "contacts").await);
    assert_eq!(after, before);
    assert_eq!(admin.get(&path("customers", &five[3])).await.status, 200);
}

#[tokio::test]
async fn what_somebody_changed_since_stays_and_is_named() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let five = five(&admin).await;
    let all: Vec<&Value> = five.iter().collect();
    let merged = merge(&admin, "customers", &all, json!({"city": five[2]["id"]})).await;
    assert_eq!(merged.status, 200, "{merged:?}");
    let named = async |resource: &str, title: &str| {
        admin.get(&format!("/api/v1/{resource}?filter[name]={title}")).await.json()["data"][0].clone()
    };
    let (contact, deal) = (named("contacts", "联系人 7").await, named("opportunities", "商机 3").await);
    for (resource, record, patch) in
        [("contacts", &contact, json!({"title": "经理"})), ("opportunities", &deal, json!({"notes": "谈过"}))]
    {
        let changed = admin.change(Method::PATCH, &path(resource, record), "", &patch).await;
        assert_eq!(changed.status, 200, "{changed:?}");
    }
    let undone = undo(&admin, &merged).await;
    assert_eq!(undone["failed"], 0, "{undone}");
    let kept: Vec<Value> =
        undone["rows"].as_array().expect("rows").iter().map(|row| row["record_id"].clone()).collect();
    for record in [&contact, &deal] {
        assert!(kept.contains(&record["id"]), "{record} of {undone}");
    }
    let faults = undone["rows"].as_array().expect("rows").iter().map(|row| row["faults"][0]["code"].clone());
    assert!(faults.clone().filter(|code| code == "changed_since").count() >= 2, "{:?}", faults.collect::<Vec<_>>());
    let contact = admin.get(&path("contacts", &contact)).await.json();
    assert_eq!((&contact["customer_id"], &contact["title"]), (&five[0]["id"], &json!("经理")));
    assert_eq!(admin.get(&path("customers", &five[4])).await.status, 200);
    let back = admin
        .get(&format!("/api/v1/contacts?filter[customer_id]={}&count=exact", five[2]["id"].as_str().expect("one")))
        .await;
    assert_eq!(back.json()["page"]["total"], 19, "the others went back");
}

#[tokio::test]
async fn a_merge_is_refused_with_every_reason_and_leaves_nothing_half() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let mut four = Vec::new();
    for name in ["甲", "乙", "丙", "丁"] {
        four.push(admin.create("customers", &json!({"name": name})).await);
    }
    let nobody = json!({"id": uuid::Uuid::now_v7()});
    let told = async |records: &[&Value], choices: Value| {
        let answer = merge(&admin, "customers", records, choices).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        let fault = answer.problem()["errors"][0].clone();
        (fault["pointer"].as_str().expect("one").to_owned(), fault["code"].as_str().expect("one").to_owned())
    };
    let said = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let (a, b) = (&four[0], &four[1]);
    assert_eq!(told(&[a], json!({})).await, said("/others", "required"));
    assert_eq!(told(&[a, a], json!({})).await, said("/others", "itself"));
    assert_eq!(told(&[a, b, b], json!({})).await, said("/others", "repeated"));
    assert_eq!(told(&[a, b, b, b, b, b], json!({})).await, said("/others", "too_many"));
    assert_eq!(told(&[a, b], json!({"dragons": b["id"]})).await, said("/choices/dragons", "unknown_member"));
    assert_eq!(told(&[a, b], json!({"name": four[2]["id"]})).await, said("/choices/name", "not_a_choice"));
    assert_eq!(told(&[a, b], json!({"owner_id": b["id"]})).await, said("/choices/owner_id", "unknown_member"));
    let known = format!("{}, {}", admin.etag(&path("customers", a)).await, admin.etag(&path("customers", b)).await);
    let absent = merge_seen(&admin, "customers", &[a, &nobody], json!({}), &known).await;
    assert_eq!((absent.status, &absent.problem()["errors"][0]["pointer"]), (422, &json!("/others/0")));
    // Of one of them somebody has not seen what it is now.
    let changed = admin.change(Method::PATCH, &path("customers", b), "", &json!({"city": "苏州"})).await;
    assert_eq!(changed.status, 200);
    assert_eq!(merge_seen(&admin, "customers", &[a, b], json!({}), &known).await.status, 412);
    let unseen = admin.post(&format!("{}/merge", path("customers", a)), &json!({"others": [b["id"]]})).await;
    assert_eq!(unseen.status, 428);
    // One that stands above the one that stays.
    let below = admin.create("customers", &json!({"name": "戊", "parent_id": b["id"]})).await;
    assert_eq!(told(&[&below, a, b], json!({})).await, said("/others/1", "below"));
    assert_eq!(admin.post("/api/v1/tags/x/merge", &json!({})).await.status, 404);
    for one in &four {
        assert_eq!(admin.get(&path("customers", one)).await.status, 200);
    }
    assert_eq!(admin.get("/api/v1/operations").await.json()["data"], json!([]), "and no operation is told of");
}

#[tokio::test]
async fn rights_are_asked_of_every_record_and_of_all_that_hangs_on_them() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (seller, other) = (admin.colleague(&["sales"], None).await, admin.colleague(&["sales"], None).await);
    let (mine, too) = (
        seller.create("customers", &json!({"name": "华信"})).await,
        seller.create("customers", &json!({"name": "华信科技"})).await,
    );
    let theirs = other.create("customers", &json!({"name": "华信集团", "phones": ["13800005678"]})).await;
    let tags = seller.etag(&path("customers", &mine)).await;
    let hidden = merge_seen(&seller, "customers", &[&mine, &theirs], json!({}), &tags).await;
    assert_eq!((hidden.status, &hidden.problem()["errors"][0]["code"]), (422, &json!("not_found")));
    // Something hangs on his customer that is not his to change.
    let request = admin.create("service-requests", &json!({"customer_id": too["id"], "subject": "坏了"})).await;
    let beyond = merge(&seller, "customers", &[&mine, &too], json!({})).await;
    assert_eq!(
        (beyond.status, &beyond.problem()["errors"][0]["code"]),
        (409, &json!("used_out_of_sight")),
        "{beyond:?}"
    );
    let of_request = path("service-requests", &request);
    assert_eq!(admin.delete(&of_request, &admin.etag(&of_request).await).await.status, 204);
    let merged = merge(&seller, "customers", &[&mine, &too], json!({"name": too["id"]})).await;
    assert_eq!((merged.status, &merged.json()["name"]), (200, &json!("华信科技")), "{merged:?}");
    assert_eq!(undo(&seller, &merged).await["skipped"], 0);
    // Where a record went is told to nobody who does not see it there.
    let merged = merge(&admin, "customers", &[&theirs, &too], json!({})).await;
    assert_eq!(merged.status, 200, "{merged:?}");
    let gone = seller.get(&path("customers", &too)).await.problem();
    assert_eq!((&gone["code"], gone.get("errors")), (&json!("not_found"), None), "{gone}");
    let auditor = admin.colleague(&["marketing"], None).await;
    assert_eq!(merge(&auditor, "customers", &[&mine, &theirs], json!({})).await.status, 403, "nor who may not merge");
}

#[tokio::test]
async fn what_somebody_may_not_read_goes_nowhere_he_could_read_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let role = admin.create("roles", &json!({"name": "整理"})).await;
    let grant = |action: &str| json!({"resource": "leads", "action": action, "scope": "all"});
    let grants: Vec<Value> = ["read", "update", "delete", "merge"].map(grant).into();
    let rights = json!({"personal": "masked", "fields": [], "grants": grants});
    assert_eq!(admin.change(Method::PUT, &path("roles", &role), "/rights", &rights).await.status, 200);
    let clerk = admin.colleague_with(&[role["id"].clone()]).await;
    let one = admin.create("leads", &json!({"name": "李伟", "phones": ["13800005678"], "company": "华信"})).await;
    let two = admin.create("leads", &json!({"name": "李薇", "phones": ["13900001111"]})).await;
    let refused = merge(&clerk, "leads", &[&two, &one], json!({"phones": one["id"]})).await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["code"]), (403, &json!("not_readable")), "{refused:?}");
    let merged = merge(&clerk, "leads", &[&two, &one], json!({"company": one["id"]})).await;
    assert_eq!(merged.status, 200, "{merged:?}");
    let lead = admin.get(&path("leads", &two)).await.json();
    assert_eq!((&lead["company"], &lead["phones"]), (&json!("华信"), &json!(["13900001111"])));
}

#[tokio::test]
async fn contacts_and_leads_are_merged_too() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let contact =
        async |name: &str| admin.create("contacts", &json!({"name": name, "customer_id": customer["id"]})).await;
    let (one, two) = (contact("李伟").await, contact("李伟 经理").await);
    let talk = json!({"kind": "visit", "subject": "拜访", "customer_id": customer["id"], "contact_id": two["id"]});
    let talk = admin.create("contact-records", &talk).await;
    let lead = admin.create("leads", &json!({"name": "李伟", "company": "华信"})).await;
    let converted =
        admin.change(Method::POST, &path("leads", &lead), "/conversion", &json!({"customer_id": customer["id"]})).await;
    assert_eq!(converted.status, 200, "{converted:?}");
    let merged = merge(&admin, "contacts", &[&one, &two], json!({"name": two["id"]})).await;
    assert_eq!((merged.status, &merged.json()["name"]), (200, &json!("李伟 经理")), "{merged:?}");
    assert_eq!(admin.get(&path("contact-records", &talk)).await.json()["contact_id"], one["id"]);
    let leads = [lead, admin.create("leads", &json!({"name": "李伟 2", "city": "苏州"})).await];
    let merged = merge(&admin, "leads", &[&leads[0], &leads[1]], json!({"city": leads[1]["id"]})).await;
    assert_eq!((merged.status, &merged.json()["city"]), (200, &json!("苏州")), "{merged:?}");
    let state = merge(&admin, "leads", &[&leads[0], &leads[0]], json!({"status": leads[0]["id"]})).await.problem();
    let codes: Vec<&Value> = state["errors"].as_array().expect("faults").iter().map(|fault| &fault["code"]).collect();
    assert_eq!(codes, ["itself", "read_only"], "all at once");
}

/// The server goes at any moment: what was not committed is not there.
#[tokio::test]
async fn a_merge_that_is_cut_off_leaves_all_as_it_was() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let five = five(&admin).await;
    let before = state(&app).await;
    let client = app.database.connect().await;
    let all: Vec<&Value> = five.iter().collect();
    let mut tags = Vec::new();
    for one in &all {
        tags.push(admin.etag(&path("customers", one)).await);
    }
    // One of the rows that it comes to last is somebody else's for now.
    client.batch_execute("begin; select 1 from customers where parent_id is not null for update").await.expect("held");
    let tags = tags.join(", ");
    let merging = merge_seen(&admin, "customers", &all, json!({}), &tags);
    let cut = async {
        let other = app.database.connect().await;
        let waiting = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() \
                       and wait_event_type = 'Lock' and query like '%customers%'";
        tests::eventually("it is under way", async || {
            let cut = other.query(waiting, &[]).await.expect("asked");
            (!cut.is_empty()).then_some(())
        })
        .await;
    };
    let (answer, ()) = futures_util::future::join(merging, cut).await;
    assert!(answer.status >= 500, "{answer:?}");
    client.batch_execute("rollback").await.expect("let go");
    assert_eq!(state(&app).await, before);
    let merged = merge_seen(&admin, "customers", &all, json!({}), &tags).await;
    assert_eq!(merged.status, 200, "and can be done again: {merged:?}");
}
