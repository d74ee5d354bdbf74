//! Compares the schema of a body as it was released with the one that is served.
//!
//! Which way the body goes decides what breaks: a request may not be asked for more than before, an answer may not hold
//! less, or something of another kind.

use std::collections::BTreeSet;

use serde_json::Value;

use super::difference::members;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    Request,
    Response,
}

/// Limits above which, and below which, a value is refused.
const CEILINGS: [&str; 4] = ["maxLength", "maxItems", "maximum", "maxProperties"];
const FLOORS: [&str; 4] = ["minLength", "minItems", "minimum", "minProperties"];

pub struct Comparison<'a> {
    released: &'a Value,
    served: &'a Value,
    /// Pairs of named schemas that were compared, or are being compared: schemas may contain themselves.
    seen: BTreeSet<(Direction, String, String)>,
    pub breaks: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub fn new(released: &'a Value, served: &'a Value) -> Self {
        Self { released, served, seen: BTreeSet::new(), breaks: Vec::new() }
    }

    pub fn say(&mut self, place: &str, what: &str) {
        self.breaks.push(format!("{place}: {what}"));
    }

    pub fn schemas(&mut self, direction: Direction, place: &str, old: &Value, new: &Value) {
        let names = old["$ref"].as_str().zip(new["$ref"].as_str());
        if names.is_some_and(|(one, other)| !self.seen.insert((direction, one.to_owned(), other.to_owned()))) {
            return;
        }
        let (old, new) = (resolved(self.released, old), resolved(self.served, new));
        if alternatives(old).is_some() || alternatives(new).is_some() {
            return self.choices(direction, place, old, new);
        }
        self.types(direction, place, old, new);
        self.words(direction, place, old, new);
        self.format(direction, place, old, new);
        if direction == Direction::Request {
            self.limits(place, old, new);
        }
        self.members(direction, place, old, new);
        if old.get("items").is_some() {
            self.schemas(direction, &format!("{place}/*"), &old["items"], &new["items"]);
        }
    }

    /// Each kind of value that somebody sends, or gets, must still have its place among the others.
    fn choices(&mut self, direction: Direction, place: &str, old: &Value, new: &Value) {
        let of = |schema: &Value| alternatives(schema).cloned().unwrap_or_else(|| vec![schema.clone()]);
        let (old, new) = (of(old), of(new));
        let fit = |one: &Value, other: &Value| {
            let mut trial = Comparison { seen: self.seen.clone(), ..Comparison::new(self.released, self.served) };
            trial.schemas(direction, place, one, other);
            trial.breaks.is_empty()
        };
        let broken = match direction {
            Direction::Request => !old.iter().all(|one| new.iter().any(|other| fit(one, other))),
            Direction::Response => !new.iter().all(|other| old.iter().any(|one| fit(one, other))),
        };
        if broken {
            self.say(place, "the choice of forms is another");
        }
    }

    fn types(&mut self, direction: Direction, place: &str, old: &Value, new: &Value) {
        let (old, new) = (types(old), types(new));
        let within = |inner: &[&str], outer: &[&str]| {
            let holds = |one: &&str| outer.contains(one) || (*one == "integer" && outer.contains(&"number"));
            outer.is_empty() || (!inner.is_empty() && inner.iter().all(holds))
        };
        let fits = match direction {
            Direction::Request => within(&old, &new),
            Direction::Response => within(&new, &old),
        };
        if !fits {
            self.say(place, &format!("the type was {}, and is {}", told(&old), told(&new)));
        }
    }

    /// A request may name every word that it could name; an answer brings a new one only where that was announced.
    fn words(&mut self, direction: Direction, place: &str, old: &Value, new: &Value) {
        let open = old["x-open-enum"] == true;
        let (old, new) = (old["enum"].as_array(), new["enum"].as_array());
        let lost =
            |from: &[Value], to: &[Value]| from.iter().filter(|word| !to.contains(word)).cloned().collect::<Vec<_>>();
        match (direction, old, new) {
            (Direction::Request, None, Some(_)) => self.say(place, "only some words are taken now"),
            (Direction::Response, Some(_), None) if !open => self.say(place, "any word may come now"),
            (Direction::Request, Some(old), Some(new)) => {
                lost(old, new).iter().for_each(|word| self.say(place, &format!("{word} is no longer taken")));
            }
            (Direction::Response, Some(old), Some(new)) if !open => {
                lost(new, old).iter().for_each(|word| self.say(place, &format!("{word} is new and was not announced")));
            }
            _ => {}
        }
    }

    fn format(&mut self, direction: Direction, place: &str, old: &Value, new: &Value) {
        let (old, new) = (old["format"].as_str(), new["format"].as_str());
        let freed = match direction {
            Direction::Request => new.is_none(),
            Direction::Response => old.is_none(),
        };
        if old != new && !freed {
            let told = |format: Option<&str>| format.unwrap_or("any").to_owned();
            self.say(place, &format!("the format was {}, and is {}", told(old), told(new)));
        }
    }

    fn limits(&mut self, place: &str, old: &Value, new: &Value) {
        let narrower = |limit: &str, tighter: fn(f64, f64) -> bool| {
            new[limit].as_f64().is_some_and(|new| old[limit].as_f64().is_none_or(|old| tighter(new, old)))
        };
        let ceilings = CEILINGS.into_iter().filter(|limit| narrower(limit, |new, old| new < old));
        let floors = FLOORS.into_iter().filter(|limit| narrower(limit, |new, old| new > old));
        let narrowed: Vec<_> = ceilings.chain(floors).collect();
        narrowed.iter().for_each(|limit| self.say(place, &format!("{limit} is narrower")));
    }

    fn members(&mut self, direction: Direction, place: &str, old: &Value, new: &Value) {
        let required = |schema: &Value| -> BTreeSet<String> {
            schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect()
        };
        let closed = new["additionalProperties"] == false;
        for (member, schema) in members(&old["properties"]) {
            let place = format!("{place}/{member}");
            match new["properties"].get(member) {
                Some(new) => self.schemas(direction, &place, schema, new),
                None if direction == Direction::Response || closed => self.say(&place, "is gone"),
                None => {}
            }
        }
        let (old_required, new_required) = (required(old), required(new));
        let (lost, what) = match direction {
            Direction::Request => (&new_required - &old_required, "is newly required"),
            Direction::Response => (&old_required - &new_required, "may be missing now"),
        };
        lost.iter().for_each(|member| self.say(&format!("{place}/{member}"), what));
        let (old_rest, new_rest) = (&old["additionalProperties"], &new["additionalProperties"]);
        let was_open = types(old).contains(&"object") && *old_rest != false;
        if direction == Direction::Request && was_open && closed {
            self.say(place, "takes no other members now");
        } else if old_rest.is_object() && new_rest.is_object() {
            self.schemas(direction, &format!("{place}/*"), old_rest, new_rest);
        }
    }
}

fn resolved<'v>(document: &'v Value, schema: &'v Value) -> &'v Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => schema,
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"].into_iter().find_map(|word| schema[word].as_array())
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn told(types: &[&str]) -> String {
    if types.is_empty() { "any".to_owned() } else { types.join(" or ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn broken(direction: Direction, old: &Value, new: &Value) -> Vec<String> {
        let of = |schema: &Value| json!({"components": {"schemas": {"Other": {"type": "object", "properties": {"other": {"$ref": "#/components/schemas/Other"}, "it": schema}}}}});
        let (released, served) = (of(old), of(new));
        let reference = json!({"$ref": "#/components/schemas/Other"});
        let mut comparison = Comparison::new(&released, &served);
        comparison.schemas(direction, "body", &reference, &reference);
        comparison.breaks
    }

    #[test]
    fn a_request_may_not_be_asked_for_more() {
        let object = |required: &[&str]| json!({"type": "object", "required": required, "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
        let closed = json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false});
        for (old, new, expected) in [
            (object(&["a"]), object(&["a", "b"]), "body/it/b: is newly required"),
            (object(&[]), closed.clone(), "body/it/b: is gone|body/it: takes no other members now"),
            (
                json!({"type": ["string", "null"]}),
                json!({"type": "string"}),
                "body/it: the type was string or null, and is string",
            ),
            (json!({}), json!({"type": "string"}), "body/it: the type was any, and is string"),
            (json!({"type": "number"}), json!({"type": "integer"}), "body/it: the type was number, and is integer"),
            (json!({"enum": ["a", "b"]}), json!({"enum": ["a", "c"]}), "body/it: \"b\" is no longer taken"),
            (
                json!({"type": "string"}),
                json!({"type": "string", "enum": ["a"]}),
                "body/it: only some words are taken now",
            ),
            (
                json!({"type": "string"}),
                json!({"type": "string", "format": "uuid"}),
                "body/it: the format was any, and is uuid",
            ),
            (json!({"maxLength": 20}), json!({"maxLength": 10}), "body/it: maxLength is narrower"),
            (json!({}), json!({"minItems": 1}), "body/it: minItems is narrower"),
            (
                json!({"type": "array", "items": {"type": ["string", "null"]}}),
                json!({"type": "array", "items": {"type": "string"}}),
                "body/it/*: the type was string or null, and is string",
            ),
            (
                json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
                json!({"type": "string"}),
                "body/it: the choice of forms is another",
            ),
        ] {
            assert_eq!(broken(Direction::Request, &old, &new).join("|"), expected);
            if !old.to_string().contains("enum") {
                assert!(broken(Direction::Request, &new, &old).is_empty(), "back again is an addition: {new}");
            }
        }
    }

    #[test]
    fn an_answer_may_not_hold_less_or_something_else() {
        let object = |required: &[&str]| json!({"type": "object", "required": required, "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
        let shorter = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}});
        for (old, new, expected) in [
            (object(&["a"]), shorter, "body/it/b: is gone"),
            (object(&["a", "b"]), object(&["a"]), "body/it/b: may be missing now"),
            (
                json!({"type": "string"}),
                json!({"type": ["string", "null"]}),
                "body/it: the type was string, and is string or null",
            ),
            (json!({"type": "string"}), json!({"type": "integer"}), "body/it: the type was string, and is integer"),
            (json!({"enum": ["a"]}), json!({"enum": ["a", "b"]}), "body/it: \"b\" is new and was not announced"),
            (
                json!({"format": "date"}),
                json!({"format": "date-time"}),
                "body/it: the format was date, and is date-time",
            ),
        ] {
            assert_eq!(broken(Direction::Response, &old, &new).join("|"), expected);
        }
    }

    #[test]
    fn additions_break_nothing() {
        let small = json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false});
        let large = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "additionalProperties": false});
        let open = |words: &[&str]| json!({"type": "string", "enum": words, "x-open-enum": true});
        let forms =
            |words: &[&str]| json!({"oneOf": words.iter().map(|word| json!({"type": word})).collect::<Vec<_>>()});
        for (direction, old, new) in [
            (Direction::Request, &small, &large),
            (Direction::Response, &small, &large),
            (Direction::Response, &open(&["a"]), &open(&["a", "b"])),
            (Direction::Request, &open(&["a"]), &open(&["a", "b"])),
            (Direction::Request, &forms(&["string"]), &forms(&["string", "null"])),
            (Direction::Response, &forms(&["string", "null"]), &forms(&["string"])),
            (Direction::Response, &json!({"type": "number"}), &json!({"type": "integer"})),
            (Direction::Request, &json!({"maxLength": 10}), &json!({"maxLength": 20})),
            (Direction::Response, &json!({"maxLength": 10}), &json!({"maxLength": 20})),
        ] {
            assert_eq!(broken(direction, old, new), Vec::<String>::new(), "{old} {new}");
        }
    }
}
