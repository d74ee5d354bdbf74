//! The schemas of one resource, made from its field list.

use domain::act::Act;
use domain::field::{Access, Field, Kind};
use domain::lines::Columns;
use domain::platform::users::Locale;
use domain::resource::{Definition, STAMP_FIELDS, Verb};
use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::parts::{MOVE_TO, reference};
use super::type_name;
use crate::operations::batch::MOST;

/// The schemas of a resource: record, draft, patch and page.
pub fn schemas(definition: &Definition, schemas: &mut Vec<(String, RefOr<Schema>)>) {
    let name = type_name(definition);
    let mut add = |name: String, schema: Value| {
        if let Ok(schema) = serde_json::from_value(schema) {
            schemas.push((name, schema));
        }
    };
    add(name.clone(), record(definition));
    let offers = |verb: &Verb| definition.verbs.contains(verb);
    if offers(&Verb::Create) {
        add(format!("{name}Draft"), draft(definition));
    }
    if definition.merged {
        add(format!("{name}DuplicateCheck"), duplicate_check(definition));
    }
    if offers(&Verb::Update) {
        add(format!("{name}Patch"), patch(definition));
        add(format!("{name}BulkChange"), bulk_change(definition, &name));
    }
    if [Verb::Create, Verb::Update, Verb::Delete].iter().all(offers) {
        add(format!("{name}Batch"), batch(&name));
    }
    add(
        format!("{name}Page"),
        json!({
            "type": "object",
            "required": ["data", "page"],
            "properties": {"data": {"type": "array", "items": reference(&name)}, "page": reference("PageInfo")},
        }),
    );
}

fn record(definition: &Definition) -> Value {
    let mut properties: Map<String, Value> = definition
        .all_fields()
        .map(|field| (field.key.to_owned(), member(field, !CERTAIN.contains(&field.key))))
        .collect();
    properties.insert("etag".into(), json!({"type": "string", "description": "The entity tag, for If-Match."}));
    properties.insert("matches".into(), reference("Matches"));
    if definition.own_fields().any(|field| field.personal) {
        properties.insert("unreadable".into(), json!({
            "type": "array", "items": {"type": "string"},
            "description": "Fields with something in them that cannot be opened, if there are any. It is left out of their values; writing a field anew mends it.",
        }));
    }
    // Sparse fields and field rights take members away, so that only these are certain.
    json!({"type": "object", "required": ["id", "version", "etag"], "properties": properties})
}

/// Members of the stamp that every record shows.
const CERTAIN: [&str; 2] = ["id", "version"];

fn draft(definition: &Definition) -> Value {
    let stamp = STAMP_FIELDS.iter().filter(|field| field.access == Access::CreateOnly);
    let own = definition.own_fields().filter(|field| field.access != Access::ReadOnly);
    let mut properties: Map<String, Value> =
        own.chain(stamp).map(|field| (field.key.to_owned(), member_of_draft(field))).collect();
    properties.extend(definition.beside.iter().map(|field| (field.key.to_owned(), several())));
    // What has a default may be left out although it may not be empty.
    let required: Vec<_> =
        definition.own_fields().filter(|field| field.is_asked_of_new()).map(|field| field.key).collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

/// A member with what is taken if it is left out.
fn member_of_draft(field: &Field) -> Value {
    let mut schema = member(field, !field.required);
    if let Some(default) = field.default_value() {
        schema["default"] = default;
    }
    schema
}

/// The ids of what a new record names beside its columns.
fn several() -> Value {
    json!({"type": ["array", "null"], "maxItems": 50, "items": {"type": "string", "format": "uuid"}})
}

/// A draft as far as it is typed.
fn duplicate_check(definition: &Definition) -> Value {
    let draft = definition.own_fields().map(|field| (field.key.to_owned(), member(field, true)));
    let draft = json!({"type": "object", "properties": draft.collect::<Map<_, _>>(), "additionalProperties": false});
    json!({
        "type": "object", "required": ["draft"], "additionalProperties": false,
        "properties": {
            "draft": draft,
            "id": {"type": ["string", "null"], "format": "uuid", "description": "The record that the draft changes."},
        },
    })
}

fn patch(definition: &Definition) -> Value {
    let own = definition.own_fields().filter(|field| field.access == Access::Writable);
    let properties: Map<String, Value> =
        own.map(|field| (field.key.to_owned(), member(field, !field.required))).collect();
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// What an act asks for.
pub fn asked(definition: &Definition, act: &Act) -> Value {
    let fields = act.asks.iter().filter_map(|asked| Some((asked, definition.field(asked.field)?)));
    let properties: Map<String, Value> =
        fields.map(|(asked, field)| (field.key.to_owned(), member(field, !asked.required))).collect();
    let required: Vec<_> = act.asks.iter().filter(|asked| asked.required).map(|asked| asked.field).collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn batch(name: &str) -> Value {
    let item = json!({
        "type": "object", "required": ["op"], "additionalProperties": false,
        "properties": {
            "op": {"type": "string", "enum": ["create", "update", "upsert", "delete"]},
            "id": {"type": "string", "format": "uuid", "description": "For `update` and `delete`."},
            "external": reference("ExternalId"),
            "if_match": {"type": "string", "description": "The `etag` that was read; `update` and `delete` need it."},
            "data": {"anyOf": [reference(&format!("{name}Draft")), reference(&format!("{name}Patch"))]},
            "move_to": {"type": ["string", "null"], "format": "uuid", "description": MOVE_TO},
        },
    });
    json!({
        "type": "object", "required": ["items"], "additionalProperties": false,
        "properties": {
            "items": {"type": "array", "minItems": 1, "maxItems": MOST, "items": item},
            "atomic": {"type": "boolean", "default": false, "description": "All of them, or none."},
        },
    })
}

/// Values to add to lists or to take from them, by field.
fn lists(definition: &Definition, description: &str) -> Value {
    let own = definition.own_fields().filter(|field| field.kind.is_many() && field.access == Access::Writable);
    let properties: Map<String, Value> = own.map(|field| (field.key.to_owned(), member(field, false))).collect();
    json!({"type": "object", "description": description, "properties": properties, "additionalProperties": false})
}

fn bulk_change(definition: &Definition, name: &str) -> Value {
    json!({
        "type": "object", "required": ["action"], "additionalProperties": false,
        "properties": {
            "action": {"type": "string", "enum": ["delete", "edit", "assign", "act"]},
            "act": {"type": ["string", "null"], "description": "For `act`: which, by its noun."},
            "ids": {"type": ["array", "null"], "maxItems": 100_000, "items": {"type": "string", "format": "uuid"}},
            "filter": {"anyOf": [reference("Filter"), {"type": "null"}]},
            "q": {"type": ["string", "null"], "maxLength": 100},
            "set": {
                "description": "For `edit` a merge patch, for `assign` an assignment, for `act` what it asks for.",
                "anyOf": [reference(&format!("{name}Patch")), reference("Assignment")],
            },
            "add": lists(definition, "For `edit`: values to add to lists that hold them not yet."),
            "remove": lists(definition, "For `edit`: values to take from lists."),
            "move_to": {"type": ["string", "null"], "format": "uuid", "description": MOVE_TO},
            "dry_run": {"type": "boolean", "default": false},
        },
    })
}

/// The schema of one field.
fn member(field: &Field, nullable: bool) -> Value {
    let text = |format: Option<&str>| {
        let mut schema = json!({"type": "string", "maxLength": field.max});
        if let Some(format) = format {
            schema["format"] = format.into();
        }
        schema
    };
    let mut schema = match field.kind {
        Kind::Id | Kind::Reference(_) => json!({"type": "string", "format": "uuid"}),
        Kind::Integer => {
            let mut schema = json!({"type": "integer", "format": "int64"});
            if let Some((least, greatest)) = field.range {
                (schema["minimum"], schema["maximum"]) = (least.into(), greatest.into());
            }
            schema
        }
        Kind::Decimal | Kind::Amount | Kind::Percent => json!({"type": "string", "format": "decimal", "maxLength": 40}),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        // Later versions may know more words.
        Kind::Choice(words) => json!({"type": "string", "enum": words, "x-open-enum": true}),
        Kind::Url => text(Some("uri")),
        Kind::ExternalIds => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Kind::Lines(columns) => json!({"type": "array", "maxItems": domain::lines::MOST, "items": line(columns)}),
        Kind::Choices(words) => json!({
            "type": "array", "maxItems": field.kind.most(),
            "items": {"type": "string", "enum": words, "x-open-enum": true},
        }),
        Kind::References(_) => json!({
            "type": "array", "maxItems": field.kind.most(), "items": {"type": "string", "format": "uuid"},
        }),
        kind if kind.is_many() => json!({"type": "array", "maxItems": field.kind.most(), "items": text(None)}),
        _ => text(None),
    };
    if let Some(made) = field.made {
        schema["title"] = made.label(Locale::English).into();
        schema["description"] = made.help(Locale::English).unwrap_or(made.label(Locale::Chinese)).into();
    }
    if nullable {
        let kind = schema["type"].take();
        schema["type"] = json!([kind, "null"]);
        if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            words.push(Value::Null);
        }
    }
    schema
}

/// The schema of a line. One without an id is new; the others keep theirs.
fn line(columns: &Columns) -> Value {
    let members = columns.fields.iter().map(|field| {
        let mut schema = member(field, !field.required);
        if field.access == Access::ReadOnly {
            schema["readOnly"] = true.into();
        }
        (field.key.to_owned(), schema)
    });
    let id = ("id".to_owned(), json!({"type": ["string", "null"], "format": "uuid"}));
    let properties: Map<String, Value> = [id].into_iter().chain(members).collect();
    let asked = columns.fields.iter().filter(|field| field.is_asked_of_new());
    let required: Vec<_> = asked.map(|field| field.key).collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}
