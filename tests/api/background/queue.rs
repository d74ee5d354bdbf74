//! The queue itself: jobs outlive the process that works on them, and stop when they are told to.

use serde_json::json;
use tests::{App, eventually};

use super::{ended, preview, repeatable};

#[tokio::test]
async fn a_job_whose_worker_died_goes_on_at_its_checkpoint() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let lines: String = (1..=2500).map(|n| format!("K{n},客户{n}\n")).collect();
    let looked_at = preview(&admin, "customers", format!("编号,客户名称\n{lines}")).await.json();
    let client = app.database.connect().await;
    // The first chunk is written and the next one fails: the database refuses lines beyond the first thousand.
    let trap = "create function trap() returns trigger language plpgsql as \
                $$ begin perform pg_sleep(60); return new; end $$; \
                create trigger trap before insert on customers for each row when (new.name = '客户1500') execute function trap()";
    client.batch_execute(trap).await.expect("a trap");
    let mut body = json!({"resource": "customers", "mode": "upsert", "system": "erp", "file_id": looked_at["file_id"]});
    body["corrections"] =
        json!([{"line": 2001, "cells": {"客户名称": "改过的"}}, {"line": 9999, "cells": {"客户名称": "无处"}}]);
    let accepted = repeatable(&admin, "/api/v1/imports", &body).await;
    let path = accepted.header("location").to_owned();
    eventually("the first chunk is written", async || (admin.get(&path).await.json()["done"] == 1000).then_some(()))
        .await;
    // Its worker dies: the backend that sleeps in the trap is ended, and the lease runs out in favour of nobody.
    let kill = "update jobs set leased_by = 'a dead process', lease_until = now() - interval '1 second' where kind = 'import'; \
                drop trigger trap on customers";
    let end = "select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity \
               where wait_event = 'PgSleep' and datname = current_database()) ended";
    eventually("it is caught in the trap", async || {
        (client.query_one(end, &[]).await.expect("asked").get::<_, i64>(0) > 0).then_some(())
    })
    .await;
    client.batch_execute(kill).await.expect("died");
    let job = ended(&admin, &accepted).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("succeeded"), &json!(2500)), "{job}");
    assert!(job["resumed_count"].as_i64() >= Some(1), "{job}");
    let rows = client.query_one("select count(*), count(distinct name) from customers", &[]).await.expect("counted");
    assert_eq!((rows.get::<_, i64>(0), rows.get::<_, i64>(1)), (2500, 2500), "no line is lost and none came twice");
    let mended = client.query_one("select count(*) from customers where name = '改过的'", &[]).await.expect("counted");
    assert_eq!(
        (mended.get::<_, i64>(0), &job["failed"]),
        (1, &json!(1)),
        "what was corrected is known to the next worker: {job}"
    );
}

#[tokio::test]
async fn a_waiting_job_can_be_cancelled_by_its_owner_only() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let client = app.database.connect().await;
    let job = "01900000-0000-7000-8000-00000000000a";
    let insert = format!(
        "insert into jobs (id, kind, payload, user_id, run_at) values ('{job}', 'undo', '{{}}', '{}', now() + interval '1 hour')",
        admin.id
    );
    client.batch_execute(&insert).await.expect("inserted");
    let path = format!("/api/v1/jobs/{job}/cancel");
    assert_eq!(seller.post(&path, &json!({})).await.status, 404);
    assert_eq!(admin.post(&path, &json!({})).await.json()["state"], "cancelled");
    assert_eq!(admin.post(&path, &json!({})).await.problem()["errors"][0]["code"], "already_ended");
    let jobs = admin.get("/api/v1/jobs").await.json();
    assert!(jobs["data"].as_array().is_some_and(|jobs| !jobs.is_empty()), "{jobs}");
}

#[tokio::test]
async fn the_daily_upkeep_forgets_what_is_old() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("customers", &json!({"name": "留下的"})).await;
    let client = app.database.connect().await;
    let old = "insert into customers (id, name, title_sort, kind, status, deleted_at) \
               values (gen_random_uuid(), '旧的', 'j', 'company', 'lost', now() - interval '31 days'), \
                      (gen_random_uuid(), '新近删除的', 'x', 'company', 'lost', now() - interval '1 day'); \
               insert into comments (id, text, title_sort, about_type, about_id, created_at) \
               select gen_random_uuid(), name, title_sort, 'customers', id, now() - interval '31 days' from customers; \
               update schedules set next_at = now()";
    let counted = async |table| {
        let query = format!("select count(*) from {table}");
        client.query_one(&query, &[]).await.expect("counted").get::<_, i64>(0)
    };
    eventually("the server schedules its work", async || (counted("schedules").await > 0).then_some(())).await;
    client.batch_execute(old).await.expect("made old");
    eventually("the old record goes", async || (counted("customers").await == 2).then_some(())).await;
    eventually("what was said of it goes too", async || (counted("comments").await == 2).then_some(())).await;
}
