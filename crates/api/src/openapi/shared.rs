//! What is the same for every operation: failures, security, and the schemas that all resources share.

use domain::error::Code;
use domain::messages;
use domain::platform::users::Locale;
use serde_json::{Map, Value, json};

use super::crud::reference;
use super::{examples, schemas};

pub fn tags() -> Value {
    let area = |area: domain::Area| {
        let label = messages::lookup(Locale::English, &format!("area.{}", area.word())).unwrap_or_default();
        json!({"name": area.word(), "description": format!("{label}.")})
    };
    let mut areas: Vec<_> = domain::CATALOGUE.iter().map(|resource| resource.area).collect();
    areas.sort();
    areas.dedup();
    areas.into_iter().map(area).collect()
}

/// Adds to a document what its operations share.
pub fn complete(document: &mut Value) {
    document["components"]["securitySchemes"] = json!({
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token from sign-in."},
    });
    document["components"]["responses"] = failures();
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.extend(schemas::all());
    }
    forget_empty_defaults(document);
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for operations in paths.values_mut().filter_map(Value::as_object_mut) {
        for (method, operation) in operations.iter_mut().filter(|(_, value)| value.is_object()) {
            complete_operation(method, operation);
        }
    }
}

/// A request type that defaults to nothing, so that all its faults can be told at once, does not offer nothing as a value.
fn forget_empty_defaults(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|key, value| key != "default" || !matches!(value, Value::String(text) if text.is_empty()));
            members.values_mut().for_each(forget_empty_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_empty_defaults),
        _ => {}
    }
}

/// An operation without a permission of its own and without a mark that it is open needs a caller all the same.
fn complete_operation(method: &str, operation: &mut Value) {
    let open = operation.get("x-public").is_some();
    if open {
        operation["security"] = json!([]);
        operation["x-permission"] = "public".into();
    } else {
        // Who is signed in, and holds the permission, if the operation has one of its own.
        let scopes: Vec<_> = operation.get("x-permission").filter(|word| *word != "signed_in").into_iter().collect();
        operation["security"] = json!([{"bearer": scopes}]);
    }
    if operation.get("description").is_none() {
        operation["description"] = operation["summary"].clone();
    }
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
    for key in parameters.filter(|parameter| parameter["name"] == "Idempotency-Key") {
        key["schema"] = idempotency_key();
    }
    let takes_body = operation.get("requestBody").is_some();
    let existing =
        operation["parameters"].as_array().is_some_and(|parameters| parameters.iter().any(|p| p["in"] == "path"));
    let conditional =
        operation["parameters"].as_array().is_some_and(|parameters| parameters.iter().any(|p| p["name"] == "If-Match"));
    let writes = method != "get";
    let applies = |status: u16| match status {
        401 | 403 => !open,
        404 => existing,
        409 => writes,
        412 | 428 => conditional,
        413 | 415 | 422 => takes_body,
        _ => true,
    };
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        explain(status.parse().unwrap_or_default(), response);
    }
    for status in statuses().into_iter().filter(|status| applies(*status)) {
        responses
            .entry(status.to_string())
            .or_insert_with(|| json!({"$ref": format!("#/components/responses/problem_{status}")}));
    }
}

/// Visible ASCII; quotes around it are no part of the key.
fn idempotency_key() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 257, "pattern": "^\"?[!-~]{1,255}\"?$"})
}

/// A failure that an operation tells of in words of its own has the same body as all others. The code in its words, such
/// as "`gone`: ...", is the one of the example.
fn explain(status: u16, response: &mut Value) {
    let said = response["description"].as_str().unwrap_or_default();
    let word = said.split('`').nth(1).unwrap_or_default();
    let code = Code::ALL.iter().find(|code| code.word() == word).or_else(|| first_of(status));
    response["content"] = code.map_or(Value::Null, |code| problem_content(*code));
}

fn first_of(status: u16) -> Option<&'static Code> {
    Code::ALL.iter().find(|code| code.status() == status)
}

/// The statuses of failures that operations may answer with.
fn statuses() -> Vec<u16> {
    vec![400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 428, 429, 500, 503]
}

fn failures() -> Value {
    let mut failures = Map::new();
    for status in statuses() {
        let codes: Vec<&Code> = Code::ALL.iter().filter(|code| code.status() == status).collect();
        let titles: Vec<_> = codes
            .iter()
            .filter_map(|code| {
                let title = messages::lookup(Locale::English, &format!("problem.{}", code.word()))?;
                Some(format!("`{}`: {title}.", code.word()))
            })
            .collect();
        let Some(first) = first_of(status) else { continue };
        let response = json!({"description": titles.join(" "), "content": problem_content(*first)});
        failures.insert(format!("problem_{status}"), response);
    }
    Value::Object(failures)
}

fn problem_content(code: Code) -> Value {
    json!({"application/problem+json": {"schema": reference("Problem"), "example": examples::problem(code)}})
}
