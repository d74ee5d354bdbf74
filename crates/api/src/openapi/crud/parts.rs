//! The pieces that paths and schemas are made of.

use serde_json::{Value, json};

pub fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

pub fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

pub fn body(schema: &str) -> Value {
    json!({"application/json": {"schema": reference(schema)}})
}

pub fn request(schema: &str) -> Value {
    json!({"required": true, "content": body(schema)})
}

pub fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema})
}

pub fn id() -> Value {
    json!({"name": "id", "in": "path", "required": true, "description": "The id of the record.", "schema": {"type": "string", "format": "uuid"}})
}

pub fn conditional(name: &str, required: bool) -> Value {
    json!({"name": name, "in": "header", "required": required, "description": "The entity tag that was read.", "schema": {"type": "string"}})
}

pub fn idempotency_key(required: bool) -> Value {
    json!({"name": "Idempotency-Key", "in": "header", "required": required, "description": "Makes the request safe to repeat.", "schema": {"type": "string"}})
}

pub fn header(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}})
}

pub fn etag() -> Value {
    header("The entity tag of the record, for If-Match.")
}

pub const MOVE_TO: &str =
    "Of a deletion: the record that others shall name instead. Without it, a record that others name is not deleted.";
