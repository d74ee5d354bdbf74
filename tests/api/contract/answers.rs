//! Every operation is called with the examples of its own document, and answers as that document says: with a status it
//! names, in a media type it names, with a body that fits, whether the record is there or not.

use domain::resource::Definition;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tests::{Actor, Answer, App};
use uuid::Uuid;

use super::document::{address, operations};
use super::examples::examples;
use super::samples;
use super::schemas::Schemas;
use super::verbs::editable;

/// The requests that the document shows for an operation, one for each media type of its body.
fn requests(actor: &Actor<'_>, schemas: &Schemas, call: &Call<'_>) -> Vec<RequestBuilder> {
    let bare = || {
        let named = |place| required(call.operation, place);
        let query = named("query").map(|name| format!("?{name}=customers")).collect::<String>();
        let request = actor.request(call.method.clone(), &format!("{}{query}", call.address));
        named("header").fold(request, |request, name| request.header(name, header(actor, call, name)))
    };
    let Some(content) = call.operation["requestBody"]["content"].as_object() else { return vec![bare()] };
    let bodies = content.iter().flat_map(|(media_type, body)| {
        examples(&schemas.document, body).into_iter().map(move |example| (media_type, example))
    });
    let with_body = bodies.map(|(media_type, example)| {
        let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        bare().header("content-type", media_type).body(text)
    });
    with_body.collect()
}

/// The names of the parameters that an operation cannot do without.
fn required<'a>(operation: &'a Value, place: &'a str) -> impl Iterator<Item = &'a str> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let wanted = parameters.filter(move |parameter| parameter["in"] == place && parameter["required"] == true);
    wanted.filter_map(|parameter| parameter["name"].as_str())
}

fn header(actor: &Actor<'_>, call: &Call<'_>, name: &str) -> String {
    match name {
        "Idempotency-Key" => Uuid::new_v4().to_string(),
        "If-Match" => call.etag.clone(),
        "Origin" => actor.app.address.clone(),
        "X-Requested-By" => "crm".to_owned(),
        other => panic!("no value for the header {other}"),
    }
}

struct Call<'a> {
    method: Method,
    address: String,
    operation: &'a Value,
    etag: String,
}

#[tokio::test]
async fn every_operation_answers_its_examples_as_the_document_says() {
    let mut schemas = Schemas::new();
    let app = App::start().await;
    let admin = app.administrator().await;
    for (method, path, operation) in operations() {
        let etag = "\"0\"".to_owned();
        let mut address = address(&path);
        if operation["operationId"] == "describe_resource" {
            address = address.replace("01900000-0000-7000-8000-000000000000", "customers");
        }
        let call = Call { method, address, operation: &operation, etag };
        for request in requests(&admin, &schemas, &call) {
            schemas.demand(&call.method, &path, &Answer::of(request).await);
        }
    }
}

#[tokio::test]
async fn every_operation_of_a_record_answers_as_the_document_says() {
    let mut schemas = Schemas::new();
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in editable() {
        let record = samples::create(&admin, resource).await;
        let id = record["id"].as_str().expect("an id");
        let mut succeeded = 0;
        for (method, path, operation) in of_record(resource) {
            let address = path.replace("{id}", id);
            let etag = admin.etag(&format!("/api/v1/{}/{id}", resource.name)).await;
            let call = Call { method, address, operation: &operation, etag };
            for request in requests(&admin, &schemas, &call) {
                let answer = Answer::of(request).await;
                schemas.demand(&call.method, &path, &answer);
                succeeded += usize::from(answer.status < 300);
            }
        }
        assert!(succeeded >= 5, "{}: only {succeeded} of its operations succeeded", resource.name);
    }
}

/// What can be done with a record, its end last and then its return.
fn of_record(resource: &Definition) -> Vec<(Method, String, Value)> {
    let prefix = format!("/api/v1/{}/{{id}}", resource.name);
    let mut found: Vec<_> = operations().into_iter().filter(|(_, path, _)| path.starts_with(&prefix)).collect();
    found.sort_by_key(|(method, path, _)| match path.as_str() {
        path if path.ends_with("/restore") => 2,
        path => u8::from(*method == Method::DELETE && path == prefix),
    });
    found
}

/// The same value many times, with a NUL at the end of another of its strings each time.
fn with_nuls(value: &Value) -> Vec<Value> {
    fn strings(value: &Value, pointer: String, found: &mut Vec<String>) {
        match value {
            Value::String(_) => found.push(pointer),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| strings(item, format!("{pointer}/{index}"), found));
            }
            Value::Object(members) => {
                members.iter().for_each(|(key, item)| strings(item, format!("{pointer}/{key}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    strings(value, String::new(), &mut found);
    let with_nul = |pointer: &String| {
        let mut value = value.clone();
        let place = value.pointer_mut(pointer).expect("a string");
        *place = format!("{}\0", place.as_str().unwrap_or_default()).into();
        value
    };
    found.iter().map(with_nul).collect()
}

#[tokio::test]
async fn a_nul_in_any_string_is_a_fault_and_never_a_failure() {
    let schemas = Schemas::new();
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &serde_json::json!({"name": "空字符"})).await;
    let mut tried = 0;
    for (method, path, operation) in operations() {
        let here = path.starts_with("/api/v1/customers/{id}");
        let address = if here { path.replace("{id}", customer["id"].as_str().expect("an id")) } else { address(&path) };
        let etag = admin.etag(&format!("/api/v1/customers/{}", customer["id"].as_str().expect("an id"))).await;
        let call = Call { method, address: address.clone(), operation: &operation, etag };
        let body = &operation["requestBody"]["content"]["application/json"];
        for example in examples(&schemas.document, body).iter().flat_map(with_nuls) {
            for request in requests(&admin, &schemas, &call).drain(..1) {
                let answer = Answer::of(request.body(example.to_string())).await;
                assert!(answer.status < 500, "{} {path}: {example} {answer:?}", call.method);
                tried += 1;
            }
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().expect("a name");
            let answer = Answer::of(admin.request(call.method.clone(), &format!("{address}?{name}=a%00"))).await;
            assert!((400..500).contains(&answer.status), "{} {path} {name}: {answer:?}", call.method);
            tried += 1;
        }
        if path.contains('{') {
            let address = format!("{}%00", address.trim_end_matches('/'));
            let answer = Answer::of(admin.request(call.method.clone(), &address)).await;
            assert!((400..500).contains(&answer.status), "{} {address}: {answer:?}", call.method);
        }
    }
    assert!(tried > 500, "only {tried} places were tried");
}
