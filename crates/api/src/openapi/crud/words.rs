//! The operations of one resource in words.

use domain::act::Act;
use domain::filter::{Op, operators};
use domain::messages;
use domain::permission::{Action, Permission};
use domain::platform::attachments::LARGEST;
use domain::platform::users::Locale;
use domain::resource::{Definition, ExternalId, Verb};
use serde_json::{Value, json};

use super::parts::{MOVE_TO, body, conditional, etag, header, id, idempotency_key, merge, query, reference, request};
use super::schemas::asked;
use super::{noun, type_name};
use crate::timeline;

/// The operations of one resource.
pub struct Words<'a> {
    definition: &'a Definition,
    name: String,
    noun: String,
}

impl<'a> Words<'a> {
    pub fn of(definition: &'a Definition) -> Self {
        Self { definition, name: type_name(definition), noun: noun(definition) }
    }

    fn operation(&self, verb: &str, action: Action, summary: String, rest: Value) -> Value {
        let plural = matches!(verb, "list" | "search" | "summarise");
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

    /// The parameters of a write, which a duplicate rule may refuse.
    fn writing(&self, mut parameters: Vec<Value>) -> Vec<Value> {
        if self.definition.merged {
            let merge = Permission::new(self.definition.name, Action::Merge);
            let told = format!("Write it although a duplicate rule refuses it; needs `{merge}`.");
            parameters.push(query("allow_duplicates", &told, json!({"type": "boolean", "default": false})));
        }
        parameters
    }

    pub fn list(&self) -> Value {
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
        if self.definition.verbs.contains(&Verb::Delete) {
            parameters.push(query(
                "deleted",
                "`only`: the bin, what was deleted in the last thirty days, for who may restore it; `updated_at` and \
                 `updated_by` tell when and by whom. It is not searched by `q`.",
                json!({"type": "string", "enum": ["without", "only"], "default": "without"}),
            ));
        }
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

    pub fn search(&self) -> Value {
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

    pub fn summary(&self) -> Value {
        self.operation(
            "summarise",
            Action::Read,
            format!(
                "Count {}s and add up their figures, in groups of which each tells the filter that opens it.",
                self.noun
            ),
            json!({
                "requestBody": request("Summary"),
                "responses": {"200": {"description": "Groups and totals.", "content": body("Summed")}},
            }),
        )
    }

    pub fn create(&self) -> Value {
        self.operation("create", Action::Create, format!("Create a {}.", self.noun), json!({
            "parameters": self.writing(vec![idempotency_key(false)]),
            "requestBody": request(&format!("{}Draft", self.name)),
            "responses": {"201": {"description": "Created.", "content": body(&self.name), "headers": {"Location": header("Address of the record."), "ETag": etag()}}},
        }))
    }

    pub fn find(&self) -> Value {
        self.operation("find", Action::Read, format!("Read a {}.", self.noun), json!({
            "parameters": [id(), query("fields", "The members to return, separated by commas.", json!({"type": "string"})), query("expand", "References to embed.", json!({"type": "string"})), conditional("If-None-Match", false)],
            "responses": {"200": {"description": "The record.", "content": body(&self.name), "headers": {"ETag": etag()}}, "304": {"description": "Not changed since."}},
        }))
    }

    pub fn update(&self) -> Value {
        let schema = reference(&format!("{}Patch", self.name));
        self.operation("update", Action::Update, format!("Change a {}: a merge patch, RFC 7396.", self.noun), json!({
            "parameters": self.writing(vec![id(), conditional("If-Match", true), idempotency_key(false)]),
            "requestBody": {"required": true, "content": {"application/merge-patch+json": {"schema": schema}, "application/json": {"schema": schema}}},
            "responses": {"200": {"description": "The changed record.", "content": body(&self.name), "headers": {"ETag": etag()}}},
        }))
    }

    pub fn delete(&self) -> Value {
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

    pub fn restore(&self) -> Value {
        self.operation("restore", Action::Delete, format!("Restore a deleted {}.", self.noun), json!({
            "parameters": [id(), idempotency_key(false)],
            "responses": {"200": {"description": "The restored record.", "content": body(&self.name), "headers": {"ETag": etag()}}},
        }))
    }

    pub fn assign(&self) -> Value {
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

    pub fn act(&self, act: &Act) -> Value {
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
        if let Some(makes) = act.makes {
            let told =
                format!("Address of the new record of `{}`, which names this one in `{}`.", makes.resource, makes.link);
            operation["responses"]["200"]["headers"]["Location"] = header(&told);
        }
        if !act.from.is_empty() {
            let said = operation["description"].as_str().unwrap_or_default().to_owned();
            operation["description"] = format!("{said} Possible from: {}.", act.from.join(", ")).into();
        }
        operation
    }

    pub fn duplicates(&self) -> Value {
        let summary = format!("Tell which records are like a {} that is about to be saved.", self.noun);
        let mut operation = self.operation("check_duplicates_of", Action::Create, summary, json!({
            "requestBody": request(&format!("{}DuplicateCheck", self.name)),
            "responses": {"200": {"description": "Records like it. Of those that the caller may not see nothing is told but whose they are.", "content": body("Duplicates")}},
        }));
        let said = operation["description"].as_str().unwrap_or_default().to_owned();
        operation["description"] =
            format!("{said} The permission to update will do. Personal values that the caller may not read everywhere are counted like masked ones that are looked up.").into();
        operation
    }

    pub fn merge(&self) -> Value {
        let summary =
            format!("Put up to four other {}s and this one together; an operation that can be undone.", self.noun);
        self.operation("merge", Action::Merge, summary, json!({
            "parameters": [id(), json!({"name": "If-Match", "in": "header", "required": true, "description": "The entity tags of all of them, separated by commas.", "schema": {"type": "string"}}), idempotency_key(false)],
            "requestBody": request("Merging"),
            "responses": {"200": {"description": "The record that stays.", "content": body(&self.name), "headers": {"ETag": etag(), "Location": header("Address of the operation.")}}},
        }))
    }

    pub fn reveal(&self) -> Value {
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

    pub fn bulk(&self) -> Value {
        self.operation("bulk_change", Action::Update, format!("Delete, edit or assign many {}s in one operation that can be undone.", self.noun), json!({
            "parameters": [idempotency_key(false)],
            "requestBody": request(&format!("{}BulkChange", self.name)),
            "responses": {
                "200": {"description": "The operation, with the rows that failed; of a dry run with every row.", "content": body("Operation")},
                "202": {"description": "The job; more than 200 records are changed in the background.", "content": body("Job"), "headers": {"Location": header("Address of the job.")}},
            },
        }))
    }

    pub fn upsert(&self) -> Value {
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

    pub fn batch(&self) -> Value {
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

    pub fn timeline(&self) -> Value {
        let kinds = timeline::kinds(self.definition).join(", ");
        let told = format!("Entries of these kinds, separated by commas: {kinds}.");
        let before = json!({"type": "string", "maxLength": 200});
        let limit = json!({"type": "integer", "minimum": 1, "maximum": 500, "default": 50});
        self.operation("timeline_of", Action::Read, format!("Tell everything about a {}, latest first.", self.noun), json!({
            "parameters": [
                id(),
                query("before", "The `cursor` of the last entry of the page before.", before),
                query("kinds", &told, json!({"type": "string"})),
                query("limit", "Entries on a page.", limit),
            ],
            "responses": {"200": {"description": "Entries, each as the caller may see it.", "content": body("Timeline")}},
        }))
    }

    pub fn following(&self) -> Value {
        let one = |verb: &str, summary: String, parameters: Value| {
            self.operation(verb, Action::Read, summary, json!({
                "parameters": parameters,
                "responses": {"200": {"description": "Whether the caller follows it now.", "content": body("Following")}},
            }))
        };
        let told = "whoever does is notified when others change it or comment on it";
        json!({
            "get": one("following_of", format!("Tell whether one follows a {}.", self.noun), json!([id()])),
            "post": one("follow", format!("Follow a {}; {told}.", self.noun), json!([id(), idempotency_key(false)])),
            "delete": one("unfollow", format!("Follow a {} no longer.", self.noun), json!([id(), idempotency_key(false)])),
        })
    }

    pub fn attach(&self) -> Value {
        let most = format!("The file as it is, at most {} MB; what it is is read from its first bytes.", LARGEST >> 20);
        let file = json!({"application/octet-stream": {"schema": {"type": "string"}}});
        let name = json!({"type": "string", "maxLength": 2000});
        let mut name = query("name", "The name of the file.", name);
        name["required"] = true.into();
        self.operation("attach_to", Action::Update, format!("Add a file to a {}.", self.noun), json!({
            "parameters": [id(), idempotency_key(false), name],
            "requestBody": {"required": true, "description": most, "content": file},
            "responses": {"201": {"description": "The attachment.", "headers": {"Location": header("Its address."), "ETag": etag()}, "content": body("Attachment")}},
        }))
    }

    pub fn history(&self) -> Value {
        self.operation("history_of", Action::Read, format!("List what happened to a {}, newest first.", self.noun), json!({
            "parameters": [id(), query("before", "The `sequence` of the last change of the page before.", json!({"type": "integer", "format": "int64"})), query("limit", "Changes on a page.", json!({"type": "integer", "minimum": 1, "maximum": 500, "default": 50}))],
            "responses": {"200": {"description": "Changes.", "content": body("History")}},
        }))
    }
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
