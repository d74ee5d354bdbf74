//! Whoever has to do something is reminded of it at the moment that they named: once, by whichever process.

use reqwest::Method;
use serde_json::{Value, json};
use store::platform::reminders;
use tests::{Actor, App, eventually};

fn path(task: &Value) -> String {
    format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"))
}

async fn told(person: &Actor<'_>) -> Vec<Value> {
    let list = person.get("/api/v1/notifications?filter[reason]=reminder&expand=about").await.json();
    list["data"].as_array().expect("notifications").clone()
}

async fn remind(app: &App) {
    reminders::run(&app.store().await.system("a test")).await.expect("reminded");
}

fn minutes_ago(minutes: i64) -> String {
    domain::instant::format(chrono::Utc::now() - chrono::TimeDelta::minutes(minutes))
}

#[tokio::test]
async fn of_each_moment_its_owner_is_reminded_once_however_many_ask() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let task = |at: String| json!({"subject": "寄样品", "remind_at": at});
    let due = seller.create("tasks", &task(minutes_ago(5))).await;
    seller.create("tasks", &task(minutes_ago(-60))).await;
    seller.create("tasks", &task(minutes_ago(60 * 24 * 8))).await;
    let done = seller.create("tasks", &task(minutes_ago(5))).await;
    assert_eq!(seller.change(Method::POST, &path(&done), "/completion", &json!({})).await.status, 200);

    let store = app.store().await;
    let (one, other) = (store.system("one process"), store.system("another"));
    let (one, other) = tokio::join!(reminders::run(&one), reminders::run(&other));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    remind(&app).await;
    let known = told(&seller).await;
    assert_eq!(known.len(), 1, "not yet, too long ago, done already: {known:?}");
    assert_eq!(known[0]["about"], json!({"id": due["id"], "name": "寄样品", "resource": "tasks"}));
    assert_eq!((&known[0]["remind_at"], &known[0]["read_at"]), (&due["remind_at"], &Value::Null));
    assert_eq!(told(&admin).await.len(), 0, "it is nobody else's");
    let unread = seller.get("/api/v1/notifications?filter[read_at][is_null]=true&count=exact").await.json();
    assert_eq!(unread["page"]["total"], 1, "the bell counts it");
}

#[tokio::test]
async fn a_moved_reminder_reminds_again_and_a_task_handed_over_its_new_owner() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (seller, other) = (admin.colleague(&["sales"], None).await, admin.colleague(&["sales"], None).await);
    let task = seller.create("tasks", &json!({"subject": "回电", "remind_at": minutes_ago(10)})).await;
    remind(&app).await;
    let remind_at = async |minutes: i64| {
        let etag = seller.etag(&path(&task)).await;
        let moved = seller.patch(&path(&task), &etag, &json!({"remind_at": minutes_ago(minutes)})).await;
        assert_eq!(moved.status, 200, "{moved:?}");
    };
    remind_at(-30).await;
    remind(&app).await;
    assert_eq!(told(&seller).await.len(), 1, "its new moment has not come");
    remind_at(2).await;
    remind(&app).await;
    assert_eq!(told(&seller).await.len(), 2);

    let handed = admin.change(Method::POST, &path(&task), "/assign", &json!({"owner_id": other.id})).await;
    assert_eq!(handed.status, 200);
    remind(&app).await;
    assert_eq!((told(&seller).await.len(), told(&other).await.len()), (2, 1));
    let names: Vec<Value> = told(&seller).await.into_iter().map(|told| told["about"].clone()).collect();
    assert_eq!(names, [Value::Null, Value::Null], "what he no longer sees has no name");
}

#[tokio::test]
async fn the_server_looks_every_minute_and_leaves_no_trail_of_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("tasks", &json!({"subject": "开会", "remind_at": minutes_ago(1)})).await;
    let client = app.database.connect().await;
    let runs = async || {
        let last = "select coalesce(max(finished_at), '-infinity')::text, count(*) from jobs \
                    where kind = 'reminders' and state = 'succeeded'";
        let row = client.query_one(last, &[]).await.expect("asked");
        (row.get::<_, String>(0), row.get::<_, i64>(1))
    };
    for _ in 0..3 {
        let (before, _) = runs().await;
        client.execute("update schedules set next_at = now() where kind = 'reminders'", &[]).await.expect("due");
        client.batch_execute("notify zhiyin_jobs").await.expect("said");
        let (_, kept) = eventually("another run", async || Some(runs().await).filter(|(at, _)| *at != before)).await;
        assert_eq!(kept, 1, "of its runs the last is kept");
    }
    assert_eq!(told(&admin).await.len(), 1);
    let every: i32 = client
        .query_one("select every_seconds from schedules where kind = 'reminders'", &[])
        .await
        .expect("a schedule")
        .get(0);
    assert_eq!(every, 60);
}
