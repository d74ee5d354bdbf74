//! What is the same for every operation: failures, security, and the schemas that all resources share.

use domain::error::Code;
use domain::messages;
use domain::platform::users::Locale;
use domain::resource::ExternalId;
use serde_json::{Map, Value, json};

use super::crud::reference;

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
        schemas.extend(schemas_of_the_house());
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
    if !open {
        operation["security"] = json!([{"bearer": []}]);
    }
    if operation.get("description").is_none() {
        operation["description"] = operation["summary"].clone();
    }
    let takes_body = operation.get("requestBody").is_some();
    let existing =
        operation["parameters"].as_array().is_some_and(|parameters| parameters.iter().any(|p| p["in"] == "path"));
    let conditional =
        operation["parameters"].as_array().is_some_and(|parameters| parameters.iter().any(|p| p["name"] == "If-Match"));
    let writes = method != "get";
    let applies = |code: u16| match code {
        401 | 403 => !open,
        404 => existing,
        409 => writes,
        412 | 428 => conditional,
        413 | 415 | 422 => takes_body,
        _ => true,
    };
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for status in statuses().into_iter().filter(|status| applies(*status)) {
        responses
            .entry(status.to_string())
            .or_insert_with(|| json!({"$ref": format!("#/components/responses/problem_{status}")}));
    }
}

/// The statuses of failures that operations may answer with.
fn statuses() -> Vec<u16> {
    vec![400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503]
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
        let response = json!({
            "description": titles.join(" "),
            "content": {"application/problem+json": {"schema": reference("Problem")}},
        });
        failures.insert(format!("problem_{status}"), response);
    }
    Value::Object(failures)
}

fn schemas_of_the_house() -> Map<String, Value> {
    let fault = json!({
        "type": "object", "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "RFC 6901 pointer into the request, or the name of a parameter."},
            "code": {"type": "string", "description": "The rule that was broken."},
            "params": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Figures of the rule."},
            "detail": {"type": "string", "description": "A sentence in the caller's language."},
        },
    });
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.word()).collect();
    let problem = json!({
        "type": "object", "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "format": "int32"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "code": {"type": "string", "description": "A stable machine word.", "examples": codes},
            "request_id": {"type": "string"},
            "errors": {"type": "array", "items": reference("Fault")},
        },
    });
    let text_or_null = json!({"type": ["string", "null"]});
    let page = json!({
        "type": "object", "required": ["next_cursor", "has_more"],
        "properties": {
            "next_cursor": text_or_null, "prev_cursor": text_or_null, "last_cursor": text_or_null,
            "has_more": {"type": "boolean"},
            "total": {"type": "integer", "format": "int64", "description": "Only if `count` asked for it."},
            "estimated": {"type": "boolean", "description": "Whether there are more than `total` says."},
        },
    });
    let filter = json!({
        "description": "One of `{and: [...]}`, `{or: [...]}`, `{not: ...}`, `{field, op, value}`.",
        "type": "object",
    });
    let listing = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "filter": reference("Filter"),
            "q": {"type": "string", "maxLength": 100},
            "sort": {"type": "array", "maxItems": 3, "items": {"type": "string"}},
            "limit": {"type": "integer", "minimum": 1, "maximum": 500},
            "cursor": {"type": "string"},
            "fields": {"type": "array", "items": {"type": "string"}},
            "expand": {"type": "array", "maxItems": 5, "items": {"type": "string"}},
            "count": {"type": "string", "enum": ["none", "exact", "estimate"]},
        },
    });
    let id = json!({"type": ["string", "null"], "format": "uuid"});
    let assignment = json!({
        "type": "object", "additionalProperties": false,
        "properties": {"owner_id": id, "department_id": id},
    });
    let reveal = json!({
        "type": "object", "required": ["fields", "reason"], "additionalProperties": false,
        "properties": {
            "fields": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "reason": {"type": "string", "minLength": 2, "maxLength": 200},
        },
    });
    let name = json!({
        "type": "object", "required": ["system", "id"], "additionalProperties": false,
        "description": "What another system calls the record; for `upsert`.",
        "properties": {
            "system": {"type": "string", "minLength": 1, "maxLength": ExternalId::LONGEST_SYSTEM},
            "id": {"type": "string", "minLength": 1, "maxLength": ExternalId::LONGEST_ID},
        },
    });
    let batch_results = json!({
        "type": "object", "required": ["operation_id", "results"],
        "properties": {
            "operation_id": {"type": "string", "format": "uuid", "description": "What to undo if the whole was a mistake."},
            "results": {"type": "array", "items": {
                "type": "object", "required": ["status", "id", "etag"],
                "properties": {
                    "status": {"type": "integer", "format": "int32", "description": "The status that the item's own request would have had."},
                    "id": id, "etag": text_or_null, "problem": reference("Problem"),
                },
            }},
        },
    });
    let matches = json!({
        "type": "array", "description": "Why a search found the record; only with `q`.",
        "items": {
            "type": "object", "required": ["field", "kind"],
            "properties": {
                "resource": {"type": "string", "description": "Whose field it is, if not the record's own, such as `contacts`."},
                "field": {"type": "string"},
                "kind": {"type": "string", "enum": ["text", "pinyin", "initials", "phone"]},
                "text": {"type": "string", "description": "The part of the field that the word stands for."},
            },
        },
    });
    let change = json!({
        "type": "object", "required": ["sequence", "at", "operation", "version", "changed"],
        "properties": {
            "sequence": {"type": "integer", "format": "int64"},
            "at": {"type": "string", "format": "date-time"},
            "operation": {"type": "string", "enum": ["create", "update", "delete", "restore", "purge", "reveal"]},
            "version": {"type": "integer", "format": "int64"},
            "actor_id": id, "actor_name": text_or_null, "operation_id": id, "reason": text_or_null,
            "changed": {"type": "object", "description": "Field to its value before and after.", "additionalProperties": {"type": "array", "items": {}, "minItems": 2, "maxItems": 2}},
        },
    });
    let history = json!({
        "type": "object", "required": ["data"],
        "properties": {"data": {"type": "array", "items": reference("Change")}},
    });
    let mut schemas: Map<String, Value> = super::background::schemas().into_iter().collect();
    schemas.extend(
        [
            ("Fault", fault),
            ("Problem", problem),
            ("PageInfo", page),
            ("Filter", filter),
            ("Listing", listing),
            ("Assignment", assignment),
            ("Reveal", reveal),
            ("ExternalId", name),
            ("BatchResults", batch_results),
            ("Matches", matches),
            ("Change", change),
            ("History", history),
        ]
        .map(|(name, schema)| (name.to_owned(), schema)),
    );
    schemas
}
