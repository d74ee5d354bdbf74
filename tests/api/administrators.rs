//! The house is never left without an administrator.

use futures_util::future::join;
use reqwest::Method;
use serde_json::json;
use tests::{Answer, App};

fn is_last(answer: &Answer) -> bool {
    answer.status == 409 && answer.problem()["errors"][0]["code"] == "last_administrator"
}

#[tokio::test]
async fn the_last_one_can_neither_be_disabled_nor_deleted_nor_lose_the_role() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let path = format!("/api/v1/users/{}", administrator.id);
    // Somebody who holds the role but could not sign in does not count.
    let helpless = administrator.new_user("helpless").await;
    assert_eq!(administrator.give_roles(&helpless, &["administrator"]).await.status, 200);
    assert!(is_last(&administrator.change(Method::PATCH, &path, "", &json!({"status": "disabled"})).await));
    assert!(is_last(&administrator.change(Method::DELETE, &path, "", &json!({})).await));
    assert!(is_last(&administrator.give_roles(&administrator.id, &["sales"]).await));
    assert!(is_last(&administrator.give_roles(&administrator.id, &[]).await));
    assert_eq!(administrator.get("/api/v1/users").await.status, 200, "nothing happened");
    administrator.colleague(&["administrator"], None).await;
    assert_eq!(administrator.give_roles(&administrator.id, &["sales"]).await.status, 200);
}

#[tokio::test]
async fn of_two_who_leave_at_the_same_moment_one_stays() {
    let app = App::start().await;
    let first = app.administrator().await;
    let second = first.colleague(&["administrator"], None).await;
    let leave = |user: &str| format!("/api/v1/users/{user}");
    let (paths, nothing) = ([leave(&first.id), leave(&second.id)], json!({"status": "disabled"}));
    let (one, other) = join(
        first.change(Method::PATCH, &paths[0], "", &nothing),
        second.change(Method::PATCH, &paths[1], "", &nothing),
    )
    .await;
    assert!(is_last(&one) != is_last(&other), "{one:?} {other:?}");
    let client = app.database.connect().await;
    let row = client.query_one("select count(*) from users where status = 'active'", &[]).await.expect("counted");
    assert_eq!(row.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn the_administrators_role_holds_everything_and_stays() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let role = administrator.role("administrator").await;
    let emptied = administrator.change(Method::PUT, &role, "/rights", &json!({"grants": [], "fields": []})).await;
    assert_eq!((emptied.status, &emptied.problem()["errors"][0]["code"]), (409, &"administrators_role".into()));
    let masked = administrator.change(Method::PATCH, &role, "", &json!({"personal": "masked"})).await;
    assert_eq!(masked.status, 409, "{masked:?}");
    assert_eq!(administrator.change(Method::DELETE, &role, "", &json!({})).await.status, 409);
    let renamed = administrator.change(Method::PATCH, &role, "", &json!({"name": "总管理员"})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
}
