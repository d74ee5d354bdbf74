//! Two people changed one record: what can be joined without asking, and what must be asked.

use serde_json::{Map, Value};

/// The outcome of laying my changes over theirs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merge {
    /// What of mine can be sent as it is.
    pub patch: Map<String, Value>,
    /// Keys that both changed, to different values.
    pub disputed: Vec<String>,
}

/// Compare my changes with what became of the record since I read it.
pub fn merge(before: &Map<String, Value>, mine: &Map<String, Value>, theirs: &Map<String, Value>) -> Merge {
    let value = |document: &Map<String, Value>, key: &str| document.get(key).cloned().unwrap_or_default();
    let mut merge = Merge::default();
    for (key, wanted) in mine {
        let (was, is) = (value(before, key), value(theirs, key));
        if is == *wanted {
            continue;
        }
        if is != was {
            merge.disputed.push(key.clone());
        }
        merge.patch.insert(key.clone(), wanted.clone());
    }
    merge
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn different_fields_join_and_the_same_field_is_asked() {
        let before = object(json!({"name": "a", "city": "x", "level": null}));
        let theirs = object(json!({"name": "b", "city": "x", "level": "a"}));
        let joined = merge(&before, &object(json!({"city": "y"})), &theirs);
        assert_eq!(joined, Merge { patch: object(json!({"city": "y"})), disputed: vec![] });
        let disputed = merge(&before, &object(json!({"name": "c", "city": "y"})), &theirs);
        assert_eq!(disputed.disputed, ["name"]);
        assert_eq!(disputed.patch, object(json!({"name": "c", "city": "y"})));
    }

    #[test]
    fn agreement_needs_no_sending() {
        let before = object(json!({"name": "a"}));
        let theirs = object(json!({"name": "b"}));
        assert_eq!(merge(&before, &object(json!({"name": "b"})), &theirs), Merge::default());
    }
}
