//! Nobody keeps the database busy alone.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tests::{Answer, App, eventually};

#[tokio::test]
async fn one_persons_costly_questions_leave_room_for_everybody_else() {
    let app = App::start_with(&[("ZHIYIN_DATABASE_CONNECTIONS", "20")]).await;
    let admin = app.administrator().await;
    let other = admin.colleague(&["sales"], None).await;
    let client = app.database.connect().await;
    // As long as the table is locked, questions at it take as long as the worst filter does.
    client.batch_execute("begin; lock table customers in access exclusive mode").await.expect("locked");
    let filter = json!({"filter": {"not": {"field": "city", "op": "eq", "value": "深圳"}}, "count": "exact"});
    let heavy =
        || Answer::of(app.request(Method::POST, "/api/v1/customers/search").bearer_auth(&admin.token).json(&filter));
    let everybody = async {
        let waiting = async || {
            let query = "select count(*) from pg_locks where not granted and relation = 'customers'::regclass";
            client.query_one(query, &[]).await.expect("asked").get::<_, i64>(0)
        };
        eventually("the first questions are at work", async || (waiting().await >= 4).then_some(())).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(waiting().await, 4, "the others of the same person wait for their turn");
        let began = Instant::now();
        assert_eq!(other.get("/api/v1/customer-types?sort=name").await.status, 200);
        assert!(began.elapsed() < Duration::from_secs(3), "somebody else waited {:?}", began.elapsed());
        client.batch_execute("commit").await.expect("let go");
    };
    let (answers, ()) = tokio::join!(join_all((0..24).map(|_| heavy())), everybody);
    assert!(answers.iter().all(|answer| answer.status == 200), "their turn comes: {answers:?}");
}

#[tokio::test]
async fn who_queues_too_many_costly_questions_is_told_when_to_come_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let client = app.database.connect().await;
    client.batch_execute("begin; lock table customers in access exclusive mode").await.expect("locked");
    let ask = || admin.get("/api/v1/customers?count=exact&sort=city");
    let leave = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        client.batch_execute("commit").await.expect("let go");
    };
    let (answers, ()) = tokio::join!(join_all((0..50).map(|_| ask())), leave);
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty() && refused.len() < 40, "{} of 50 were refused", refused.len());
    for answer in refused {
        assert_eq!((answer.problem()["code"].as_str(), answer.header("retry-after")), (Some("too_many_at_once"), "2"));
    }
}
