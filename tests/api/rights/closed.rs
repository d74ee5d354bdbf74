//! What was closed stays closed: to those who guess, to those who ask again, and to those who were given a right that means
//! nothing.

use domain::permission::Governed;
use domain::resource::Definition;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App, eventually};

fn grant(resource: &str, action: &str) -> Value {
    json!({"resource": resource, "action": action, "scope": "all"})
}

/// A role with these rights; its address.
async fn role(admin: &Actor<'_>, grants: &[Value], fields: Value) -> String {
    let name = uuid::Uuid::new_v4().to_string();
    let role = admin.create("roles", &json!({"name": name, "personal": "read"})).await;
    let path = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    let rights = json!({"personal": "write", "grants": grants, "fields": fields});
    let set = admin.change(Method::PUT, &path, "/rights", &rights).await;
    assert_eq!(set.status, 200, "{set:?}");
    path
}

fn id_of(path: &str) -> Value {
    path.rsplit('/').next().expect("an id").into()
}

#[tokio::test]
async fn who_looks_a_masked_number_up_is_counted_and_kept_whether_it_is_there_or_not() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let agent = admin.colleague(&["service_agent"], None).await;
    let analyst = admin.colleague(&["analyst"], None).await;
    let customer = admin.create("customers", &json!({"name": "华信", "phones": ["13800005678"]})).await;

    let found = agent.get("/api/v1/customers?filter[phones]=13800005678").await.json();
    assert_eq!(found["data"][0]["phones"], json!(["138****5678"]), "found, and masked all the same");
    let history = admin.get(&format!("/api/v1/customers/{}/history", customer["id"].as_str().expect("an id"))).await;
    let entry = &history.json()["data"][0];
    assert_eq!((&entry["operation"], &entry["actor_id"]), (&json!("reveal"), &json!(agent.id)), "{entry}");
    for query in ["filter[phones]=13800005678", "filter[phones][in]=13800005678", "filter[phones][is_null]=false"] {
        assert_eq!(
            analyst.get(&format!("/api/v1/customers?{query}")).await.problem()["code"],
            "field_forbidden",
            "{query}"
        );
    }
    for figure in
        [json!({"q": "13800005678"}), json!({"filter": {"field": "phones", "op": "eq", "value": "13800005678"}})]
    {
        let refused = agent.post("/api/v1/customers/summary", &figure).await;
        assert_eq!(refused.problem()["code"], "field_forbidden", "nothing is looked up by way of a figure: {figure}");
    }
    let halving = json!({"filter": {"or": [{"field": "phones", "op": "eq", "value": "13800005678"}]}});
    assert_eq!(agent.post("/api/v1/customers/search", &halving).await.problem()["code"], "field_forbidden");
    let misses = (0..60).map(|tail| format!("/api/v1/customers?q=1380000{:04}", 1000 + tail));
    let mut last = 200;
    for miss in misses {
        last = agent.get(&miss).await.status;
        assert!([200, 429].contains(&last), "{miss}: {last}");
    }
    assert_eq!(last, 429, "guesses run out");
    assert_eq!(agent.get("/api/v1/customers?q=华信").await.status, 200, "and names are found as before");
}

#[tokio::test]
async fn an_answer_given_again_tells_no_more_than_may_be_seen_by_then() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let grants = ["read", "create", "update", "reveal"].map(|action| grant("customers", action));
    let path = role(&admin, &grants, json!([])).await;
    let person = admin.colleague_with(&[id_of(&path)]).await;
    let again = async || {
        let body = json!({"name": "华信", "city": "深圳", "phones": ["13800005678"]});
        let request = person.request(Method::POST, "/api/v1/customers").header("idempotency-key", "once");
        Answer::of(request.json(&body)).await
    };
    let first = again().await;
    assert_eq!((first.status, &first.json()["city"]), (201, &json!("深圳")));
    let hidden = |field: &str, right: &str| json!({"resource": "customers", "field": field, "right": right});
    let fields = [hidden("city", "none"), hidden("phones", "masked")];
    let set = admin.change(Method::PUT, &path, "/rights", &json!({"grants": grants, "fields": fields})).await;
    assert_eq!(set.status, 200, "{set:?}");
    let replayed = eventually("the new rights act", async || {
        let answer = again().await;
        (!answer.text.contains("深圳")).then_some(answer)
    })
    .await;
    assert_eq!((replayed.status, replayed.header("idempotency-replayed")), (201, "true"), "{replayed:?}");
    assert_eq!(replayed.json()["phones"], json!(["138****5678"]));
    assert_eq!(replayed.json()["id"], first.json()["id"]);
}

#[tokio::test]
async fn a_right_that_opens_nothing_is_refused_where_it_stands() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let path = role(&admin, &[], json!([])).await;
    let (granted, derived): (Vec<&Definition>, Vec<&Definition>) =
        domain::CATALOGUE.iter().partition(|of| of.governed == Governed::ByRoles);
    for of in derived {
        let right = json!([{"resource": of.name, "field": of.title, "right": "none"}]);
        for (grants, fields) in [(json!([grant(of.name, "read")]), json!([])), (json!([]), right)] {
            let wanted = json!({"grants": grants, "fields": fields});
            let set = admin.change(Method::PUT, &path, "/rights", &wanted).await;
            assert_eq!(set.status, 422, "{}: {set:?}", of.name);
        }
    }
    for of in granted {
        let offered: Vec<&str> = of.actions().map(|action| action.word()).collect();
        for action in ["read", "create", "update", "delete", "assign", "import", "export", "reveal", "merge"] {
            let wanted = json!({"grants": [grant(of.name, action)], "fields": []});
            let set = admin.change(Method::PUT, &path, "/rights", &wanted).await;
            if offered.contains(&action) {
                assert_eq!(set.status, 200, "{} {action}: {set:?}", of.name);
            } else {
                assert_eq!(set.problem()["errors"][0]["pointer"], "/grants/0/action", "{} {action}", of.name);
            }
        }
        for field in of.all_fields() {
            let right = json!({"resource": of.name, "field": field.key, "right": "none"});
            let set = admin.change(Method::PUT, &path, "/rights", &json!({"grants": [], "fields": [right]})).await;
            assert_eq!(set.status, if field.is_governed() { 200 } else { 422 }, "{} {}", of.name, field.key);
        }
        if !of.offers(domain::permission::Action::Assign) {
            let address = format!("/api/v1/{}/{}/assign", of.name, uuid::Uuid::nil());
            assert_eq!(admin.post(&address, &json!({})).await.status, 404, "{address}");
        }
    }
}

#[tokio::test]
async fn what_others_set_going_is_seen_by_a_right_of_its_own() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let body = json!({"action": "edit", "ids": [customer["id"]], "set": {"city": "深圳"}});
    let operation = admin.post("/api/v1/customers/bulk", &body).await.json();
    let address = format!("/api/v1/operations/{}", operation["id"].as_str().expect("an operation"));
    let editor = role(&admin, &[grant("roles", "read"), grant("roles", "update")], json!([])).await;
    let editor = admin.colleague_with(&[id_of(&editor)]).await;
    assert_eq!(editor.get(&address).await.status, 404, "who edits roles has no need of it");
    let watcher = role(&admin, &[grant("operations", "read")], json!([])).await;
    let watcher = admin.colleague_with(&[id_of(&watcher)]).await;
    assert_eq!(watcher.get(&address).await.status, 200);
    assert_eq!(watcher.post(&format!("{address}/undo"), &json!({})).await.status, 403, "seeing is not taking back");
}

/// A field that no patch changes may be said again as it is, but only by who reads it.
#[tokio::test]
async fn what_no_patch_changes_is_not_guessed_by_saying_it_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let made = admin.create("opportunities", &json!({"name": "一号", "customer_id": customer["id"]})).await;
    let path = format!("/api/v1/opportunities/{}", made["id"].as_str().expect("an id"));
    let again = json!({"status": "open", "stage_id": made["stage_id"]});
    assert_eq!(admin.patch(&path, &admin.etag(&path).await, &again).await.status, 200);
    let role = admin.create("roles", &json!({"name": "半知"})).await;
    let grant = |action: &str| json!({"resource": "opportunities", "action": action, "scope": "all"});
    let right = |field: &str, right: &str| json!({"resource": "opportunities", "field": field, "right": right});
    let rights = json!({
        "grants": [grant("read"), grant("update")], "fields": [right("status", "none"), right("stage_id", "read")],
    });
    let of_role = format!("/api/v1/roles/{}/rights", role["id"].as_str().expect("an id"));
    let etag = admin.etag(of_role.trim_end_matches("/rights")).await;
    assert_eq!(admin.put(&of_role, &etag, &rights).await.status, 200);
    let person = admin.colleague_with(&[role["id"].clone()]).await;
    let etag = person.etag(&path).await;
    for guess in ["open", "won", "lost"] {
        let refused = person.patch(&path, &etag, &json!({"status": guess})).await;
        assert_eq!((refused.status, &refused.problem()["errors"][0]["code"]), (403, &json!("not_writable")), "{guess}");
    }
    let stage = json!({"stage_id": made["stage_id"]});
    let moved = person.request(Method::POST, &format!("{path}/advancement")).header("if-match", &etag);
    assert_eq!(Answer::of(moved.json(&stage)).await.status, 403, "who may only read the stage moves nothing");
}
