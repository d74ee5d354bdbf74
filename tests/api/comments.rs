//! What people say about records: seen with the record, changed by who wrote it, and told to whom it mentions.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

fn about(customer: &Value, text: &str) -> Value {
    json!({"text": text, "about_type": "customers", "about_id": customer["id"]})
}

fn mention(person: &Actor<'_>) -> String {
    format!("@[{}]({})", "同事", person.id)
}

async fn delete(person: &Actor<'_>, path: &str, etag: &str) -> u16 {
    person.delete(path, etag).await.status
}

/// How many comments somebody finds, by every way to more than one.
async fn found(person: &Actor<'_>) -> [Value; 4] {
    let list = person.get("/api/v1/comments?count=exact").await.json();
    let sought = person.get("/api/v1/comments?q=kestrel&count=exact").await.json();
    let filtered = person.get("/api/v1/comments?filter[text][contains]=kestrel&count=exact").await.json();
    let summed = person.post("/api/v1/comments/summary", &json!({"of": ["count"]})).await.json();
    [
        list["page"]["total"].clone(),
        sought["page"]["total"].clone(),
        filtered["page"]["total"].clone(),
        summed["totals"]["figures"][0].clone(),
    ]
}

async fn notifications(person: &Actor<'_>, query: &str) -> Vec<Value> {
    let list = person.get(&format!("/api/v1/notifications{query}")).await.json();
    list["data"].as_array().expect("notifications").clone()
}

#[tokio::test]
async fn a_comment_is_seen_with_its_record_and_by_nobody_else() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (seller, other) = (admin.colleague(&["sales"], None).await, admin.colleague(&["sales"], None).await);
    let customer = seller.create("customers", &json!({"name": "华信"})).await;
    let comment = seller.create("comments", &about(&customer, "kestrel 同意了报价")).await;
    let (of_customer, address) = (path("customers", &customer), path("comments", &comment));
    let etag = seller.etag(&address).await;

    let all = [1, 1, 1, 1].map(Value::from);
    let none = [0, 0, 0, 0].map(Value::from);
    assert_eq!(
        (found(&seller).await, found(&admin).await, found(&other).await),
        (all.clone(), all.clone(), none.clone())
    );
    let unseen = [
        other.get(&address).await,
        other.get(&format!("{address}/history")).await,
        other.patch(&address, &etag, &json!({"text": "x"})).await,
        other.delete(&address, &etag).await,
        other.get(&format!("{of_customer}/timeline")).await,
    ];
    assert_eq!(unseen.map(|answer| answer.status), [404; 5]);
    let said = other.post("/api/v1/comments", &about(&customer, "x")).await;
    assert_eq!((said.status, &said.problem()["errors"][0]["code"]), (422, &json!("not_found")));
    let told = seller.get(&format!("{of_customer}/timeline?kinds=comments")).await.json();
    assert_eq!(told["data"][0]["record"]["text"], "kestrel 同意了报价");

    // Handed over, the record takes what was said of it along.
    let handed = admin.change(Method::POST, &of_customer, "/assign", &json!({"owner_id": other.id})).await;
    assert_eq!(handed.status, 200);
    assert_eq!((found(&seller).await, found(&other).await), (none.clone(), all.clone()));
    assert_eq!(seller.get(&address).await.status, 404, "also who wrote it");
    assert_eq!(other.get(&address).await.json()["version"], 1, "nothing of it was written");

    assert_eq!(delete(&admin, &of_customer, &admin.etag(&of_customer).await).await, 204);
    assert_eq!((found(&admin).await, admin.get(&address).await.status), (none, 404));
    assert_eq!(admin.post(&format!("{of_customer}/restore"), &json!({})).await.status, 200);
    assert_eq!(found(&other).await, all);
}

#[tokio::test]
async fn words_are_changed_by_their_writer_and_taken_away_by_who_could_delete_the_record() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (seller, looker) = (admin.colleague(&["sales"], None).await, admin.colleague(&["analyst"], None).await);
    let customer = seller.create("customers", &json!({"name": "华信"})).await;
    let of_seller = path("comments", &seller.create("comments", &about(&customer, "下周签约")).await);
    let of_looker = path("comments", &looker.create("comments", &about(&customer, "上月少了两单")).await);

    for (person, address, expected) in
        [(&admin, &of_seller, 403), (&looker, &of_seller, 403), (&seller, &of_looker, 403), (&looker, &of_looker, 200)]
    {
        let etag = person.etag(address).await;
        assert_eq!(person.patch(address, &etag, &json!({"text": "改过"})).await.status, expected, "{address}");
    }
    let etag = looker.etag(&of_looker).await;
    let moved = looker.patch(&of_looker, &etag, &json!({"about_type": "contacts"})).await;
    assert_eq!((moved.status, &moved.problem()["errors"][0]["code"]), (422, &json!("read_only")));

    assert_eq!(delete(&looker, &of_seller, &looker.etag(&of_seller).await).await, 403);
    assert_eq!(delete(&looker, &of_looker, &etag).await, 204, "one's own");
    assert_eq!(looker.post(&format!("{of_looker}/restore"), &json!({})).await.status, 200);
    assert_eq!(delete(&seller, &of_looker, &seller.etag(&of_looker).await).await, 204, "who may delete the customer");
}

#[tokio::test]
async fn who_is_mentioned_is_told_once_and_nobody_else_is() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let (colleague, stranger) = (admin.colleague(&["analyst"], None).await, admin.colleague(&["sales"], None).await);
    let customer = seller.create("customers", &json!({"name": "华信"})).await;
    let text = |people: &[&Actor<'_>]| people.iter().map(|person| mention(person)).collect::<Vec<_>>().join(" ");
    let first = text(&[&colleague, &colleague, &stranger, &seller]);
    let comment = seller.create("comments", &about(&customer, &first)).await;
    let told = notifications(&colleague, "?expand=about,comment").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!([&told[0]["reason"], &told[0]["about"]["name"]], [&json!("mention"), &json!("华信")]);
    assert_eq!(told[0]["comment"]["id"], comment["id"]);
    assert!(notifications(&stranger, "").await.is_empty(), "he does not see the customer");
    assert!(notifications(&seller, "").await.is_empty(), "he wrote it");

    let address = path("comments", &comment);
    let second = format!("{first} {}", mention(&admin));
    let edited = seller.patch(&address, &seller.etag(&address).await, &json!({"text": second})).await;
    assert_eq!(edited.status, 200, "{edited:?}");
    for text in ["x", &second] {
        let edited = seller.patch(&address, &seller.etag(&address).await, &json!({"text": text})).await;
        assert_eq!(edited.status, 200, "{edited:?}");
    }
    let of_admin = notifications(&admin, "").await;
    assert_eq!((notifications(&colleague, "").await.len(), of_admin.len()), (1, 1), "an edit tells whom it adds");

    let notice = path("notifications", &told[0]);
    assert_eq!(admin.get(&notice).await.status, 404, "whatever an administrator may do");
    let read = json!({"read_at": "2026-11-29T08:00:00Z"});
    let marked = colleague.patch(&notice, &colleague.etag(&notice).await, &read).await;
    assert_eq!(marked.status, 200, "{marked:?}");
    assert!(notifications(&colleague, "?filter[read_at][is_null]=true").await.is_empty());
    let forged = Answer::of(colleague.request(Method::POST, "/api/v1/notifications").json(&json!({}))).await;
    assert_eq!(forged.status, 405);

    // What became of the record is as hidden from him as from anybody.
    assert_eq!(delete(&seller, &address, &seller.etag(&address).await).await, 204);
    let left = notifications(&colleague, "?expand=about,comment").await;
    assert_eq!([&left[0]["comment"], &left[0]["about"]["name"]], [&Value::Null, &json!("华信")]);
}
