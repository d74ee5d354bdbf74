//! Examples, for every body that goes in or comes out.
//!
//! Those of records are made from the field lists, all others by walking through their schemas; each stands once in
//! `components/examples`, under the name of the schema that it is an example of. A contract test holds each against its
//! schema, and sends the drafts.

use std::collections::BTreeMap;

use domain::error::{Code, Fault, Problem};
use domain::messages;
use domain::platform::users::Locale;
use domain::{CATALOGUE, resource::Definition};
use serde_json::{Map, Value, json};

use super::{crud, samples};

/// Deeper than any schema that does not contain itself.
const DEPTH: usize = 12;

/// Gives every request body and every successful answer an example.
pub fn add(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut examples = Examples { schemas, made: CATALOGUE.iter().flat_map(of_resource).collect() };
    let mut used = Map::new();
    let paths = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in paths.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        for content in contents(operation) {
            examples.attach(content, &mut used);
        }
    }
    document["components"]["examples"] = used.into();
}

/// A failure as a reader of Chinese sees it.
pub fn problem(code: Code) -> Value {
    let words = |key: String| messages::lookup(Locale::Chinese, &key).unwrap_or_default().to_owned();
    let faults = || {
        let fault = Fault::field("phones/0", "not_a_phone");
        vec![Fault { detail: words("fault.not_a_phone".to_owned()), ..fault }]
    };
    let problem = Problem {
        kind: format!("/problems/{}", code.word()),
        title: words(format!("problem.{}", code.word())),
        status: code.status(),
        detail: words(format!("problem.{}.detail", code.word())),
        instance: format!("/api/v1/customers/{}", samples::ID),
        code: code.word().to_owned(),
        request_id: "01980a3c5f6e7c1d9b2a3e4f5a6b7c8d".to_owned(),
        errors: if code == Code::Invalid { faults() } else { Vec::new() },
    };
    serde_json::to_value(problem).unwrap_or_default()
}

/// The schemas of a resource that say more than a walk through them could guess.
fn of_resource(definition: &Definition) -> [(String, Value); 6] {
    let name = crud::type_name(definition);
    [
        (format!("{name}Draft"), samples::draft(definition)),
        (format!("{name}DuplicateCheck"), json!({"draft": samples::draft(definition)})),
        (format!("{name}Patch"), samples::patch(definition)),
        (format!("{name}Batch"), samples::batch(definition)),
        (format!("{name}BulkChange"), samples::bulk_change(definition)),
        (name, samples::record(definition)),
    ]
}

/// The bodies of an operation, by media type: of its request and of its successful answers.
fn contents(operation: &mut Value) -> Vec<&mut Map<String, Value>> {
    let Some(operation) = operation.as_object_mut() else { return Vec::new() };
    let mut contents = Vec::new();
    for (member, value) in operation {
        match member.as_str() {
            "requestBody" => contents.push(value),
            "responses" => {
                let responses = value.as_object_mut().into_iter().flatten();
                contents.extend(responses.filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response));
            }
            _ => {}
        }
    }
    contents.into_iter().filter_map(|body| body.get_mut("content")?.as_object_mut()).collect()
}

struct Examples {
    schemas: Map<String, Value>,
    /// By the name of their schema.
    made: BTreeMap<String, Value>,
}

impl Examples {
    fn attach(&mut self, content: &mut Map<String, Value>, used: &mut Map<String, Value>) {
        for (media_type, body) in content {
            let schema = body["schema"].clone();
            match referred(&schema) {
                _ if media_type == "text/csv" => {
                    body["example"] = "客户名称,电话\r\n华信科技有限公司,0755-26001234\r\n".into()
                }
                _ if media_type == "application/octet-stream" => body["example"] = "%PDF-1.7".into(),
                Some(name) => {
                    used.entry(name).or_insert_with(|| json!({"value": self.of_schema(name, DEPTH)}));
                    body["examples"] = json!({"typical": {"$ref": format!("#/components/examples/{name}")}});
                }
                None => body["example"] = self.of(&schema, "", DEPTH),
            }
        }
    }

    fn of_schema(&mut self, name: &str, depth: usize) -> Value {
        if let Some(made) = self.made.get(name) {
            return made.clone();
        }
        let schema = self.schemas.get(name).cloned().unwrap_or_default();
        let example = self.of(&schema, "", depth);
        self.made.insert(name.to_owned(), example.clone());
        example
    }

    /// An example of what stands at a member, or of a whole. Null is the one of a text that nobody knows one for, which
    /// its schema does not like, nor does the test.
    fn of(&mut self, schema: &Value, member: &str, depth: usize) -> Value {
        let Some(depth) = depth.checked_sub(1) else { return Value::Null };
        let own = schema.get("example").or_else(|| schema["examples"].get(0)).or_else(|| schema["enum"].get(0));
        if let Some(own) = own {
            return own.clone();
        }
        if let Some(formed) = schema["format"].as_str().and_then(of_format) {
            return formed;
        }
        let types = types(schema);
        if let Some(known) = samples::member(member).filter(|known| types.contains(&type_of(known))) {
            return known;
        }
        if let Some(name) = referred(schema) {
            return self.of_schema(name, depth);
        }
        let first = ["oneOf", "anyOf"].into_iter().find_map(|word| schema[word].get(0));
        if let Some(first) = first {
            return self.of(first, member, depth);
        }
        match types.first().copied().unwrap_or_default() {
            "object" => self.of_object(schema, depth),
            "array" => json!([self.of(&schema["items"], member, depth)]),
            "integer" | "number" => json!(1),
            "boolean" => json!(false),
            _ => Value::Null,
        }
    }

    fn of_object(&mut self, schema: &Value, depth: usize) -> Value {
        let required = |member: &str| schema["required"].as_array().into_iter().flatten().any(|one| one == member);
        let properties = schema["properties"].as_object().into_iter().flatten();
        let members = properties.filter_map(|(member, schema)| {
            let value = self.of(schema, member, depth);
            // What is empty in the example says more by its absence.
            (!value.is_null() || required(member)).then(|| (member.clone(), value))
        });
        Value::Object(members.collect())
    }
}

fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

/// The types that a schema names; `null` is an example only of what may be null.
fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => vec![one],
        _ => Vec::new(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn of_format(format: &str) -> Option<Value> {
    match format {
        "uuid" => Some(json!(samples::ID)),
        "date" => Some(json!(samples::DAY)),
        "date-time" => Some(json!(samples::INSTANT)),
        "password" => Some(json!("晴天喝茶-7391-看海")),
        _ => None,
    }
}
