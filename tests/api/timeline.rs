//! What is told of a record, from all sides, in one order.

use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, App};

fn timeline(resource: &str, record: &Value, query: &str) -> String {
    format!("/api/v1/{resource}/{}/timeline?{query}", record["id"].as_str().expect("an id"))
}

/// Kind and title of each entry.
fn told(page: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let title = |entry: &Value| match entry["kind"].as_str() {
        Some("changes") => text(&entry["change"]["operation"]),
        Some("opportunities") => text(&entry["record"]["name"]),
        _ => text(&entry["record"]["subject"]),
    };
    page["data"].as_array().expect("entries").iter().map(|entry| (text(&entry["kind"]), title(entry))).collect()
}

/// The whole of a timeline, page by page.
async fn walked(person: &Actor<'_>, resource: &str, record: &Value, query: &str) -> Vec<(String, String)> {
    let (mut all, mut before) = (Vec::new(), String::new());
    loop {
        let page = person.get(&timeline(resource, record, &format!("{query}{before}"))).await.json();
        all.extend(told(&page));
        match page["page"]["next_cursor"].as_str() {
            Some(next) => before = format!("&before={}", next.replace('+', "%2B")),
            None => return all,
        }
    }
}

struct Story {
    customer: Value,
    contact: Value,
}

async fn story(admin: &Actor<'_>) -> Story {
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let contact = admin.create("contacts", &json!({"name": "李娜", "customer_id": customer["id"]})).await;
    for (subject, at) in [("第一次拜访", "2026-01-05T08:00:00Z"), ("报价说明", "2026-02-05T08:00:00Z")] {
        let body =
            json!({"subject": subject, "customer_id": customer["id"], "contact_id": contact["id"], "happened_at": at});
        admin.create("contact-records", &body).await;
    }
    let about = json!({"subject": "准备样品", "about_type": "customers", "about_id": customer["id"]});
    admin.create("tasks", &about).await;
    admin.create("opportunities", &json!({"name": "三号线改造", "customer_id": customer["id"]})).await;
    Story { customer, contact }
}

#[tokio::test]
async fn everything_that_tells_of_a_customer_stands_in_one_order() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let Story { customer, contact } = story(&admin).await;
    let expected = [
        ("opportunities", "三号线改造"),
        ("tasks", "准备样品"),
        ("changes", "create"),
        ("contact-records", "报价说明"),
        ("contact-records", "第一次拜访"),
    ]
    .map(|(kind, title)| (kind.to_owned(), title.to_owned()));
    for limit in [1, 2, 50] {
        assert_eq!(
            walked(&admin, "customers", &customer, &format!("limit={limit}")).await,
            expected,
            "{limit} at a time"
        );
    }
    let some = walked(&admin, "customers", &customer, "limit=1&kinds=tasks,contact-records").await;
    assert_eq!(some, [&expected[1], &expected[3], &expected[4]].map(Clone::clone));
    let of_contact = walked(&admin, "contacts", &contact, "kinds=contact-records,tasks").await;
    assert_eq!(of_contact, [expected[3].clone(), expected[4].clone()]);
    let page = admin.get(&timeline("customers", &customer, "kinds=contact-records")).await.json();
    assert_eq!(page["data"][0]["record"]["contact"]["name"], "李娜", "{page}");
    for (query, code) in
        [("kinds=planets", "bad_parameter"), ("before=yesterday", "invalid_cursor"), ("limit=0", "bad_parameter")]
    {
        assert_eq!(admin.get(&timeline("customers", &customer, query)).await.problem()["code"], code, "{query}");
    }
}

#[tokio::test]
async fn nobody_is_told_what_he_may_not_read() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let Story { customer, .. } = story(&admin).await;
    let role = admin.create("roles", &json!({"name": "前台", "personal": "read"})).await;
    let grant = |resource: &str, scope: &str| json!({"resource": resource, "action": "read", "scope": scope});
    let hidden = json!({"resource": "opportunities", "field": "customer_id", "right": "none"});
    let rights = json!({
        "grants": [grant("customers", "all"), grant("contact-records", "all"), grant("tasks", "own"), grant("opportunities", "all")],
        "fields": [hidden, {"resource": "contact-records", "field": "content", "right": "none"}],
    });
    let path = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    assert_eq!(admin.change(Method::PUT, &path, "/rights", &rights).await.status, 200);
    let person = admin.colleague_with(&[role["id"].clone()]).await;
    let kinds: Vec<String> =
        walked(&person, "customers", &customer, "").await.into_iter().map(|(kind, _)| kind).collect();
    // Tasks of others, and opportunities of which it is hidden whose they are, are not told.
    assert_eq!(kinds, ["changes", "contact-records", "contact-records"]);
    let page = person.get(&timeline("customers", &customer, "kinds=contact-records")).await.json();
    assert!(page["data"][0]["record"].get("content").is_none(), "{page}");
    let stranger = admin.colleague(&["sales"], None).await;
    assert_eq!(stranger.get(&timeline("customers", &customer, "")).await.status, 404);
}

#[tokio::test]
async fn two_thousand_entries_are_walked_without_repeating_or_missing_one() {
    let app = App::start_with(&[("ZHIYIN_REQUESTS_PER_MINUTE", "100000")]).await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    // A thousand of each, of few moments, so that many stand at the same one.
    let client = app.database.connect().await;
    for statement in [
        "insert into contact_records (id, owner_id, kind, subject, title_sort, customer_id, happened_at)
         select gen_random_uuid(), owner_id, 'call', 'r' || n, 'r', id, '2026-01-01'::timestamptz + (n / 100) * interval '1 day'
         from customers, generate_series(1, 1000) n",
        "insert into tasks (id, owner_id, created_at, subject, title_sort, priority, status, about_type, about_id)
         select gen_random_uuid(), owner_id, '2026-01-01'::timestamptz + (n / 100) * interval '1 day', 't' || n, 't', 'normal', 'open', 'customers', id
         from customers, generate_series(1, 1000) n",
    ] {
        client.execute(statement, &[]).await.expect("rows");
    }
    let all = walked(&admin, "customers", &customer, "limit=70").await;
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (2_001, 2_001));
    let since = Instant::now();
    for _ in 0..20 {
        assert_eq!(admin.get(&timeline("customers", &customer, "limit=20")).await.status, 200);
    }
    println!("a page of a timeline of 2,000 entries: {:?}", since.elapsed() / 20);
}

/// Rows for one customer, and a hundred thousand for others.
const CROWD: &str = "
    alter table contact_records disable trigger user;
    alter table tasks disable trigger user;
    alter table opportunities disable trigger user;
    insert into customers (id, owner_id, name, title_sort, kind, status)
    select gen_random_uuid(), owner_id, 'k' || n, 'k', 'company', 'potential' from customers, generate_series(1, 500) n;
    create temp table whose as select c.id, c.owner_id, n from customers c, generate_series(1, 700) n
    where c.name = '华信' or n <= 70;
    insert into contact_records (id, owner_id, kind, subject, title_sort, customer_id, happened_at)
    select gen_random_uuid(), owner_id, 'call', 'r', 'r', id, '2026-01-01'::timestamptz + n * interval '1 hour' from whose;
    insert into tasks (id, owner_id, created_at, subject, title_sort, priority, status, about_type, about_id)
    select gen_random_uuid(), owner_id, '2026-01-01'::timestamptz + n * interval '1 hour', 't', 't', 'normal', 'open',
        'customers', id from whose;
    insert into opportunities (id, owner_id, created_at, number, name, title_sort, currency, status, customer_id)
    select gen_random_uuid(), owner_id, '2026-01-01'::timestamptz + n * interval '1 hour', gen_random_uuid()::text, 'o',
        'o', 'CNY', 'open', id from whose;
    analyze contact_records; analyze tasks; analyze opportunities";

#[tokio::test]
async fn a_page_reads_what_it_shows_however_much_there_is_of_others() {
    let app = App::start_with(&[("ZHIYIN_REQUESTS_PER_MINUTE", "100000")]).await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let id = customer["id"].as_str().expect("an id");
    let client = app.database.connect().await;
    client.batch_execute(CROWD).await.expect("a crowd");
    for (table, link, moment, index) in [
        ("contact_records", "customer_id", "happened_at", "contact_records_customer"),
        ("tasks", "about_id", "created_at", "tasks_about"),
        ("opportunities", "customer_id", "created_at", "opportunities_of_customer"),
    ] {
        let count: i64 = client.query_one(&format!("select count(*) from {table}"), &[]).await.expect("counted").get(0);
        assert!(count > 30_000, "{table}: {count}");
        let explain = format!(
            "explain (analyze, costs off, timing off, summary off) select * from {table} where deleted_at is null \
             and {link} = '{id}' and ({moment}, id) < ('infinity', '{}') order by {moment} desc, id desc limit 21",
            uuid::Uuid::max()
        );
        let rows = client.query(&explain, &[]).await.expect("a plan");
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains(index) && !plan.contains("Sort"), "{table}:\n{plan}");
        println!("{plan}");
    }
    let since = Instant::now();
    for _ in 0..20 {
        let page = admin.get(&timeline("customers", &customer, "limit=20")).await.json();
        assert_eq!(page["data"].as_array().map(Vec::len), Some(20));
    }
    println!("a page of a timeline of 2,100 entries among 100,000: {:?}", since.elapsed() / 20);
}
