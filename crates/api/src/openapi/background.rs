//! The words for jobs, operations, imports and exports.

use domain::platform::operations::{JobState, OperationKind, OperationState, Outcome};
use serde_json::{Value, json};

use super::crud::reference;

pub fn schemas() -> Vec<(String, Value)> {
    let id = json!({"type": ["string", "null"], "format": "uuid"});
    let at = json!({"type": ["string", "null"], "format": "date-time"});
    let count = json!({"type": "integer", "format": "int64"});
    let text = json!({"type": ["string", "null"]});
    let row = json!({
        "type": "object", "required": ["row", "outcome", "faults"],
        "properties": {
            "row": {"type": "integer", "format": "int64", "description": "The line of the file, or the place in the selection."},
            "record_id": id, "outcome": {"type": "string", "enum": Outcome::WORDS},
            "faults": {"type": "array", "items": reference("Fault")},
            "cells": {"type": "object", "description": "Of an import, if they were asked for: heading to the cell of the line; under the empty heading, what stands behind the last column.", "additionalProperties": {"type": "string"}},
            "lines": {"type": "array", "description": "Of a document that goes over several rows of the file, those behind the first, if cells were asked for. A fault of one of them names it as `params.row`.", "items": {"type": "object", "required": ["row", "cells"], "properties": {"row": {"type": "integer", "format": "int64"}, "cells": {"type": "object", "additionalProperties": {"type": "string"}}}}},
            "changed": {"type": "object", "description": "Of a dry run: field to its value before and after, personal values masked.", "additionalProperties": {"type": "array", "items": {}, "minItems": 2, "maxItems": 2}},
        },
    });
    let operation = json!({
        "type": "object", "required": ["id", "kind", "resource", "state", "dry_run", "total"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "kind": {"type": "string", "enum": OperationKind::WORDS, "x-open-enum": true},
            "resource": {"type": "string"},
            "state": {"type": "string", "enum": OperationState::WORDS},
            "dry_run": {"type": "boolean"},
            "total": count, "created": count, "updated": count, "unchanged": count, "deleted": count, "restored": count,
            "failed": count, "skipped": count,
            "user_id": id, "job_id": id, "undo_of": id, "created_at": at, "finished_at": at,
            "rows": {"type": "array", "items": reference("OperationRow")},
            "reasons": {"type": "array", "description": "Why rows failed, the most frequent reason first.", "items": {"type": "object", "properties": {
                "pointer": {"type": "string"}, "code": {"type": "string"}, "count": count, "detail": {"type": "string"},
            }}},
        },
    });
    let job = json!({
        "type": "object", "required": ["id", "kind", "state", "done", "failed"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "kind": {"type": "string"},
            "state": {"type": "string", "enum": JobState::WORDS},
            "total": {"type": ["integer", "null"], "format": "int64"},
            "done": count, "failed": count, "resumed_count": {"type": "integer", "format": "int32"},
            "cancel_requested": {"type": "boolean"},
            "error": text, "user_id": id, "created_at": at, "started_at": at, "finished_at": at,
            "operation_id": id,
            "error_file": {"type": ["string", "null"], "description": "Address of the rows that failed."},
            "download": {"type": ["string", "null"], "description": "Address of the exported file."},
        },
    });
    let list = |name: &str| json!({"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": reference(name)}}});
    let preview = json!({
        "type": "object", "required": ["file_id", "resource", "format", "columns", "lines", "targets"],
        "properties": {
            "file_id": {"type": "string", "format": "uuid"},
            "resource": {"type": "string"},
            "format": {"type": "object", "properties": {"encoding": {"type": "string"}, "delimiter": {"type": "string"}, "heading": count, "encodings": {"type": "array", "items": {"type": "string"}}}},
            "columns": {"type": "array", "items": {"type": "object", "properties": {
                "header": {"type": "string"}, "target": text, "samples": {"type": "array", "items": {"type": "string"}},
            }}},
            "lines": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
            "targets": {"type": "array", "items": {"type": "object", "properties": {
                "target": {"type": "string"}, "label": {"type": "object", "additionalProperties": {"type": "string"}}, "required": {"type": "boolean"},
            }}},
        },
    });
    [
        ("OperationRow", row),
        ("OperationRows", list("OperationRow")),
        ("Operation", operation),
        ("Operations", list("Operation")),
        ("Job", job),
        ("Jobs", list("Job")),
        ("ImportPreview", preview),
    ]
    .map(|(name, schema)| (name.to_owned(), schema))
    .to_vec()
}
