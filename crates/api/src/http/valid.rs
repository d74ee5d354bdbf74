//! Bodies of a known shape: every fault at once, in the words of the house.
//!
//! The limits stand at the members as `validator` attributes; their code is the word after `fault.` in the catalogues.
//! A shape fills what is missing with its default, so that the rules, and not the parser, tell what is required.

use domain::error::{Error, Fault};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::body::{Body, nul_faults, shape_fault};
use super::error::{Refusal, Result};

impl Body {
    /// A body that has its shape and keeps its rules.
    pub fn valid<T: DeserializeOwned + Validate>(&self) -> Result<T> {
        valid(self.object()?)
    }

    /// A patch that has its shape and keeps its rules.
    pub fn valid_patch<T: DeserializeOwned + Validate>(&self) -> Result<T> {
        valid(self.patch()?)
    }
}

fn valid<T: DeserializeOwned + Validate>(object: Map<String, Value>) -> Result<T> {
    let mut found = nul_faults(&object);
    let shape: T = match serde_json::from_value(Value::Object(object.clone())) {
        Ok(shape) => shape,
        Err(error) => {
            found.extend(shape_faults::<T>(&object));
            let refusal = if found.is_empty() { shape_fault(&error.to_string()) } else { Error::invalid(found) };
            return Err(Refusal(refusal));
        }
    };
    if let Err(errors) = shape.validate() {
        found.extend(faults("", &errors));
    }
    if found.is_empty() { Ok(shape) } else { Err(Refusal(Error::invalid(found))) }
}

/// Every member is tried alone, which finds all that do not fit where a parser stops at the first. What is missing then
/// is not a fault of the member.
pub fn shape_faults<T: DeserializeOwned>(object: &Map<String, Value>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (key, value) in object {
        let alone = Map::from_iter([(key.clone(), value.clone())]);
        if let Err(error) = serde_json::from_value::<T>(Value::Object(alone)) {
            let message = error.to_string();
            if message.starts_with("missing field") {
                continue;
            }
            let code = match message.split_once(' ') {
                Some(("unknown", rest)) if rest.starts_with("field") => "unknown_member",
                Some(("unknown", rest)) if rest.starts_with("variant") => "not_a_choice",
                _ => "wrong_type",
            };
            faults.push(Fault::field(key, code));
        }
    }
    faults
}

fn faults(pointer: &str, errors: &ValidationErrors) -> Vec<Fault> {
    let mut members: Vec<_> = errors.errors().iter().collect();
    members.sort_by_key(|(member, _)| member.to_owned());
    members.into_iter().flat_map(|(member, kind)| member_faults(&format!("{pointer}/{member}"), kind)).collect()
}

fn member_faults(pointer: &str, kind: &ValidationErrorsKind) -> Vec<Fault> {
    match kind {
        ValidationErrorsKind::Struct(errors) => faults(pointer, errors),
        ValidationErrorsKind::List(items) => {
            items.iter().flat_map(|(index, errors)| faults(&format!("{pointer}/{index}"), errors)).collect()
        }
        ValidationErrorsKind::Field(errors) => {
            let fault = |error: &validator::ValidationError| {
                // The value itself is among the parameters; it is never echoed.
                let figures = error.params.iter().filter(|(name, _)| *name != "value");
                figures.fold(Fault::new(pointer, &error.code), |fault, (name, figure)| fault.with(name, figure))
            };
            errors.iter().map(fault).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Deserialize, Validate)]
    #[serde(default, deny_unknown_fields)]
    struct Shape {
        #[validate(length(min = 1, code = "required"))]
        name: String,
        #[validate(length(max = 3, code = "too_long"))]
        code: String,
    }

    fn codes(body: Value) -> Vec<(String, String)> {
        let object = body.as_object().expect("an object");
        let found = match serde_json::from_value::<Shape>(body.clone()) {
            Err(_) => shape_faults::<Shape>(object),
            Ok(shape) => faults("", &shape.validate().expect_err("faults")),
        };
        found.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(pointer, code)| (pointer.to_string(), code.to_string())).collect()
    }

    #[test]
    fn all_members_at_fault_are_named_at_once() {
        assert_eq!(
            codes(json!({"name": 1, "colour": "red"})),
            pairs(&[("/colour", "unknown_member"), ("/name", "wrong_type")])
        );
        assert_eq!(codes(json!({"code": "四个汉字"})), pairs(&[("/code", "too_long"), ("/name", "required")]));
    }

    #[test]
    fn the_rejected_value_is_not_echoed() {
        let errors = Shape { name: "x".into(), code: "secret".into() }.validate().expect_err("too long");
        let fault = faults("", &errors).remove(0);
        assert_eq!(fault.params.keys().collect::<Vec<_>>(), ["max"]);
    }
}
