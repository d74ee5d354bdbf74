//! What names a record and what becomes of it, for every reference of the catalogue: it holds what it names, keeps it from
//! being deleted, can be led elsewhere, and does not come back to what has gone.

use domain::CATALOGUE;
use domain::catalogue::{self, Catalogue};
use domain::references::Reference;
use domain::resource::Verb;
use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};

use super::samples;

/// Attempts to catch a reference and a deletion at the same moment.
const ROUNDS: usize = 12;

/// The references that mean something of their own; a contact's owner is its customer's.
fn own() -> impl Iterator<Item = Reference> {
    // What comes in with its record, such as a file, is not made for the occasion.
    let can_be_made = |name: &str| catalogue::find(name).is_some_and(|of| of.verbs.contains(&Verb::Create));
    let references = Catalogue::built().references().filter(|reference| !reference.is_inherited());
    references.filter(move |reference| can_be_made(reference.to))
}

/// Those that keep what they name from being deleted, and can be led elsewhere. What the lines of a document name is held
/// by these: money that came in for an order stays with it.
fn keeping() -> impl Iterator<Item = Reference> {
    let in_lines = |reference: &Reference| {
        let columns = reference.from.lines().flat_map(|(_, columns)| columns.fields);
        reference.field.kind.is_many() && columns.into_iter().any(|column| column.kind.referred() == Some(reference.to))
    };
    own().filter(move |reference| !reference.goes_with() && !in_lines(reference))
}

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

async fn target(admin: &Actor<'_>, reference: &Reference) -> Value {
    samples::create(admin, catalogue::find(reference.to).expect("a resource")).await
}

/// Another that could take its place: of the same customer, if it has one.
async fn sibling(admin: &Actor<'_>, reference: &Reference, target: &Value) -> Value {
    let definition = catalogue::find(reference.to).expect("a resource");
    let mut draft = samples::draft(admin, definition).await;
    for (field, _) in definition.references().filter(|(field, _)| field.required) {
        draft[field.key] = target[field.key].clone();
    }
    admin.create(definition.name, &draft).await
}

/// What stands in a field that names a record and no other.
fn held(reference: &Reference, named: &Value) -> Value {
    if reference.field.kind.is_many() { json!([named["id"]]) } else { named["id"].clone() }
}

/// What a record says to name another in this field. What both name, such as their customer, is one and the same.
fn naming(reference: &Reference, target: &Value) -> Value {
    let mut body = json!({reference.field.key: held(reference, target)});
    for (field, _) in reference.from.references().filter(|(field, _)| field.required) {
        if field.key != reference.field.key && target[field.key].is_string() {
            body[field.key] = target[field.key].clone();
        }
    }
    if let Some((key, word)) = samples::case_of(reference.field) {
        body[key] = json!(word);
    }
    body
}

/// The body of a record that names another in this field.
async fn draft(admin: &Actor<'_>, reference: &Reference, target: &Value) -> Value {
    let mut draft = samples::draft(admin, reference.from).await;
    for (key, value) in naming(reference, target).as_object().into_iter().flatten() {
        draft[key] = value.clone();
    }
    draft
}

/// A record that names another in this field.
async fn child(admin: &Actor<'_>, reference: &Reference, target: &Value) -> Value {
    admin.create(reference.from.name, &draft(admin, reference, target).await).await
}

async fn delete(admin: &Actor<'_>, resource: &str, record: &Value, query: &str) -> Answer {
    let path = path(resource, record);
    let etag = admin.etag(&path).await;
    admin.delete(&format!("{path}{query}"), &etag).await
}

/// Lets a record that is there already name another.
async fn point(admin: &Actor<'_>, reference: &Reference, record: &Value, etag: &str, target: &Value) -> Answer {
    let path = path(reference.from.name, record);
    let body = naming(reference, target);
    match reference.field.key {
        "owner_id" | "department_id" => {
            let request = admin.request(Method::POST, &format!("{path}/assign")).header("if-match", etag);
            Answer::of(request.json(&body)).await
        }
        _ => admin.patch(&path, etag, &body).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_hanging_on_what_is_deleted_at_the_same_moment() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for reference in own() {
        let name = format!("{}.{}", reference.from.name, reference.field.key);
        for round in 0..ROUNDS {
            let gone = target(&admin, &reference).await;
            let of_target = path(reference.to, &gone);
            let etag = admin.etag(&of_target).await;
            let (named, deleted) = if round % 2 == 0 {
                let draft = draft(&admin, &reference, &gone).await;
                let collection = format!("/api/v1/{}", reference.from.name);
                join(admin.post(&collection, &draft), admin.delete(&of_target, &etag)).await
            } else {
                let record = samples::create(&admin, reference.from).await;
                let own = admin.etag(&path(reference.from.name, &record)).await;
                join(point(&admin, &reference, &record, &own, &gone), admin.delete(&of_target, &etag)).await
            };
            assert!([200, 201, 422].contains(&named.status), "{name}: {named:?}");
            assert!([204, 409].contains(&deleted.status), "{name}: {deleted:?}");
            let both = named.status < 300 && deleted.status < 300;
            assert!(!both || reference.goes_with(), "{name}: named and deleted");
        }
        let (from, to, field) =
            (reference.from.table, catalogue::find(reference.to).expect("one").table, reference.field);
        let names = match field.kind.is_many() {
            true => format!("any(child.{})", field.key),
            false => format!("child.{}", field.key),
        };
        let orphans = format!(
            "select count(*) from {from} child join {to} above on above.id = {names} \
             where child.deleted_at is null and above.deleted_at is not null"
        );
        let row = app.database.connect().await.query_one(&orphans, &[]).await.expect("a count");
        assert_eq!(row.get::<_, i64>(0), 0, "{name}: present records name a deleted one");
    }
}

#[tokio::test]
async fn what_others_name_is_not_deleted_until_they_name_another() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for reference in keeping() {
        let (from, key) = (reference.from.name, reference.field.key);
        let gone = target(&admin, &reference).await;
        let successor = sibling(&admin, &reference, &gone).await;
        let record = child(&admin, &reference, &gone).await;
        let refused = delete(&admin, reference.to, &gone, "").await;
        let problem = refused.problem();
        assert_eq!((refused.status, &problem["code"]), (409, &json!("in_use")), "{from}.{key}: {problem}");
        let params = json!({"resource": from, "field": key, "count": "1"});
        assert_eq!(problem["errors"][0]["params"], params, "{from}.{key}");
        let detail = problem["errors"][0]["detail"].as_str().expect("a sentence");
        assert!(!detail.contains(['{', '_']) && detail.contains('1'), "{detail}");

        let nowhere = delete(&admin, reference.to, &gone, "?move_to=01890000-0000-7000-8000-000000000000").await;
        assert_eq!(nowhere.problem()["errors"][0]["pointer"], "move_to", "{from}.{key}");
        let own = format!("?move_to={}", gone["id"].as_str().expect("an id"));
        assert_eq!(delete(&admin, reference.to, &gone, &own).await.status, 422, "{from}.{key}");
        let to = format!("?move_to={}", successor["id"].as_str().expect("an id"));
        let deleted = delete(&admin, reference.to, &gone, &to).await;
        assert_eq!(deleted.status, 204, "{from}.{key}: {deleted:?}");
        let moved = admin.get(&path(from, &record)).await.json();
        assert_eq!((&moved[key], &moved["version"]), (&held(&reference, &successor), &json!(2)), "{from}.{key}");
    }
}

#[tokio::test]
async fn a_record_does_not_come_back_to_what_has_gone() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for reference in own() {
        let (from, key) = (reference.from.name, reference.field.key);
        let gone = target(&admin, &reference).await;
        let record = child(&admin, &reference, &gone).await;
        assert_eq!(delete(&admin, from, &record, "").await.status, 204, "{from}.{key}");
        assert_eq!(delete(&admin, reference.to, &gone, "").await.status, 204, "{from}.{key}");
        let refused = admin.post(&format!("{}/restore", path(from, &record)), &json!({})).await;
        let fault = &refused.problem()["errors"][0];
        let told = (refused.status, &fault["pointer"], &fault["code"]);
        assert_eq!(told, (409, &json!(format!("/{key}")), &json!("deleted")), "{refused:?}");
        assert_eq!(admin.post(&format!("{}/restore", path(reference.to, &gone)), &json!({})).await.status, 200);
        assert_eq!(
            admin.post(&format!("{}/restore", path(from, &record)), &json!({})).await.status,
            200,
            "{from}.{key}"
        );
    }
}

#[tokio::test]
async fn a_role_that_is_held_goes_only_if_its_holders_take_another() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let roles = catalogue::find("roles").expect("roles");
    let (gone, successor) = (samples::create(&admin, roles).await, samples::create(&admin, roles).await);
    let holder = format!("/api/v1/users/{}", admin.new_user("holder").await);
    let hold = json!({"roles": [gone["id"]]});
    assert_eq!(admin.change(Method::PUT, &holder, "/roles", &hold).await.status, 200);
    let refused = delete(&admin, "roles", &gone, "").await.problem();
    let params = json!({"resource": "users", "field": "roles", "count": "1"});
    assert_eq!((&refused["code"], &refused["errors"][0]["params"]), (&json!("in_use"), &params), "{refused}");
    let to = format!("?move_to={}", successor["id"].as_str().expect("an id"));
    assert_eq!(delete(&admin, "roles", &gone, &to).await.status, 204);
    let held = admin.get(&format!("{holder}/roles")).await.json();
    assert_eq!(held["data"][0]["id"], successor["id"], "{held}");
}

#[tokio::test]
async fn what_somebody_may_not_see_keeps_a_record_without_being_told() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let kind = admin.create("customer-types", &json!({"name": "直销"})).await;
    admin.create("customers", &json!({"name": "别人的", "type_id": kind["id"]})).await;
    let role = admin.create("roles", &json!({"name": "类型管理"})).await;
    let grant =
        |resource: &str, action: &str, scope: &str| json!({"resource": resource, "action": action, "scope": scope});
    let rights = json!({"personal": "none", "fields": [], "grants": [
        grant("customer-types", "read", "all"), grant("customer-types", "delete", "all"),
        grant("customers", "read", "own"), grant("customers", "update", "own"),
    ]});
    assert_eq!(admin.change(Method::PUT, &path("roles", &role), "/rights", &rights).await.status, 200);
    let keeper = admin.colleague_with(&[role["id"].clone()]).await;
    let other = admin.create("customer-types", &json!({"name": "渠道"})).await;
    let to = format!("?move_to={}", other["id"].as_str().expect("an id"));
    for query in ["", &to] {
        let refused = delete(&keeper, "customer-types", &kind, query).await;
        let problem = refused.problem();
        assert_eq!((refused.status, &problem["code"]), (409, &json!("in_use")), "{problem}");
        let faults = problem["errors"].as_array().expect("faults");
        assert_eq!(faults.len(), 1, "{problem}");
        assert_eq!(faults[0]["code"], "used_out_of_sight");
        assert!(faults[0].get("params").is_none(), "{problem}");
    }
}

#[tokio::test]
async fn records_that_name_each_other_go_together() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for reference in keeping().filter(|reference| reference.from.name == reference.to) {
        let above = target(&admin, &reference).await;
        let below = child(&admin, &reference, &above).await;
        let wanted = json!({"action": "delete", "ids": [above["id"], below["id"]]});
        let operation = admin.post(&format!("/api/v1/{}/bulk", reference.to), &wanted).await.json();
        assert_eq!((&operation["deleted"], &operation["failed"]), (&json!(2), &json!(0)), "{operation}");
        let undo = format!("/api/v1/operations/{}/undo", operation["id"].as_str().expect("an id"));
        for wish in [json!({"dry_run": true}), json!({})] {
            let undone = admin.post(&undo, &wish).await.json();
            assert_eq!((&undone["restored"], &undone["skipped"]), (&json!(2), &json!(0)), "{undone}");
        }
    }
}

#[tokio::test]
async fn what_follows_its_parent_is_its_owners_from_the_first_moment() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["administrator"], None).await;
    for definition in CATALOGUE.iter().filter(|of| of.follows_parent() && of.verbs.contains(&Verb::Create)) {
        let field = definition.parent.expect("a parent").field;
        let to = definition.references().find(|(known, _)| known.key == field).expect("a reference").1;
        let parent = samples::create(&seller, catalogue::find(to).expect("a resource")).await;
        let mut draft = samples::draft(&admin, definition).await;
        draft[field] = parent["id"].clone();
        let child = admin.create(definition.name, &draft).await;
        let whose = |record: &Value| [record["owner_id"].clone(), record["department_id"].clone()];
        assert_eq!(whose(&child), whose(&parent), "{}", definition.name);
        assert_ne!(child["owner_id"], child["created_by"], "{}", definition.name);
    }
}
