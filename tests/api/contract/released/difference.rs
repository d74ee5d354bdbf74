//! What a client of an earlier document would stumble over in a later one, operation by operation.

use serde_json::{Map, Value, json};

use super::schema::{Comparison, Direction};

/// Every breaking difference, in a line of its own.
pub fn breaks(released: &Value, served: &Value) -> Vec<String> {
    let mut comparison = Comparison::new(released, served);
    for (path, item) in members(&released["paths"]) {
        for (method, old) in members(item).filter(|(_, operation)| operation.get("operationId").is_some()) {
            let place = format!("{} {path}", method.to_uppercase());
            match served["paths"][path].get(method) {
                None => comparison.say(&place, "the operation is gone"),
                Some(new) => operation(&mut comparison, &place, old, new),
            }
        }
    }
    comparison.breaks
}

fn operation(comparison: &mut Comparison<'_>, place: &str, old: &Value, new: &Value) {
    if old["operationId"] != new["operationId"] {
        comparison.say(place, "the operation has another id");
    }
    if old["x-permission"] == "public" && new["x-permission"] != "public" {
        comparison.say(place, "strangers may no longer call it");
    }
    parameters(comparison, place, &old["parameters"], &new["parameters"]);
    request(comparison, &format!("{place} request"), old.get("requestBody"), new.get("requestBody"));
    for (status, old) in members(&old["responses"]).filter(|(status, _)| status.starts_with('2')) {
        let place = format!("{place} {status}");
        match new["responses"].get(status) {
            None => comparison.say(&place, "the answer is gone"),
            Some(new) => response(comparison, &place, old, new),
        }
    }
}

fn parameters(comparison: &mut Comparison<'_>, place: &str, old: &Value, new: &Value) {
    let same = |one: &Value, other: &Value| one["in"] == other["in"] && one["name"] == other["name"];
    let items = |parameters: &Value| parameters.as_array().cloned().unwrap_or_default();
    let (old, new) = (items(old), items(new));
    let named = |parameter: &Value| format!("{place} parameter {}", parameter["name"].as_str().unwrap_or_default());
    for old in &old {
        match new.iter().find(|new| same(old, new)) {
            None => comparison.say(&named(old), "is gone"),
            Some(new) => comparison.schemas(Direction::Request, &named(old), &old["schema"], &new["schema"]),
        }
    }
    for new in new.iter().filter(|new| new["required"] == true) {
        if !old.iter().any(|old| same(old, new) && old["required"] == true) {
            comparison.say(&named(new), "is newly required");
        }
    }
}

fn request(comparison: &mut Comparison<'_>, place: &str, old: Option<&Value>, new: Option<&Value>) {
    let required = |body: Option<&Value>| body.is_some_and(|body| body["required"] == true);
    if required(new) && !required(old) {
        comparison.say(place, "a body is newly required");
    }
    let content = |body: Option<&Value>| body.map_or_else(|| json!({}), |body| body["content"].clone());
    contents(comparison, Direction::Request, place, &content(old), &content(new));
}

fn response(comparison: &mut Comparison<'_>, place: &str, old: &Value, new: &Value) {
    contents(comparison, Direction::Response, place, &old["content"], &new["content"]);
    for (header, _) in members(&old["headers"]) {
        if new["headers"].get(header).is_none() {
            comparison.say(place, &format!("the header {header} is gone"));
        }
    }
}

fn contents(comparison: &mut Comparison<'_>, direction: Direction, place: &str, old: &Value, new: &Value) {
    for (media_type, old) in members(old) {
        match new.get(media_type) {
            None => comparison.say(place, &format!("{media_type} is gone")),
            Some(new) => comparison.schemas(direction, place, &old["schema"], &new["schema"]),
        }
    }
}

/// The members of an object; none of anything else.
pub fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn released() -> Value {
        json!({
            "paths": {"/customers": {"post": {
                "operationId": "create_customer",
                "x-permission": "public",
                "parameters": [
                    {"in": "query", "name": "dry_run", "required": false, "schema": {"type": "boolean"}},
                    {"in": "header", "name": "If-Match", "required": true, "schema": {"type": "string"}},
                ],
                "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {
                    "201": {
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "422": {"description": "Refused."},
                },
            }}},
        })
    }

    /// What a change of the document at a place breaks; null takes away.
    fn broken(pointer: &str, member: &str, value: Value) -> Vec<String> {
        let mut served = released();
        let place = served.pointer_mut(pointer).and_then(Value::as_object_mut).expect("a place");
        if value.is_null() {
            place.remove(member)
        } else {
            place.insert(member.to_owned(), value)
        };
        breaks(&released(), &served)
    }

    const OPERATION: &str = "/paths/~1customers/post";

    #[test]
    fn the_same_document_breaks_nothing() {
        assert_eq!(breaks(&released(), &released()), Vec::<String>::new());
    }

    #[test]
    fn what_is_taken_away_from_an_operation_breaks_it() {
        let at = |rest: &str| format!("{OPERATION}{rest}");
        for (pointer, member, value, expected) in [
            ("/paths".to_owned(), "/customers", Value::Null, "POST /customers: the operation is gone"),
            ("/paths/~1customers".to_owned(), "post", Value::Null, "POST /customers: the operation is gone"),
            (at(""), "operationId", json!("other"), "POST /customers: the operation has another id"),
            (at(""), "x-permission", json!("customers.create"), "POST /customers: strangers may no longer call it"),
            (at("/parameters/0"), "name", json!("other"), "POST /customers parameter dry_run: is gone"),
            (at("/parameters/0"), "required", json!(true), "POST /customers parameter dry_run: is newly required"),
            (at("/requestBody"), "required", json!(true), "POST /customers request: a body is newly required"),
            (
                at("/requestBody/content"),
                "application/json",
                Value::Null,
                "POST /customers request: application/json is gone",
            ),
            (at("/responses"), "201", Value::Null, "POST /customers 201: the answer is gone"),
            (at("/responses/201"), "content", Value::Null, "POST /customers 201: application/json is gone"),
            (at("/responses/201/headers"), "ETag", Value::Null, "POST /customers 201: the header ETag is gone"),
        ] {
            assert_eq!(broken(&pointer, member, value), [expected], "{pointer} {member}");
        }
    }

    #[test]
    fn a_new_parameter_that_is_required_breaks_it_too() {
        let parameters = |required: bool| {
            let mut parameters = released()["paths"]["/customers"]["post"]["parameters"].clone();
            let added = json!({"in": "query", "name": "why", "required": required, "schema": {"type": "string"}});
            parameters.as_array_mut().expect("parameters").push(added);
            parameters
        };
        let expected = ["POST /customers parameter why: is newly required"];
        assert_eq!(broken(OPERATION, "parameters", parameters(true)), expected);
        assert!(broken(OPERATION, "parameters", parameters(false)).is_empty());
    }

    #[test]
    fn additions_break_nothing() {
        let at = |rest: &str| format!("{OPERATION}{rest}");
        let operation = json!({"operationId": "other", "responses": {}});
        for (pointer, member, value) in [
            ("/paths".to_owned(), "/orders", json!({"post": operation})),
            ("/paths/~1customers".to_owned(), "get", operation.clone()),
            (at("/parameters/1"), "required", json!(false)),
            (at("/requestBody/content"), "text/csv", json!({"schema": {"type": "string"}})),
            (at("/responses"), "409", json!({"description": "Taken."})),
            (at("/responses"), "422", Value::Null),
            (at("/responses/201/headers"), "Location", json!({"schema": {"type": "string"}})),
        ] {
            assert_eq!(broken(&pointer, member, value), Vec::<String>::new(), "{pointer} {member}");
        }
    }
}
