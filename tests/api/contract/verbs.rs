//! The verbs of every resource: create, read, change, delete, restore, and what may be repeated.

use domain::CATALOGUE;
use domain::resource::{Definition, Verb};
use reqwest::Method;
use serde_json::json;
use tests::{Actor, Answer, App};

use super::samples;

pub fn editable() -> impl Iterator<Item = &'static Definition> {
    CATALOGUE
        .iter()
        .filter(|resource| [Verb::Create, Verb::Update, Verb::Delete].iter().all(|v| resource.verbs.contains(v)))
}

#[tokio::test]
async fn every_resource_lives_its_life() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let name = resource.name;
        let created = admin.post(&format!("/api/v1/{name}"), &samples::draft(&admin, resource).await).await;
        assert_eq!(created.status, 201, "{name}: {created:?}");
        let path = created.header("location").to_owned();
        let etag = created.header("etag").to_owned();
        assert_eq!(created.json()["version"], 1, "{name}");

        let found = admin.get(&path).await;
        assert_eq!((found.status, found.header("etag")), (200, etag.as_str()), "{name}");
        assert_eq!(found.json(), created.json(), "{name}");
        let known = Answer::of(admin.request(Method::GET, &path).header("if-none-match", &etag)).await;
        assert_eq!((known.status, known.text.as_str()), (304, ""), "{name}");
        let head = Answer::of(admin.request(Method::HEAD, &path)).await;
        assert_eq!((head.status, head.header("etag"), head.text.as_str()), (200, etag.as_str(), ""), "{name}");

        let bare = Answer::of(admin.request(Method::PATCH, &path).json(&samples::renaming(resource))).await;
        assert_eq!((bare.status, bare.problem()["code"].as_str()), (428, Some("precondition_required")), "{name}");
        for method in [Method::PATCH, Method::DELETE] {
            let forced =
                admin.request(method.clone(), &path).header("if-match", "*").json(&samples::renaming(resource));
            assert_eq!(Answer::of(forced).await.status, 403, "{name}: {method} whatever the version");
        }
        let idle = admin.patch(&path, &etag, &json!({})).await;
        assert_eq!((idle.status, idle.header("etag")), (200, etag.as_str()), "{name}");
        let changed = admin.patch(&path, &etag, &samples::renaming(resource)).await;
        assert_eq!((changed.status, &changed.json()["version"]), (200, &json!(2)), "{name}: {changed:?}");
        let stale = admin.patch(&path, &etag, &samples::renaming(resource)).await;
        assert_eq!((stale.status, stale.header("etag")), (412, changed.header("etag")), "{name}");

        assert_eq!(admin.delete(&path, &etag).await.status, 412, "{name}");
        let etag = admin.etag(&path).await;
        let deleted = admin.delete(&path, &etag).await;
        assert_eq!((deleted.status, deleted.text.as_str()), (204, ""), "{name}");
        assert_eq!(admin.get(&path).await.problem()["code"], "not_found", "{name}");
        assert_eq!(admin.delete(&path, &etag).await.status, 404, "{name}");
        let restored = admin.post(&format!("{path}/restore"), &json!({})).await;
        assert_eq!(restored.status, 200, "{name}: {restored:?}");
        assert_eq!(restored.json()[resource.title], changed.json()[resource.title], "{name}");

        let history = admin.get(&format!("{path}/history")).await.json();
        let mut operations: Vec<_> =
            history["data"].as_array().expect("changes").iter().map(|c| c["operation"].clone()).collect();
        operations.reverse();
        assert_eq!(operations, ["create", "update", "delete", "restore"], "{name}");
        assert!(
            history["data"].as_array().into_iter().flatten().all(|change| change["actor_id"] == admin.id.as_str()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn every_resource_names_all_faults_of_a_body_at_once() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let path = format!("/api/v1/{}", resource.name);
        let refused = admin.post(&path, &json!({"nope": 1, "version": 3, resource.title: "\u{0}"})).await;
        assert_eq!(refused.status, 422, "{path}: {refused:?}");
        let problem = refused.problem();
        let faults: Vec<_> = problem["errors"]
            .as_array()
            .expect("faults")
            .iter()
            .map(|f| (f["pointer"].as_str().unwrap_or_default(), f["code"].as_str().unwrap_or_default()))
            .collect();
        let title = format!("/{}", resource.title);
        for expected in [("/nope", "unknown_member"), ("/version", "read_only"), (&*title, "nul_character")] {
            assert!(faults.contains(&expected), "{path}: {expected:?} missing in {faults:?}");
        }
        assert!(
            problem["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .all(|fault| fault["detail"].as_str().is_some_and(|d| !d.is_empty() && !d.contains('{'))),
            "{problem}"
        );
        for (media_type, body, status) in [
            ("text/plain", "{}", 415),
            ("application/json", "{", 400),
            ("application/json", "[]", 400),
            ("application/json", &*format!("{{\"name\":{}1{}}}", "[".repeat(40), "]".repeat(40)), 400),
        ] {
            let sent = admin.request(Method::POST, &path).header("content-type", media_type).body(body.to_owned());
            let answer = Answer::of(sent).await;
            assert_eq!(answer.status, status, "{path} {media_type} {body}");
            answer.problem();
        }
        let large =
            admin.request(Method::POST, &path).header("content-type", "application/json").body(" ".repeat(1 << 21));
        assert_eq!(Answer::of(large).await.status, 413, "{path}");
    }
}

#[tokio::test]
async fn a_repeated_request_has_its_effect_once() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let path = format!("/api/v1/{}", resource.name);
        let draft = samples::draft(&admin, resource).await;
        let send = |key: &str, body: &serde_json::Value| {
            Answer::of(admin.request(Method::POST, &path).header("idempotency-key", format!("\"{key}\"")).json(body))
        };
        let first = send("one", &draft).await;
        let second = send("one", &draft).await;
        assert_eq!((first.status, second.status), (201, 201), "{path}: {second:?}");
        assert_eq!(first.text, second.text, "{path}");
        assert_eq!(first.header("etag"), second.header("etag"), "{path}");
        assert_eq!(second.header("idempotency-replayed"), "true", "{path}");
        let other = send("one", &json!({"name": "anders"})).await;
        assert_eq!(other.problem()["code"], "idempotency_key_reused", "{path}");
        let refused = send("two", &json!({"nope": 1})).await;
        let again = send("two", &json!({"nope": 1})).await;
        assert_eq!((refused.status, again.status, again.header("idempotency-replayed")), (422, 422, "true"), "{path}");
        assert_eq!(refused.json()["errors"], again.json()["errors"], "{path}");
    }
}

#[tokio::test]
async fn parallel_requests_with_one_key_leave_one_record() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let draft = json!({"name": "并发客户"});
    let requests = (0..20).map(|_| {
        Answer::of(admin.request(Method::POST, "/api/v1/customers").header("idempotency-key", "parallel").json(&draft))
    });
    let answers = futures_util::future::join_all(requests).await;
    for answer in &answers {
        assert!(answer.status == 201 || answer.problem()["code"] == "idempotency_key_in_flight", "{answer:?}");
    }
    let listed = admin.get("/api/v1/customers?count=exact&filter[name][eq]=并发客户").await.json();
    assert_eq!(listed["page"]["total"], 1);
}

#[tokio::test]
async fn a_request_with_many_faults_is_told_them_in_order() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let reader = admin.colleague(&["analyst"], None).await;
    let theirs = admin.create("customers", &json!({"name": "别人的"})).await;
    let own = seller.create("customers", &json!({"name": "自己的"})).await;
    let path = |customer: &serde_json::Value| format!("/api/v1/customers/{}", customer["id"].as_str().expect("an id"));
    let stranger = Actor { app: &app, token: "nobody".into(), ..stand_in(&admin) };
    let cases = [
        // Who is nobody, who may not, and who may not see is told so, whatever else is wrong.
        (&stranger, path(&own), "text/plain", "{", Some("*"), 401),
        (&reader, path(&own), "text/plain", "{", Some("*"), 403),
        (&seller, path(&theirs), "text/plain", "{", Some("*"), 404),
        (&seller, path(&theirs), "application/json", "{", None, 404),
        (&seller, path(&theirs), "application/json", "{}", None, 404),
        (&seller, path(&theirs), "application/json", "{}", Some("*"), 404),
        (&seller, path(&own), "text/plain", "{", None, 415),
        (&seller, path(&own), "application/json", "{", None, 400),
        (&seller, path(&own), "application/json", "{\"nope\":1}", None, 428),
        (&seller, path(&own), "application/json", "{\"nope\":1}", Some("\"0\""), 412),
    ];
    for (person, path, media_type, body, if_match, expected) in cases {
        let mut request = person.request(Method::PATCH, &path).header("content-type", media_type).body(body);
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, expected, "{path} {media_type} {body} {if_match:?}: {answer:?}");
        answer.problem();
    }
    let large = " ".repeat(1 << 21);
    let large = |person: &Actor<'_>, path: &str| {
        Answer::of(person.request(Method::PATCH, path).header("content-type", "application/json").body(large.clone()))
    };
    assert_eq!(large(&seller, &path(&own)).await.status, 413);
    assert_eq!(large(&seller, &path(&theirs)).await.status, 404);
    let picture = seller.request(Method::GET, "/api/v1/customers").header("accept", "image/png");
    assert_eq!(Answer::of(picture).await.status, 406);
}

fn stand_in<'a>(actor: &Actor<'a>) -> Actor<'a> {
    let Actor { app, id, username, token, cookie } = actor;
    Actor { app, id: id.clone(), username: username.clone(), token: token.clone(), cookie: cookie.clone() }
}
