//! Holds values against the schemas of the OpenAPI document, with a validator that knows JSON Schema 2020-12.

use std::collections::HashMap;

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};
use tests::Answer;

/// The document, and the validators that were made of it so far.
pub struct Schemas {
    pub document: Value,
    validators: HashMap<String, Validator>,
}

impl Schemas {
    pub fn new() -> Self {
        Self { document: api::openapi::document(), validators: HashMap::new() }
    }

    /// What is wrong with a value, a line for each fault.
    pub fn faults(&mut self, schema: &Value, value: &Value) -> Vec<String> {
        let components = &self.document["components"];
        let validator = self.validators.entry(schema.to_string()).or_insert_with(|| {
            let whole = json!({"components": {"schemas": components["schemas"]}, "allOf": [schema]});
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            options.build(&whole).expect("a schema")
        });
        validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
    }

    /// Demands that an answer is one that the document names for this operation, with a body that fits.
    pub fn demand(&mut self, method: &Method, path: &str, answer: &Answer) {
        let operation = &self.document["paths"][path][method.as_str().to_lowercase()];
        assert!(operation.is_object(), "{method} {path} is not in the document");
        let mut response = operation["responses"][answer.status.to_string()].clone();
        if let Some(shared) = response["$ref"].as_str() {
            response = self.document.pointer(&shared[1..]).expect("a shared response").clone();
        }
        assert!(response.is_object(), "{method} {path} answers {} and does not say so: {answer:?}", answer.status);
        let media_type = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
        if answer.text.is_empty() {
            return assert!(response["content"].is_null(), "{method} {path} {}: a body is missing", answer.status);
        }
        let body = &response["content"][&media_type];
        assert!(body.is_object(), "{method} {path} {}: {media_type:?} is not in the document", answer.status);
        if media_type.ends_with("json") {
            let faults = self.faults(&body["schema"], &answer.json());
            assert!(faults.is_empty(), "{method} {path} {}: {faults:#?}\n{answer:?}", answer.status);
        }
    }
}
