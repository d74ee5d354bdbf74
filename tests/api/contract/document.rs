//! The OpenAPI document: committed, complete, and true of what the server does to strangers and to nonsense.

use std::collections::BTreeSet;

use domain::permission::Action;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App};

/// Method, path and operation of everything the document names.
pub fn operations() -> Vec<(Method, String, Value)> {
    let document = api::openapi::document();
    let paths = document["paths"].as_object().expect("paths").clone();
    paths
        .into_iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().expect("operations").clone();
            item.into_iter().filter_map(move |(method, operation)| {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
                operation.get("operationId").is_some().then(|| (method, path.clone(), operation))
            })
        })
        .collect()
}

/// The path with an id in place of each parameter.
pub fn address(path: &str) -> String {
    let parts =
        path.split('/').map(|part| if part.starts_with('{') { "01900000-0000-7000-8000-000000000000" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/zhiyin.json");
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("committed")).expect("JSON");
    assert!(committed == api::openapi::document(), "openapi/zhiyin.json is out of date: run `cargo xtask openapi`");
}

#[test]
fn every_operation_has_an_id_of_its_own_and_its_references_lead_somewhere() {
    let operations = operations();
    let ids: BTreeSet<_> = operations.iter().map(|(_, _, operation)| operation["operationId"].to_string()).collect();
    assert_eq!(ids.len(), operations.len(), "an operationId is used twice");
    assert!(operations.len() > 40, "the document lost most of its operations");
    let document = api::openapi::document();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap_or_default();
        assert!(document.pointer(pointer).is_some(), "{pointer} is referred to, but not there");
    }
}

/// The objects in a schema of a request that would take members nobody knows.
fn open_objects(document: &Value, schema: &Value, place: &str, seen: &mut BTreeSet<String>, open: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        if seen.insert(reference.to_owned()) {
            let referred = document.pointer(&reference[1..]).expect("a schema");
            open_objects(document, referred, reference, seen, open);
        }
        return;
    }
    if !schema.is_object() {
        return;
    }
    let is_object =
        schema["type"] == "object" || schema["type"].as_array().is_some_and(|types| types.contains(&"object".into()));
    if is_object && !matches!(schema.get("additionalProperties"), Some(Value::Bool(false) | Value::Object(_))) {
        open.push(place.to_owned());
    }
    let members = schema["properties"].as_object().into_iter().flatten();
    for (member, schema) in members.map(|(name, schema)| (name.as_str(), schema)).chain([("items", &schema["items"])]) {
        open_objects(document, schema, &format!("{place}/{member}"), seen, open);
    }
    for choice in ["oneOf", "anyOf", "allOf"].iter().flat_map(|word| schema[word].as_array().into_iter().flatten()) {
        open_objects(document, choice, place, seen, open);
    }
}

fn is_permission(text: &str) -> bool {
    let known = |(name, action): (&str, &str)| {
        let Some(action) = Action::from_word(action) else { return false };
        let granted = domain::catalogue::grantable().find(|granted| granted.name == name);
        // What no role grants comes with other rights.
        let follows = || domain::catalogue::find(name).is_some_and(|of| of.offers(action));
        granted.map_or_else(follows, |granted| granted.actions.contains(&action))
    };
    text.split_once('.').is_some_and(known)
}

#[test]
fn every_operation_says_who_may_call_it_and_what_it_takes() {
    let document = api::openapi::document();
    let (mut seen, mut open) = (BTreeSet::new(), Vec::new());
    for (method, path, operation) in operations() {
        let permission = operation["x-permission"].as_str().unwrap_or_default();
        let scopes = &operation["security"][0]["bearer"];
        let public = operation.get("x-public").is_some();
        let told = match permission {
            "public" => public && operation["security"] == json!([]),
            "signed_in" => !public && *scopes == json!([]),
            _ => !public && is_permission(permission) && *scopes == json!([permission]),
        };
        assert!(told, "{method} {path}: {permission:?}, {}", operation["security"]);
        assert!(operation["responses"].as_object().is_some_and(|all| all.keys().any(|s| s.starts_with('2'))), "{path}");
        for (media_type, body) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            let place = format!("{method} {path} {media_type}");
            open_objects(&document, &body["schema"], &place, &mut seen, &mut open);
        }
    }
    assert_eq!(open, Vec::<String>::new(), "request schemas that are not closed");
}

#[tokio::test]
async fn strangers_are_refused_everywhere_but_at_the_door() {
    let app = App::start().await;
    app.administrator().await;
    for (method, path, operation) in operations() {
        let answer = Answer::of(app.request(method.clone(), &address(&path))).await;
        if operation.get("x-public").is_some() {
            continue;
        }
        assert_eq!(answer.status, 401, "{method} {path}: {answer:?}");
        answer.problem();
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
        let forged = app.request(method.clone(), &address(&path)).bearer_auth("eyJhbGciOiJub25lIn0.e30.");
        assert_eq!(Answer::of(forged).await.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_by_name() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let operations = operations();
    for (_, path, _) in &operations {
        let known: Vec<_> =
            operations.iter().filter(|(_, other, _)| other == path).map(|(method, ..)| method.clone()).collect();
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if known.contains(&method) {
                continue;
            }
            let answer = Answer::of(admin.request(method.clone(), &address(path))).await;
            assert_eq!(answer.status, 405, "{method} {path}: {answer:?}");
            let allowed = answer.header("allow").to_owned();
            assert!(
                known.iter().all(|method| allowed.contains(method.as_str())),
                "{path} allows {known:?}, says {allowed:?}"
            );
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_does_but_without_a_body() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for (_, path, _) in operations().into_iter().filter(|(method, ..)| *method == Method::GET) {
        let get = admin.get(&address(&path)).await;
        let head = Answer::of(admin.request(Method::HEAD, &address(&path))).await;
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
}
