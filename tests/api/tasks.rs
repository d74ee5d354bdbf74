//! What people have to do: done, opened again, repeated, and about any record.

use chrono::{Days, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};

fn path(task: &Value) -> String {
    format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"))
}

async fn act(person: &Actor<'_>, task: &Value, noun: &str) -> Answer {
    person.change(Method::POST, &path(task), &format!("/{noun}"), &json!({})).await
}

async fn open(person: &Actor<'_>) -> Vec<Value> {
    let list = person.get("/api/v1/tasks?filter[status]=open&sort=due_on").await.json();
    list["data"].as_array().expect("tasks").clone()
}

#[tokio::test]
async fn a_task_is_done_once_and_can_be_opened_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let task = admin.create("tasks", &json!({"subject": "寄样品"})).await;
    assert_eq!(
        [&task["status"], &task["priority"], &task["done_at"]],
        [&json!("open"), &json!("normal"), &Value::Null]
    );
    let done = act(&admin, &task, "completion").await;
    assert_eq!((done.status, &done.json()["status"]), (200, &json!("done")), "{done:?}");
    assert!(done.json()["done_at"].is_string());
    let again = act(&admin, &task, "completion").await;
    assert_eq!((again.status, &again.problem()["errors"][0]["code"]), (409, &json!("wrong_state")));
    let edited = admin.patch(&path(&task), &admin.etag(&path(&task)).await, &json!({"status": "open"})).await;
    assert_eq!(edited.problem()["errors"][0]["code"], "read_only", "only acts move it");
    let reopened = act(&admin, &task, "reopening").await.json();
    assert_eq!((&reopened["status"], &reopened["done_at"]), (&json!("open"), &Value::Null));
}

#[tokio::test]
async fn a_repeated_task_comes_again_once_and_goes_when_the_first_is_open_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let today = Utc::now().date_naive();
    let due = json!({"subject": "月度对账", "due_on": today, "repeat": "weekly", "priority": "high"});
    let task = admin.create("tasks", &due).await;
    assert_eq!(act(&admin, &task, "completion").await.status, 200);
    let next = open(&admin).await;
    assert_eq!(next.len(), 1, "{next:?}");
    let week = today + Days::new(7);
    assert_eq!(
        (&next[0]["due_on"], &next[0]["repeats_id"], &next[0]["priority"]),
        (&json!(week), &task["id"], &json!("high"))
    );
    assert_eq!(next[0]["owner_id"], task["owner_id"]);

    assert_eq!(act(&admin, &task, "reopening").await.status, 200);
    let left: Vec<Value> = open(&admin).await.into_iter().map(|task| task["id"].clone()).collect();
    assert_eq!(left, [task["id"].clone()], "the next one would stand beside it");
    assert_eq!(act(&admin, &task, "completion").await.status, 200);
    let next = open(&admin).await.remove(0);
    let begun = admin.patch(&path(&next), &admin.etag(&path(&next)).await, &json!({"notes": "已约财务"})).await;
    assert_eq!(begun.status, 200);
    for noun in ["reopening", "completion"] {
        assert_eq!(act(&admin, &task, noun).await.status, 200);
    }
    let left: Vec<Value> = open(&admin).await.into_iter().map(|task| task["id"].clone()).collect();
    assert_eq!(left, [next["id"].clone()], "what somebody has begun stays, and is not made twice");
}

#[tokio::test]
async fn many_are_done_at_once_and_taken_back_with_those_that_came_of_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let mut ids = Vec::new();
    for subject in ["周报", "巡检"] {
        let body = json!({"subject": subject, "due_on": Utc::now().date_naive(), "repeat": "daily"});
        ids.push(admin.create("tasks", &body).await["id"].clone());
    }
    let body = json!({"action": "act", "act": "completion", "ids": ids});
    let operation = admin.post("/api/v1/tasks/bulk", &body).await.json();
    assert_eq!(operation["updated"], 2, "{operation}");
    let next: Vec<Value> = open(&admin).await.into_iter().map(|task| task["repeats_id"].clone()).collect();
    assert!(next.len() == 2 && ids.iter().all(|id| next.contains(id)), "{next:?}");
    let undo = format!("/api/v1/operations/{}/undo", operation["id"].as_str().expect("an id"));
    let undone = admin.post(&undo, &json!({})).await;
    assert_eq!(undone.status, 200, "{undone:?}");
    let left: Vec<Value> = open(&admin).await.into_iter().map(|task| task["id"].clone()).collect();
    assert!(left.len() == 2 && ids.iter().all(|id| left.contains(id)), "{left:?}");
}

#[tokio::test]
async fn a_task_is_about_a_record_that_its_writer_sees() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let hidden = admin.create("customers", &json!({"name": "别人的"})).await;
    let own = seller.create("customers", &json!({"name": "华信"})).await;
    let about = |id: &Value| json!({"subject": "准备报价", "about_type": "customers", "about_id": id});
    for id in [&hidden["id"], &json!("01890000-0000-7000-8000-000000000000")] {
        let refused = seller.post("/api/v1/tasks", &about(id)).await;
        let fault = &refused.problem()["errors"][0];
        assert_eq!(
            (refused.status, &fault["pointer"], &fault["code"]),
            (422, &json!("/about_id"), &json!("not_found"))
        );
    }
    let task = seller.create("tasks", &about(&own["id"])).await;
    let told = seller.get(&format!("{}?expand=about", path(&task))).await.json();
    assert_eq!(told["about"], json!({"id": own["id"], "name": "华信", "resource": "customers"}));
    let unseen = admin
        .create(
            "tasks",
            &json!({"subject": "合同", "owner_id": seller.id, "about_type": "customers", "about_id": hidden["id"]}),
        )
        .await;
    let told = seller.get(&format!("{}?expand=about,owner", path(&unseen))).await.json();
    assert_eq!(
        (&told["about"], &told["owner"]["id"]),
        (&Value::Null, &json!(seller.id)),
        "a title that he does not see"
    );

    // The task is somebody's own: it stays, and tells no name of what is gone.
    let customer = format!("/api/v1/customers/{}", own["id"].as_str().expect("an id"));
    assert_eq!(admin.delete(&customer, &admin.etag(&customer).await).await.status, 204);
    let left = seller.get(&format!("{}?expand=about", path(&task))).await.json();
    assert_eq!((&left["about_id"], &left["about"]), (&own["id"], &Value::Null));
    assert_eq!(act(&seller, &task, "completion").await.status, 200);
}
