//! Values added to lists and taken from them, whatever else stands there: what many records can be told at once.

use domain::check;
use domain::error::Fault;
use domain::field::{Access, Field};
use domain::resource::Definition;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// By the field that holds the list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Lists {
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub add: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub remove: Map<String, Value>,
}

impl Lists {
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// The members that are spoken of.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.add.keys().chain(self.remove.keys())
    }

    /// What could be said of no record.
    pub fn faults(&self, definition: &Definition) -> Vec<Fault> {
        let said = [("add", &self.add), ("remove", &self.remove)];
        let each = said.into_iter().flat_map(|(how, lists)| lists.iter().map(move |(key, value)| (how, key, value)));
        let fault = |(how, key, value): (&str, &String, &Value)| {
            let Some(field) = definition.own_field(key) else { return Some(told(how, key, "unknown_member")) };
            match field.access {
                _ if !field.kind.is_many() || !value.is_array() => Some(told(how, key, "wrong_type")),
                Access::Writable => None,
                _ => Some(told(how, key, "read_only")),
            }
        };
        each.filter_map(fault).collect()
    }

    /// Lays it over what a patch says of the lists, or else over what the record holds.
    pub fn lay(&self, definition: &Definition, present: &Map<String, Value>, patch: &mut Map<String, Value>) {
        for field in definition.own_fields().filter(|field| self.keys().any(|key| key == field.key)) {
            let base = patch.get(field.key).or(present.get(field.key));
            let mut items = base.and_then(Value::as_array).cloned().unwrap_or_default();
            let gone = kept(field, self.remove.get(field.key));
            items.retain(|item| !gone.contains(item));
            for item in kept(field, self.add.get(field.key)) {
                if !items.contains(&item) {
                    items.push(item);
                }
            }
            patch.insert(field.key.to_owned(), items.into());
        }
    }
}

fn told(how: &str, key: &str, code: &str) -> Fault {
    Fault::new(format!("/{how}/{key}"), code)
}

/// Values in the form in which the record holds them.
fn kept(field: &Field, said: Option<&Value>) -> Vec<Value> {
    let mut document = Map::from_iter([(field.key.to_owned(), said.cloned().unwrap_or_default())]);
    check::normalise([field], &mut document);
    document.remove(field.key).and_then(|value| value.as_array().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::relations::Customer;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_is_added_comes_once_and_what_is_taken_goes_however_it_is_written() {
        let definition = Definition::of::<Customer>();
        let lists = Lists {
            add: object(json!({"emails": ["B@x.cn", "c@x.cn"]})),
            remove: object(json!({"emails": [" A@X.CN "]})),
        };
        let present = object(json!({"emails": ["a@x.cn", "b@x.cn"], "phones": ["13800000000"]}));
        let mut patch = object(json!({"city": "苏州"}));
        lists.lay(&definition, &present, &mut patch);
        assert_eq!(Value::from(patch), json!({"city": "苏州", "emails": ["b@x.cn", "c@x.cn"]}));
        let mut patch = object(json!({"emails": ["d@x.cn"]}));
        lists.lay(&definition, &present, &mut patch);
        assert_eq!(patch["emails"], json!(["d@x.cn", "b@x.cn", "c@x.cn"]), "what is set comes first");
    }

    #[test]
    fn only_lists_can_be_added_to() {
        let definition = Definition::of::<Customer>();
        let said = object(json!({"name": ["a"], "tag_ids": "x", "dragons": [], "phones": []}));
        let lists = Lists { add: said.clone(), remove: said };
        let faults: Vec<_> = lists.faults(&definition).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        let expected = [("dragons", "unknown_member"), ("name", "wrong_type"), ("tag_ids", "wrong_type")];
        let both = ["add", "remove"]
            .into_iter()
            .flat_map(|how| expected.map(|(key, code)| (format!("/{how}/{key}"), code.to_owned())));
        assert_eq!(faults, both.collect::<Vec<_>>());
    }
}
