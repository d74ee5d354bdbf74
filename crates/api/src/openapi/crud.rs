//! The words for the generic verbs: paths and schemas of a resource, made from its declaration.

use domain::act::Act;
use domain::field::{Access, Field, Kind};
use domain::filter::{Op, operators};
use domain::lines::Columns;
use domain::messages;
use domain::permission::{Action, Permission};
use domain::platform::users::Locale;
use domain::resource::{Definition, ExternalId, STAMP_FIELDS, Verb};
use serde_json::{Map, Value, json};
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{PathItem, RefOr};

use crate::operations::batch::MOST;

/// `customer-types` is `CustomerType`.
pub fn type_name(definition: &Definition) -> String {
    let singular = match definition.name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => definition.name.trim_end_matches('s').to_owned(),
    };
    singular.split('-').map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `customer-types` is `customer type` in a sentence.
fn noun(definition: &Definition) -> String {
    let mut noun = String::new();
    for letter in type_name(definition).chars() {
        if letter.is_uppercase() && !noun.is_empty() {
            noun.push(' ');
        }
        noun.extend(letter.to_lowercase());
    }
    noun
}

pub fn paths(definition: &Definition) -> Paths {
    let mut paths = Paths::new();
    for (path, item) in items(definition) {
        // An operation that does not fit is left out here and missed by the test that compares routes and document.
        if let Ok(item) = serde_json::from_value::<PathItem>(item) {
            paths.paths.insert(path, item);
        }
    }
    paths
}

fn items(definition: &Definition) -> Vec<(String, Value)> {
    let words = Words::of(definition);
    let offers = |verb| definition.verbs.contains(&verb);
    let base = format!("/{}", definition.name);
    let mut items = Vec::new();
    let mut collection = Map::new();
    let mut record = Map::new();
    let mut action = |rest: &str, method: &str, operation: Value| {
        items.push((format!("{base}{rest}"), json!({method: operation})));
    };
    if offers(Verb::List) {
        collection.insert("get".into(), words.list());
        action("/search", "post", words.search());
    }
    if offers(Verb::Create) {
        collection.insert("post".into(), words.create());
    }
    if offers(Verb::Find) {
        record.insert("get".into(), words.find());
        action("/{id}/history", "get", words.history());
    }
    if offers(Verb::Update) {
        record.insert("patch".into(), words.update());
    }
    if definition.offers(Action::Assign) {
        action("/{id}/assign", "post", words.assign());
    }
    for act in definition.acts {
        action(&format!("/{{id}}/{}", act.noun), "post", words.act(act));
    }
    if offers(Verb::Delete) {
        record.insert("delete".into(), words.delete());
        action("/{id}/restore", "post", words.restore());
    }
    if definition.fields.iter().any(|field| field.personal) {
        action("/{id}/mask-reveal", "post", words.reveal());
    }
    if offers(Verb::Update) && offers(Verb::Delete) {
        action("/bulk", "post", words.bulk());
    }
    if offers(Verb::Create) && offers(Verb::Update) {
        action("/by-external/{system}/{external_id}", "patch", words.upsert());
    }
    if [Verb::Create, Verb::Update, Verb::Delete].into_iter().all(offers) {
        action("/batch", "post", words.batch());
    }
    items.push((base.clone(), Value::Object(collection)));
    items.push((format!("{base}/{{id}}"), Value::Object(record)));
    items
}

/// The operations of one resource.
struct Words<'a> {
    definition: &'a Definition,
    name: String,
    noun: String,
}

impl<'a> Words<'a> {
    fn of(definition: &'a Definition) -> Self {
        Self { definition, name: type_name(definition), noun: noun(definition) }
    }

    fn operation(&self, verb: &str, action: Action, summary: String, rest: Value) -> Value {
        let plural = matches!(verb, "list" | "search");
        let id = if plural {
            format!("{verb}_{}", self.definition.table)
        } else {
            format!("{verb}_{}", self.noun.replace(' ', "_"))
        };
        let permission = Permission::new(self.definition.name, action).to_string();
        let mut operation = json!({
            "tags": [self.definition.area.word()],
            "operationId": id,
            "summary": summary,
            "description": format!("{summary} Needs the permission `{permission}`."),
            "x-permission": permission,
        });
        merge(&mut operation, rest);
        operation
    }

    fn list(&self) -> Value {
        let mut parameters = vec![
            query(
                "q",
                "Words to look for: part of a name, pinyin, initials, the end of a telephone number.",
                json!({"type": "string", "maxLength": 100}),
            ),
            query(
                "sort",
                "Up to three fields, `-` before a field for descending order, such as `-updated_at`.",
                json!({"type": "string"}),
            ),
            query(
                "limit",
                "Records on a page.",
                json!({"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
            ),
            query("cursor", "Where the page begins, from the page before.", json!({"type": "string"})),
            query("fields", "The members to return, separated by commas.", json!({"type": "string"})),
            query("expand", "References to embed, such as `owner`.", json!({"type": "string"})),
            query(
                "count",
                "Whether to tell how many records there are.",
                json!({"type": "string", "enum": ["none", "exact", "estimate"], "default": "none"}),
            ),
            query("filter", "A nested filter as JSON.", json!({"type": "string"})),
        ];
        parameters.extend(self.filter_parameters());
        self.operation("list", Action::Read, format!("List {}s.", self.noun), json!({
            "parameters": parameters,
            "responses": {"200": {"description": "A page.", "content": body(&format!("{}Page", self.name)), "headers": {"Link": {"description": "First and next page, RFC 8288.", "schema": {"type": "string"}}}}},
        }))
    }

    fn filter_parameters(&self) -> Vec<Value> {
        let filterable = self.definition.all_fields().filter(|field| field.filterable);
        filterable
            .flat_map(|field| {
                operators(field.kind, field.personal).iter().map(move |op| {
                    let name = format!("filter[{}][{}]", field.key, op.word());
                    query(&name, told(*op), json!({"type": "string"}))
                })
            })
            .collect()
    }

    fn search(&self) -> Value {
        self.operation(
            "search",
            Action::Read,
            format!("List {}s by a filter of any depth.", self.noun),
            json!({
                "requestBody": request("Listing"),
                "responses": {"200": {"description": "A page.", "content": body(&format!("{}Page", self.name))}},
            }),
        )
    }

    fn create(&self) -> Value {
        self.operation("create", Action::Create, format!("Create a {}.", self.noun), json!({
            "parameters": [idempotency_key(false)],
            "requestBody": request(&format!("{}Draft", self.name)),
            "responses": {"201": {"description": "Created.", "content": body(&self.name), "headers": {"Location": header("Address of the record."), "ETag": etag()}}},
        }))
    }

    fn find(&self) -> Value {
        self.operation("find", Action::Read, format!("Read a {}.", self.noun), json!({
            "parameters": [id(), query("fields", "The members to return, separated by commas.", json!({"type": "string"})), query("expand", "References to embed.", json!({"type": "string"})), conditional("If-None-Match", false)],
            "responses": {"200": {"description": "The record.", "content": body(&self.name), "headers": {"ETag": etag()}}, "304": {"description": "Not changed since."}},
        }))
    }

    fn update(&self) -> Value {
        let schema = reference(&format!("{}Patch", self.name));
        self.operation("update", Action::Update, format!("Change a {}: a merge patch, RFC 7396.", self.noun), json!({
            "parameters": [id(), conditional("If-Match", true), idempotency_key(false)],
            "requestBody": {"required": true, "content": {"application/merge-patch+json": {"schema": schema}, "application/json": {"schema": schema}}},
            "responses": {"200": {"description": "The changed record.", "content": body(&self.name), "headers": {"ETag": etag()}}},
        }))
    }

    fn delete(&self) -> Value {
        self.operation(
            "delete",
            Action::Delete,
            format!("Delete a {}; it can be restored for thirty days.", self.noun),
            json!({
                "parameters": [id(), query("move_to", MOVE_TO, json!({"type": "string", "format": "uuid"})), conditional("If-Match", true)],
                "responses": {"204": {"description": "Deleted."}},
            }),
        )
    }

    fn restore(&self) -> Value {
        self.operation("restore", Action::Delete, format!("Restore a deleted {}.", self.noun), json!({
            "parameters": [id(), idempotency_key(false)],
            "responses": {"200": {"description": "The restored record.", "content": body(&self.name), "headers": {"ETag": etag()}}},
        }))
    }

    fn assign(&self) -> Value {
        let summary = match self.definition.owned {
            true => format!("Give a {} to another owner.", self.noun),
            false => format!("Move a {} to another department.", self.noun),
        };
        self.operation("assign", Action::Assign, summary, json!({
            "parameters": [id(), conditional("If-Match", true), idempotency_key(false)],
            "requestBody": request("Assignment"),
            "responses": {"200": {"description": "The changed record.", "content": body(&self.name), "headers": {"ETag": etag()}}},
        }))
    }

    fn act(&self, act: &Act) -> Value {
        let told = |key: &str| {
            let text = messages::lookup(Locale::English, &format!("act.{}.{}{key}", self.definition.name, act.noun));
            text.unwrap_or_default()
        };
        let summary = format!("{} a {}: {}.", told(""), self.noun, told(".note"));
        let mut operation = self.operation(&act.noun.replace('-', "_"), act.action, summary, json!({
            "parameters": [id(), conditional("If-Match", true), idempotency_key(false)],
            "requestBody": {"required": act.asks.iter().any(|asked| asked.required), "content": {"application/json": {"schema": asked(self.definition, act)}}},
            "responses": {"200": {"description": "The changed record.", "content": body(&self.name), "headers": {"ETag": etag()}}},
        }));
        if !act.from.is_empty() {
            let said = operation["description"].as_str().unwrap_or_default().to_owned();
            operation["description"] = format!("{said} Possible from: {}.", act.from.join(", ")).into();
        }
        operation
    }

    fn reveal(&self) -> Value {
        self.operation(
            "reveal",
            Action::Reveal,
            format!("Show masked values of a {}; who looked and why is kept in its history.", self.noun),
            json!({
                "parameters": [id(), idempotency_key(false)],
                "requestBody": request("Reveal"),
                "responses": {"200": {"description": "The values in the clear.", "content": body("Revealed")}},
            }),
        )
    }

    fn bulk(&self) -> Value {
        self.operation("bulk_change", Action::Update, format!("Delete, edit or assign many {}s in one operation that can be undone.", self.noun), json!({
            "parameters": [idempotency_key(false)],
            "requestBody": request(&format!("{}BulkChange", self.name)),
            "responses": {
                "200": {"description": "The operation, with the rows that failed; of a dry run with every row.", "content": body("Operation")},
                "202": {"description": "The job; more than 200 records are changed in the background.", "content": body("Job"), "headers": {"Location": header("Address of the job.")}},
            },
        }))
    }

    fn upsert(&self) -> Value {
        let summary = format!("Create the {} that another system calls so, or change it by a merge patch.", self.noun);
        let part = |name: &str, description: &str, max: usize| json!({"name": name, "in": "path", "required": true, "description": description, "schema": {"type": "string", "minLength": 1, "maxLength": max}});
        let schema = reference(&format!("{}Draft", self.name));
        let create = Permission::new(self.definition.name, Action::Create);
        let mut operation = self.operation("upsert", Action::Update, summary, json!({
            "parameters": [
                part("system", "The other system, such as `erp`.", ExternalId::LONGEST_SYSTEM),
                part("external_id", "Its name for the record.", ExternalId::LONGEST_ID),
                conditional("If-Match", false),
                json!({"name": "If-None-Match", "in": "header", "required": false, "description": "`*` only creates.", "schema": {"type": "string", "enum": ["*"]}}),
                idempotency_key(false),
            ],
            "requestBody": {"required": true, "content": {"application/merge-patch+json": {"schema": schema}, "application/json": {"schema": schema}}},
            "responses": {
                "200": {"description": "The record that was there, changed.", "content": body(&self.name), "headers": {"ETag": etag()}},
                "201": {"description": "Created.", "content": body(&self.name), "headers": {"Location": header("Address of the record."), "ETag": etag()}},
            },
        }));
        let said = operation["description"].as_str().unwrap_or_default().to_owned();
        operation["description"] = format!("{said} Creating needs `{create}`.").into();
        operation
    }

    fn batch(&self) -> Value {
        let summary = format!("Create, change and delete up to 1,000 {}s, all of them or each for itself.", self.noun);
        let mut operation = self.operation("batch", Action::Update, summary.clone(), json!({
            "parameters": [idempotency_key(true)],
            "requestBody": request(&format!("{}Batch", self.name)),
            "responses": {"200": {"description": "What came of each item, in their order.", "content": body("BatchResults")}},
        }));
        operation["operationId"] = format!("batch_{}", self.definition.table).into();
        operation["description"] = format!(
            "{summary} Every item needs the permission that its request alone would need. With `atomic` one bad item \
             stops them all, and the answer is 422 with pointers at the bad ones. The whole is one operation that can \
             be undone."
        )
        .into();
        operation
    }

    fn history(&self) -> Value {
        self.operation("history_of", Action::Read, format!("List what happened to a {}, newest first.", self.noun), json!({
            "parameters": [id(), query("before", "The `sequence` of the last change of the page before.", json!({"type": "integer", "format": "int64"})), query("limit", "Changes on a page.", json!({"type": "integer", "minimum": 1, "maximum": 500, "default": 50}))],
            "responses": {"200": {"description": "Changes.", "content": body("History")}},
        }))
    }
}

/// The schemas of a resource: record, draft, patch and page.
pub fn schemas(definition: &Definition, schemas: &mut Vec<(String, RefOr<Schema>)>) {
    let name = type_name(definition);
    let mut add = |name: String, schema: Value| {
        if let Ok(schema) = serde_json::from_value(schema) {
            schemas.push((name, schema));
        }
    };
    add(name.clone(), record(definition));
    add(format!("{name}Draft"), draft(definition));
    add(format!("{name}Patch"), patch(definition));
    add(format!("{name}Batch"), batch(&name));
    add(format!("{name}BulkChange"), bulk_change(&name));
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
    if definition.fields.iter().any(|field| field.personal) {
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
    let own = definition.fields.iter().filter(|field| field.access != Access::ReadOnly);
    let mut properties: Map<String, Value> =
        own.chain(stamp).map(|field| (field.key.to_owned(), member_of_draft(field))).collect();
    properties.extend(definition.beside.iter().map(|field| (field.key.to_owned(), several())));
    // What has a default may be left out although it may not be empty.
    let required: Vec<_> =
        definition.fields.iter().filter(|field| field.is_asked_of_new()).map(|field| field.key).collect();
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

fn patch(definition: &Definition) -> Value {
    let own = definition.fields.iter().filter(|field| field.access == Access::Writable);
    let properties: Map<String, Value> =
        own.map(|field| (field.key.to_owned(), member(field, !field.required))).collect();
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// What an act asks for.
fn asked(definition: &Definition, act: &Act) -> Value {
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

fn bulk_change(name: &str) -> Value {
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
            "move_to": {"type": ["string", "null"], "format": "uuid", "description": MOVE_TO},
            "dry_run": {"type": "boolean", "default": false},
        },
    })
}

const MOVE_TO: &str =
    "Of a deletion: the record that others shall name instead. Without it, a record that others name is not deleted.";

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
        Kind::Decimal | Kind::Amount => json!({"type": "string", "format": "decimal", "maxLength": 40}),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        // Later versions may know more words.
        Kind::Choice(words) => json!({"type": "string", "enum": words, "x-open-enum": true}),
        Kind::Url => text(Some("uri")),
        Kind::ExternalIds => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Kind::Lines(columns) => json!({"type": "array", "maxItems": domain::lines::MOST, "items": line(columns)}),
        kind if kind.is_many() => json!({"type": "array", "maxItems": domain::check::MAX_ITEMS, "items": text(None)}),
        _ => text(None),
    };
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

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

pub fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn body(schema: &str) -> Value {
    json!({"application/json": {"schema": reference(schema)}})
}

fn request(schema: &str) -> Value {
    json!({"required": true, "content": body(schema)})
}

fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema})
}

fn id() -> Value {
    json!({"name": "id", "in": "path", "required": true, "description": "The id of the record.", "schema": {"type": "string", "format": "uuid"}})
}

fn conditional(name: &str, required: bool) -> Value {
    json!({"name": name, "in": "header", "required": required, "description": "The entity tag that was read.", "schema": {"type": "string"}})
}

fn idempotency_key(required: bool) -> Value {
    json!({"name": "Idempotency-Key", "in": "header", "required": required, "description": "Makes the request safe to repeat.", "schema": {"type": "string"}})
}

fn header(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}})
}

/// What a comparison of the query string says, as far as its name does not.
fn told(op: Op) -> &'static str {
    match op {
        Op::In => {
            "One of several values, separated by commas; a value with a comma stands in quotation marks: \
             `\"Acme, Inc.\",Globex`. All comparisons of a request must hold."
        }
        Op::Between => {
            "Two values separated by a comma, both of which belong to what is found. All comparisons of a request must hold."
        }
        _ => "A comparison; all comparisons of a request must hold.",
    }
}

fn etag() -> Value {
    header("The entity tag of the record, for If-Match.")
}
