//! Whoever follows a record is told when others change it or speak of it: once until they have looked, and never of what
//! they may no longer see. A team's stream tells the rest.

use reqwest::Method;
use serde_json::{Value, json};
use store::platform::followers;
use tests::{Actor, Answer, App, eventually};

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

async fn follow(person: &Actor<'_>, path: &str, method: Method) -> Answer {
    Answer::of(person.request(method, &format!("{path}/follow"))).await
}

/// Looks until everything that is committed by now was looked at: whoever works elsewhere in the cluster holds it up.
async fn look(app: &App) {
    let (client, store) = (app.database.connect().await, app.store().await);
    let now: i64 = client.query_one("select pg_current_xact_id()::text::bigint", &[]).await.expect("asked").get(0);
    eventually("all of it was looked at", async || {
        followers::run(&store.system("a test")).await.expect("looked");
        let from = "select (payload ->> 'from')::bigint from schedules where kind = 'followers'";
        let from: Option<i64> = client.query_one(from, &[]).await.expect("asked").get(0);
        from.filter(|from| *from > now)
    })
    .await;
}

async fn told(person: &Actor<'_>) -> Vec<Value> {
    let list = person.get("/api/v1/notifications?filter[reason]=followed&expand=about").await.json();
    list["data"].as_array().expect("notifications").clone()
}

async fn rename(person: &Actor<'_>, path: &str, name: &str) {
    let answer = person.change(Method::PATCH, path, "", &json!({ "name": name })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn who_follows_is_told_of_what_others_do_once_until_they_have_looked() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (seller, analyst) = (admin.colleague(&["sales"], None).await, admin.colleague(&["analyst"], None).await);
    let customer = seller.create("customers", &json!({"name": "华信"})).await;
    let other = seller.create("customers", &json!({"name": "远航"})).await;
    let address = path("customers", &customer);
    look(&app).await;
    rename(&admin, &address, "华信集团").await;
    for (person, method, following) in [(&seller, Method::POST, true), (&analyst, Method::POST, true)] {
        let answer = follow(person, &address, method).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "following": following })));
    }
    assert_eq!(follow(&seller, &address, Method::POST).await.status, 200, "once more is no more");
    assert_eq!(seller.get(&format!("{address}/follow")).await.json(), json!({"following": true}));
    assert_eq!(admin.get(&format!("{address}/follow")).await.json(), json!({"following": false}));
    look(&app).await;
    assert_eq!((told(&seller).await.len(), told(&analyst).await.len()), (0, 0), "what was before is no news");

    rename(&seller, &address, "华信科技").await;
    rename(&seller, &path("customers", &other), "远航贸易").await;
    look(&app).await;
    assert_eq!(told(&seller).await.len(), 0, "nobody is told of what he did himself");
    let known = told(&analyst).await;
    assert_eq!(known.len(), 1, "{known:?}");
    assert_eq!(known[0]["about"], json!({"id": customer["id"], "name": "华信科技", "resource": "customers"}));
    for name in ["一", "二"] {
        rename(&admin, &address, name).await;
        look(&app).await;
    }
    assert_eq!((told(&seller).await.len(), told(&analyst).await.len()), (1, 1), "one word until they have looked");
    let own = path("notifications", &told(&seller).await[0]);
    let read = seller.patch(&own, &seller.etag(&own).await, &json!({"read_at": "2026-11-29T08:00:00Z"})).await;
    assert_eq!(read.status, 200, "{read:?}");
    let said = json!({"text": "客户同意了", "about_type": "customers", "about_id": customer["id"]});
    admin.create("comments", &said).await;
    look(&app).await;
    look(&app).await;
    assert_eq!((told(&seller).await.len(), told(&analyst).await.len()), (2, 1), "of what is said too");

    assert_eq!(follow(&analyst, &address, Method::DELETE).await.json(), json!({"following": false}));
    let theirs = path("notifications", &told(&analyst).await[0]);
    let etag = analyst.etag(&theirs).await;
    assert_eq!(analyst.patch(&theirs, &etag, &json!({"read_at": "2026-11-29T08:00:00Z"})).await.status, 200);
    rename(&admin, &address, "三").await;
    look(&app).await;
    assert_eq!(told(&analyst).await.len(), 1, "who no longer follows is left in peace");
}

#[tokio::test]
async fn nobody_follows_what_he_does_not_see_nor_is_told_of_it_any_longer() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (seller, other) = (admin.colleague(&["sales"], None).await, admin.colleague(&["sales"], None).await);
    let customer = seller.create("customers", &json!({"name": "华信"})).await;
    let address = path("customers", &customer);
    for method in [Method::GET, Method::POST, Method::DELETE] {
        assert_eq!(follow(&other, &address, method).await.status, 404);
    }
    assert_eq!(follow(&seller, &address, Method::POST).await.status, 200);
    look(&app).await;
    let handed = admin.change(Method::POST, &address, "/assign", &json!({"owner_id": other.id})).await;
    assert_eq!(handed.status, 200);
    look(&app).await;
    assert_eq!(told(&seller).await.len(), 0, "it was handed over");
}

async fn stream(person: &Actor<'_>, query: &str) -> Vec<(String, String, Vec<String>)> {
    let (mut all, mut before) = (Vec::new(), String::new());
    loop {
        let page = person.get(&format!("/api/v1/activity?limit=2{query}{before}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        let page = page.json();
        for entry in page["data"].as_array().expect("entries") {
            let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            let changed =
                entry["fields"].as_array().expect("fields").iter().filter_map(Value::as_str).map(str::to_owned);
            all.push((text("operation"), text("title"), changed.collect()));
        }
        match page["page"]["next_cursor"].as_str() {
            Some(next) => before = format!("&before={}", next.replace('+', "%2B")),
            None => return all,
        }
    }
}

#[tokio::test]
async fn the_stream_tells_the_latest_of_what_one_sees_by_department() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let first = admin.create("departments", &json!({"name": "一部"})).await["id"].clone();
    let second = admin.create("departments", &json!({"name": "二部"})).await["id"].clone();
    let one = admin.colleague(&["sales"], first.as_str()).await;
    let two = admin.colleague(&["sales"], second.as_str()).await;
    let customer = one.create("customers", &json!({"name": "华信", "phones": ["13812345678"]})).await;
    two.create("customers", &json!({"name": "远航"})).await;
    rename(&one, &path("customers", &customer), "华信集团").await;
    let gone = two.create("tasks", &json!({"subject": "寄样品"})).await;
    let etag = two.etag(&path("tasks", &gone)).await;
    assert_eq!(two.delete(&path("tasks", &gone), &etag).await.status, 204);

    let entry = |operation: &str, record: &str, changed: &[&str]| {
        (operation.to_owned(), record.to_owned(), changed.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>())
    };
    let of_first = vec![entry("update", "华信集团", &["name"]), entry("create", "华信集团", &[])];
    let of_second = vec![entry("create", "远航", &[])];
    assert_eq!(stream(&one, "").await, of_first, "one's own");
    assert_eq!(stream(&two, "").await, of_second, "nothing of what is gone");
    let all = stream(&admin, "").await;
    assert_eq!(all, [of_first[0].clone(), of_second[0].clone(), of_first[1].clone()]);
    let within = |department: &Value| format!("&department_id={}", department.as_str().expect("an id"));
    assert_eq!(stream(&admin, &within(&first)).await, of_first);
    assert_eq!(stream(&admin, &within(&second)).await, of_second);
    assert_eq!(stream(&one, &within(&second)).await, [], "what he does not see is in no department");
    let refused = admin.get("/api/v1/activity?department_id=x").await;
    assert_eq!(refused.status, 400, "{refused:?}");
}
