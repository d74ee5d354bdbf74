//! The schemas of summaries, the same for all resources.

use domain::summary::{MAX_BY, MAX_LIMIT, MAX_OF, Period};
use serde_json::{Value, json};

use super::crud::reference;

pub fn schemas() -> [(String, Value); 6] {
    let field = json!({"type": "string"});
    let by = json!({
        "description": "A field whose values are told apart, or the periods of the calendar in which its days lie. `/meta/{resource}` tells which fields are `groupable`.",
        "oneOf": [field, {
            "type": "object", "required": ["field", "period"], "additionalProperties": false,
            "properties": {"field": field, "period": {"type": "string", "enum": Period::WORDS, "description": "Weeks begin on Monday."}},
        }],
    });
    let of_field = |word: &str| json!({"type": "object", "required": [word], "additionalProperties": false, "properties": {word: field}});
    let of = json!({
        "description": "A number of records, or a figure of a field. `/meta/{resource}` tells of each field its `measures`.",
        "oneOf": [
            {"type": "string", "enum": ["count"]}, of_field("sum"), of_field("avg"), of_field("min"), of_field("max"),
        ],
    });
    let summary = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "filter": reference("Filter"),
            "q": {"type": ["string", "null"], "maxLength": 100},
            "by": {"type": "array", "maxItems": MAX_BY, "items": reference("By")},
            "of": {"type": "array", "minItems": 1, "maxItems": MAX_OF, "items": reference("Measure"), "default": ["count"]},
            "limit": {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_LIMIT, "default": MAX_LIMIT, "description": "Most groups that are told."},
        },
        "example": {"filter": {"field": "status", "op": "eq", "value": "active"}, "by": ["level"], "of": ["count"]},
    });
    let figure = json!({
        "description": "A number of records; of an amount an object with a figure for each currency; of anything else an exact number, a day or a moment, and null where there is none. Averages have six places at most, of amounts those of their currency.",
        "oneOf": [
            {"type": "integer", "format": "int64"},
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": ["string", "null"]},
        ],
        "example": 12,
    });
    let figures = json!({"type": "array", "description": "In the order of `of`.", "items": reference("Figure")});
    let group = json!({
        "type": "object", "required": ["keys", "figures", "filter"],
        "properties": {
            "keys": {"type": "array", "description": "In the order of `by`.", "items": {
                "type": "object", "required": ["value"],
                "properties": {
                    "value": {"type": ["string", "boolean", "null"], "description": "Of a period its first day; null where there is nothing."},
                    "title": {"type": "string", "description": "What the record referred to is called, if the caller may see it."},
                },
            }},
            "figures": figures,
            "filter": {"allOf": [reference("Filter")], "description": "Finds exactly the records of the group, asked with the same `q`."},
        },
        "example": {
            "keys": [{"value": "a"}], "figures": [12],
            "filter": {"and": [{"field": "status", "op": "eq", "value": "active"}, {"field": "level", "op": "eq", "value": "a"}]},
        },
    });
    let summed = json!({
        "type": "object", "required": ["groups", "totals", "cut"],
        "properties": {
            "groups": {"type": "array", "items": reference("Group"), "description": "Periods the newest first and choices as they are declared, otherwise the greatest first figure first."},
            "totals": {
                "type": "object", "required": ["figures", "filter"],
                "properties": {"figures": figures, "filter": reference("Filter")},
            },
            "cut": {"type": "boolean", "description": "Whether there are more groups than are told."},
        },
    });
    [("Summary", summary), ("Summed", summed), ("Group", group), ("Figure", figure), ("By", by), ("Measure", of)]
        .map(|(name, schema)| (name.to_owned(), schema))
}
