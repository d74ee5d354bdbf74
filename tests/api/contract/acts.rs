//! The acts of every resource: what happens to a record besides edits of its fields.

use domain::act::Act;
use domain::field::Kind;
use domain::resource::Definition;
use domain::{CATALOGUE, Field};
use reqwest::Method;
use serde_json::{Map, Value, json};
use tests::{Actor, Answer, App};
use uuid::Uuid;

use super::samples;

fn every_act() -> impl Iterator<Item = (&'static Definition, &'static Act)> {
    CATALOGUE.iter().flat_map(|resource| resource.acts.iter().map(move |act| (resource, act)))
}

fn field(resource: &'static Definition, key: &str) -> &'static Field {
    resource.field(key).expect("a field that is asked for")
}

/// What an act cannot do without: of a record at this address, what might take the place of what it names now.
async fn asked(admin: &Actor<'_>, resource: &'static Definition, act: &Act, path: &str) -> Value {
    let mut asked = Map::new();
    let record = admin.get(path).await.json();
    for wanted in act.asks.iter().filter(|asked| asked.required) {
        let field = field(resource, wanted.field);
        let value = match field.kind {
            Kind::Reference(other) => another_like(admin, other, &record[field.key]).await,
            _ => samples::value(field),
        };
        asked.insert(wanted.field.to_owned(), value);
    }
    Value::Object(asked)
}

/// Another record of a resource, beside one that is there: a stage of the same pipeline.
async fn another_like(admin: &Actor<'_>, resource: &str, present: &Value) -> Value {
    let definition = domain::catalogue::find(resource).expect("a resource");
    let mut draft = samples::draft(admin, definition).await;
    if let Some(id) = present.as_str() {
        let present = admin.get(&format!("/api/v1/{resource}/{id}")).await.json();
        for (field, _) in definition.references().filter(|(field, _)| field.required) {
            draft[field.key] = present[field.key].clone();
        }
    }
    admin.create(resource, &draft).await["id"].clone()
}

fn state_of(resource: &Definition, record: &Value) -> Option<String> {
    Some(record[resource.state?].as_str()?.to_owned())
}

/// A record to which the act can happen: where a new one stands elsewhere, other acts have led it there.
async fn ready(admin: &Actor<'_>, resource: &'static Definition, act: &Act) -> String {
    let record = samples::create(admin, resource).await;
    let path = format!("/api/v1/{}/{}", resource.name, record["id"].as_str().expect("an id"));
    if let Some(lines) = samples::lines(admin, resource).await {
        let filled = admin.change(Method::PATCH, &path, "", &lines).await;
        assert_eq!(filled.status, 200, "{path}: {filled:?}");
    }
    for before in way(resource, state_of(resource, &record), act) {
        let done = admin
            .change(Method::POST, &path, &format!("/{}", before.noun), &asked(admin, resource, before, &path).await)
            .await;
        assert_eq!(done.status, 200, "{path} {}: {done:?}", before.noun);
    }
    path
}

/// The shortest way of acts from a state to one in which the act is open.
fn way(resource: &'static Definition, from: Option<String>, act: &Act) -> Vec<&'static Act> {
    let mut ways = std::collections::VecDeque::from([(from, Vec::new())]);
    while let Some((state, way)) = ways.pop_front() {
        if act.is_open_in(state.as_deref()) {
            return way;
        }
        assert!(way.len() < resource.acts.len(), "no way to {} of {}", act.noun, resource.name);
        for next in resource.acts.iter().filter(|next| next.to.is_some() && next.is_open_in(state.as_deref())) {
            ways.push_back((next.to.map(str::to_owned), [way.clone(), vec![next]].concat()));
        }
    }
    panic!("no way to {} of {}", act.noun, resource.name)
}

/// Whether the act says anything of the record itself, and does not only make another out of it.
fn tells_of_itself(act: &Act) -> bool {
    act.to.is_some() || act.asks.iter().any(|asked| asked.required)
}

/// The record that an act made names the one it was made of.
async fn assert_made(admin: &Actor<'_>, act: &Act, path: &str, done: &Answer) {
    let Some(makes) = act.makes else { return };
    let location = done.header("location");
    assert!(location.starts_with(&format!("/api/v1/{}/", makes.resource)), "{path} {}: {done:?}", act.noun);
    let made = admin.get(location).await.json();
    let link = if made[makes.link].is_array() { &made[makes.link][0] } else { &made[makes.link] };
    assert!(path.ends_with(link.as_str().expect("an id")), "{path} {}: {made}", act.noun);
}

fn codes(answer: &Answer) -> Vec<(String, String)> {
    let problem = answer.problem();
    let faults = problem["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    faults.iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
}

async fn acted(person: &Actor<'_>, path: &str, noun: &str, etag: &str, body: &Value) -> Answer {
    let request = person.request(Method::POST, &format!("{path}/{noun}")).header("if-match", etag);
    Answer::of(request.json(body)).await
}

#[tokio::test]
async fn every_act_happens_once_and_is_written_down() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let mut seen = 0;
    for (resource, act) in every_act() {
        let path = ready(&admin, resource, act).await;
        let (before, etag) = (admin.get(&path).await.json(), admin.etag(&path).await);
        let body = asked(&admin, resource, act, &path).await;
        let done = acted(&admin, &path, act.noun, &etag, &body).await;
        let name = format!("{} {}", resource.name, act.noun);
        assert_eq!(done.status, 200, "{name}: {done:?}");
        assert_made(&admin, act, &path, &done).await;
        let after = done.json();
        seen += 1;
        if !tells_of_itself(act) {
            assert_eq!(after, before, "{name}");
            continue;
        }
        assert_eq!(after["version"].as_i64(), before["version"].as_i64().map(|version| version + 1), "{name}");
        assert_ne!(done.header("etag"), etag, "{name}");
        assert_eq!(admin.etag(&path).await, done.header("etag"), "{name}");
        if let (Some(key), Some(to)) = (resource.state, act.to) {
            assert_eq!(after[key], to, "{name}");
        }
        for (key, value) in body.as_object().into_iter().flatten() {
            assert_eq!(&after[key], value, "{name}");
        }
        let last = admin.get(&format!("{path}/history?limit=1")).await.json()["data"][0].clone();
        assert_eq!((&last["operation"], &last["version"]), (&json!("update"), &after["version"]), "{name}");
        assert_eq!(last["actor_id"], admin.id.as_str(), "{name}");
        assert!(last["changed"].as_object().is_some_and(|changed| !changed.is_empty()), "{name}: {last}");
        if !act.is_open_in(state_of(resource, &after).as_deref()) {
            let again = acted(&admin, &path, act.noun, done.header("etag"), &body).await;
            assert_eq!(again.status, 409, "{name} once more: {again:?}");
            let state = format!("/{}", resource.state.unwrap_or_default());
            assert_eq!(codes(&again), [(state, "wrong_state".to_owned())], "{name}");
            assert_eq!(admin.get(&path).await.json(), after, "{name}: a refused act changed something");
        }
    }
    assert!(seen >= 6, "only {seen} acts");
}

#[tokio::test]
async fn no_act_happens_unguarded_or_half_said() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let stranger = admin.colleague(&[], None).await;
    for (resource, act) in every_act() {
        let path = ready(&admin, resource, act).await;
        let (before, etag) = (admin.get(&path).await.json(), admin.etag(&path).await);
        let body = asked(&admin, resource, act, &path).await;
        let name = format!("{} {}", resource.name, act.noun);
        let bare = admin.post(&format!("{path}/{}", act.noun), &body).await;
        assert_eq!(bare.status, 428, "{name}: {bare:?}");
        let mut unknown = body.clone();
        unknown["nope"] = json!(1);
        let unknown = acted(&admin, &path, act.noun, &etag, &unknown).await;
        assert_eq!(unknown.status, 422, "{name}: {unknown:?}");
        assert!(codes(&unknown).contains(&("/nope".to_owned(), "unknown_member".to_owned())), "{name}: {unknown:?}");
        for missing in act.asks.iter().filter(|asked| asked.required) {
            let mut body = body.clone();
            body.as_object_mut().expect("an object").remove(missing.field);
            let refused = acted(&admin, &path, act.noun, &etag, &body).await;
            assert_eq!(refused.status, 422, "{name} without {}: {refused:?}", missing.field);
            let wanted = (format!("/{}", missing.field), "required".to_owned());
            assert!(codes(&refused).contains(&wanted), "{name}: {refused:?}");
        }
        let uninvited = acted(&stranger, &path, act.noun, &etag, &body).await;
        assert_eq!(uninvited.status, 403, "{name}: {uninvited:?}");
        let stale = acted(&admin, &path, act.noun, "\"stale\"", &body).await;
        assert_eq!((stale.status, stale.header("etag")), (412, etag.as_str()), "{name}");
        assert_eq!(admin.get(&path).await.json(), before, "{name}: a refused act changed something");
        let nowhere = path.rsplit_once('/').expect("a path").0.to_owned() + "/" + &Uuid::now_v7().to_string();
        assert_eq!(acted(&admin, &nowhere, act.noun, &etag, &body).await.status, 404, "{name}");
    }
}

#[tokio::test]
async fn what_happens_to_many_is_rehearsed_done_and_taken_back() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for (resource, act) in every_act() {
        let mut paths = Vec::new();
        for _ in 0..2 {
            paths.push(ready(&admin, resource, act).await);
        }
        let name = format!("{} {}", resource.name, act.noun);
        let ids: Vec<_> = paths.iter().filter_map(|path| path.rsplit('/').next()).collect();
        let set = asked(&admin, resource, act, &paths[0]).await;
        let mut wanted = json!({"action": "act", "act": act.noun, "ids": ids, "set": set, "dry_run": true});
        let before = records(&admin, &paths).await;
        let bulk = format!("/api/v1/{}/bulk", resource.name);
        let rehearsed = admin.post(&bulk, &wanted).await;
        assert_eq!(rehearsed.json()["updated"], 2, "{name}: {rehearsed:?}");
        assert_eq!(records(&admin, &paths).await, before, "{name}: the rehearsal changed something");
        wanted["dry_run"] = json!(false);
        let done = admin.post(&bulk, &wanted).await.json();
        assert_eq!((&done["updated"], &done["failed"]), (&json!(2), &json!(0)), "{name}: {done}");
        for (now, then) in records(&admin, &paths).await.iter().zip(&before) {
            assert_eq!(told(resource, now) != told(resource, then), tells_of_itself(act), "{name}");
        }
        let made = made(&admin, act, &ids).await;
        assert_eq!(made, act.makes.map_or(0, |_| 2), "{name}");
        let undo = format!("/api/v1/operations/{}/undo", done["id"].as_str().expect("an operation"));
        let undone = admin.post(&undo, &json!({})).await.json();
        let for_good = act.to.is_some_and(|to| resource.issued.contains(&to));
        let updated = if tells_of_itself(act) && !for_good { 2 } else { 0 };
        let skipped = if for_good { 2 } else { 0 };
        assert_eq!((&undone["updated"], &undone["skipped"]), (&json!(updated), &json!(skipped)), "{name}: {undone}");
        if for_good {
            continue;
        }
        assert_eq!(self::made(&admin, act, &ids).await, 0, "{name}: what was made is gone");
        for (now, then) in records(&admin, &paths).await.iter().zip(&before) {
            assert_eq!(told(resource, now), told(resource, then), "{name}");
        }
    }
}

/// How many records were made out of these.
async fn made(admin: &Actor<'_>, act: &Act, ids: &[&str]) -> u64 {
    let Some(makes) = act.makes else { return 0 };
    let path = format!("/api/v1/{}?filter[{}][in]={}&count=exact", makes.resource, makes.link, ids.join(","));
    admin.get(&path).await.json()["page"]["total"].as_u64().expect("a total")
}

async fn records(person: &Actor<'_>, paths: &[String]) -> Vec<Value> {
    let mut records = Vec::new();
    for path in paths {
        records.push(person.get(path).await.json());
    }
    records
}

/// What a record says in its own fields.
fn told(resource: &Definition, record: &Value) -> Vec<Value> {
    resource.fields.iter().map(|field| record[field.key].clone()).collect()
}
