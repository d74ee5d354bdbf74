//! The examples of the OpenAPI document: everywhere, true to their schemas, and good enough to be sent.

use domain::field::{Access, Kind};
use serde_json::{Value, json};
use tests::App;

use super::document::operations;
use super::samples;
use super::schemas::Schemas;
use super::verbs::editable;

/// Place, media type and content of every body of an operation that needs an example.
fn bodies(operation: &Value) -> Vec<(String, String, Value)> {
    let media = |place: &str, body: &Value| {
        let content = body["content"].as_object().cloned().unwrap_or_default();
        content.into_iter().map(|(media_type, body)| (place.to_owned(), media_type, body)).collect::<Vec<_>>()
    };
    let mut bodies = media("request", &operation["requestBody"]);
    for (status, response) in operation["responses"].as_object().expect("responses") {
        if status.starts_with('2') || response.get("$ref").is_none() {
            bodies.extend(media(status, response));
        }
    }
    bodies
}

/// The values of the examples of a body.
pub fn examples(document: &Value, body: &Value) -> Vec<Value> {
    let resolved = |example: &Value| {
        let shared = example["$ref"].as_str().and_then(|pointer| document.pointer(&pointer[1..]));
        shared.unwrap_or(example)["value"].clone()
    };
    let many = body["examples"].as_object().into_iter().flatten().map(|(_, example)| resolved(example));
    many.chain(body.get("example").cloned()).collect()
}

#[test]
fn every_body_has_an_example_that_fits_its_schema() {
    let mut schemas = Schemas::new();
    let document = schemas.document.clone();
    let mut faults = Vec::new();
    let shared = document["components"]["responses"].as_object().expect("responses").clone();
    let shared = shared.into_iter().map(|(name, response)| (name, json!({"responses": {"4xx": response}})));
    let named = operations().into_iter().map(|(method, path, operation)| (format!("{method} {path}"), operation));
    for (name, operation) in named.chain(shared) {
        for (place, media_type, body) in bodies(&operation) {
            let examples = examples(&document, &body);
            if examples.is_empty() {
                faults.push(format!("{name}, {place}, {media_type}: no example"));
            }
            for example in examples {
                let wrong = schemas.faults(&body["schema"], &example);
                faults.extend(wrong.iter().map(|fault| format!("{name}, {place}, {media_type}: {fault}")));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn the_examples_of_new_records_are_accepted_as_they_stand() {
    let mut schemas = Schemas::new();
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let path = format!("/api/v1/{}", resource.name);
        let body = &schemas.document["paths"][&path]["post"]["requestBody"]["content"]["application/json"];
        let mut draft = examples(&schemas.document, body).remove(0);
        for field in resource.fields.iter().filter(|field| field.access != Access::ReadOnly) {
            // The ids of an example belong to nobody.
            if let (Kind::Reference(name), true) = (field.kind, draft.get(field.key).is_some()) {
                let referred = domain::catalogue::find(name).expect("a resource");
                draft[field.key] = samples::create(&admin, referred).await["id"].clone();
            }
        }
        if let Some(link) = resource.link.filter(|link| draft.get(link.id).is_some()) {
            let about = domain::catalogue::find(draft[link.kind].as_str().expect("a resource")).expect("a resource");
            draft[link.id] = samples::create(&admin, about).await["id"].clone();
        }
        let answer = admin.post(&path, &draft).await;
        assert_eq!(answer.status, 201, "{path}: {draft:#}\n{answer:?}");
        schemas.demand(&reqwest::Method::POST, &path, &answer);
    }
}
