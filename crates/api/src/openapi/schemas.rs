//! The schemas that all resources share: problems, pages, filters, batches, histories.

use domain::duplicates::{Likeness, MOST_MERGED};
use domain::error::Code;
use domain::filter::Op;
use domain::permission::Right;
use domain::resource::ExternalId;
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, SchemaType,
    Type,
};
use utoipa::openapi::{Ref, RefOr};

use super::crud::reference;
use super::{examples, samples};

/// A filter as a member of a request that a handler declares.
pub fn filter() -> RefOr<Schema> {
    Ref::from_schema_name("Filter").into()
}

/// Header of a file to what it means; null leaves the column out.
pub fn mapping() -> RefOr<Schema> {
    let target = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
    let mapping = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .additional_properties(Some(AdditionalProperties::RefOr(target.build().into())))
        .examples([json!({"客户名称": "name", "电话": "phones"})]);
    mapping.build().into()
}

/// A job, or nothing if there was none.
pub fn job_or_nothing() -> RefOr<Schema> {
    let nothing = ObjectBuilder::new().schema_type(Type::Null);
    OneOfBuilder::new().item(Ref::from_schema_name("Job")).item(nothing).into()
}

/// Fields that hold something which cannot be opened.
pub fn unreadable() -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let item = ["place", "field"].into_iter().fold(ObjectBuilder::new().schema_type(Type::Object), |item, member| {
        item.property(member, text()).required(member)
    });
    let item = item
        .property("record_id", text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))))
        .property("noticed_at", text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))))
        .required("record_id")
        .required("noticed_at");
    ArrayBuilder::new().items(item).into()
}

fn group(member: &str, schema: Value) -> Value {
    json!({"type": "object", "required": [member], "additionalProperties": false, "properties": {member: schema}})
}

fn over(member: &str, description: &str) -> Value {
    json!({
        "type": "object", "required": [member], "additionalProperties": false, "description": description,
        "properties": {member: {"type": "string"}, "filter": reference("Filter")},
    })
}

/// Everything that is not about one resource alone.
pub fn all() -> Map<String, Value> {
    let fault = json!({
        "type": "object", "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "RFC 6901 pointer into the request, or the name of a parameter."},
            "code": {"type": "string", "description": "The rule that was broken."},
            "params": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Figures of the rule."},
            "detail": {"type": "string", "description": "A sentence in the caller's language."},
        },
    });
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.word()).collect();
    let problem = json!({
        "type": "object", "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "format": "int32"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "code": {"type": "string", "description": "A stable machine word.", "examples": codes},
            "request_id": {"type": "string"},
            "errors": {"type": "array", "items": reference("Fault")},
        },
        "example": examples::problem(Code::Invalid),
    });
    let text_or_null = json!({"type": ["string", "null"]});
    let page = json!({
        "type": "object", "required": ["next_cursor", "has_more"],
        "properties": {
            "next_cursor": text_or_null, "prev_cursor": text_or_null, "last_cursor": text_or_null,
            "has_more": {"type": "boolean"},
            "total": {"type": "integer", "format": "int64", "description": "Only if `count` asked for it."},
            "estimated": {"type": "boolean", "description": "Whether `total` is an estimate, in three digits. Up to 10,000 it is exact."},
        },
    });
    let comparison = json!({
        "type": "object", "required": ["field", "op"], "additionalProperties": false,
        "properties": {
            "field": {"type": "string", "description": "A field, or one of a record that this one names: `customer.level`, over at most two references."},
            "op": {"type": "string", "enum": Op::WORDS},
            "value": {"description": "Dates may be relative, such as `@this_week`; people may be `@me`. `in`, `all_of` and `none_of` take a list, `between` its two ends."},
        },
    });
    let filter = json!({
        "description": "All of, one of, not, some or none of the records that name this one, or one comparison.",
        "oneOf": [
            group("and", json!({"type": "array", "items": reference("Filter")})),
            group("or", json!({"type": "array", "items": reference("Filter")})),
            group("not", reference("Filter")),
            over("some", "One of the records of this resource that name this one passes the filter; `customers.parent_id` where several fields name it."),
            over("none", "None of them does."),
            reference("Comparison"),
        ],
        "example": {"and": [{"field": "level", "op": "eq", "value": "a"}, {"field": "name", "op": "contains", "value": "华信"}]},
    });
    let listing = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "filter": reference("Filter"),
            "q": {"type": "string", "maxLength": 100},
            "sort": {"type": "array", "maxItems": 3, "items": {"type": "string"}},
            "limit": {"type": "integer", "minimum": 1, "maximum": 500},
            "cursor": {"type": ["string", "null"], "description": "Where the page begins; nothing for the first page."},
            "fields": {"type": "array", "items": {"type": "string"}},
            "expand": {"type": "array", "maxItems": 20, "items": {"type": "string"}},
            "count": {"type": "string", "enum": ["none", "exact", "estimate"]},
        },
    });
    let id = json!({"type": ["string", "null"], "format": "uuid"});
    let assignment = json!({
        "type": "object", "additionalProperties": false,
        "properties": {"owner_id": id, "department_id": id},
    });
    let reveal = json!({
        "type": "object", "required": ["fields", "reason"], "additionalProperties": false,
        "properties": {
            "fields": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "reason": {"type": "string", "minLength": 2, "maxLength": 200},
        },
    });
    let revealed = json!({
        "type": "object", "description": "Field to its value in the clear.",
        "additionalProperties": {"type": ["string", "array", "null"], "items": {"type": "string"}},
        "example": {"phones": ["13800005678"]},
    });
    let flag = json!({"type": "boolean"});
    let description = json!({
        "type": "object", "required": ["name", "area", "title", "actions", "fields"],
        "properties": {
            "name": {"type": "string", "description": "Labels are at the message key `resource.<name>`."},
            "area": {"type": "string"},
            "title": {"type": "string", "description": "The field that names a record."},
            "actions": {"type": "array", "items": {"type": "string"}, "description": "What the caller may do."},
            "state": {"type": ["string", "null"], "description": "The field that holds where a record stands; acts alone change it."},
            "acts": {"type": "array", "description": "What may happen to a record: `POST /{resource}/{id}/{noun}`.", "items": {
                "type": "object", "required": ["noun", "action", "asks", "from", "to", "label"],
                "properties": {
                    "noun": {"type": "string"}, "action": {"type": "string"}, "to": {"type": ["string", "null"]},
                    "from": {"type": "array", "items": {"type": "string"}, "description": "The states in which it is possible; any if there are none."},
                    "makes": {"type": ["object", "null"], "description": "The record that it makes out of this one.", "properties": {
                        "resource": {"type": "string"}, "link": {"type": "string", "description": "The field of the new record that names this one."},
                        "carrying": {"type": "array", "description": "Fields that go over under another name: from, and to.", "items": {"type": "array", "items": {"type": "string"}}},
                    }},
                    "asks": {"type": "array", "items": {"type": "object", "properties": {"field": {"type": "string"}, "required": flag}}},
                    "label": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            }},
            "fields": {"type": "array", "items": {
                "type": "object", "required": ["key", "kind", "required", "access", "label", "right", "operators"],
                "properties": {
                    "key": {"type": "string"},
                    "kind": {"type": "string", "example": "text"},
                    "of": {"type": ["array", "string", "null"], "items": {"type": "string"}, "description": "The words of a choice, or the resource of a reference."},
                    "required": flag, "personal": flag, "filterable": flag, "sortable": flag, "groupable": flag, "summed": flag, "listed": flag, "quick": flag,
                    "max": {"type": "integer"},
                    "default": {"type": ["string", "null"], "description": "What a new record holds where nothing is said."},
                    "range": {"type": ["array", "null"], "items": {"type": "integer", "format": "int64"}, "description": "The least and the greatest number."},
                    "only_when": {"type": ["object", "null"], "required": ["field", "words", "required"], "description": "Of which records it says anything, and whether each of them has to say it; elsewhere it is empty.", "properties": {
                        "field": {"type": "string"}, "words": {"type": "array", "items": {"type": "string"}}, "required": flag,
                    }},
                    "access": {"type": "string", "enum": ["read_only", "create_only", "writable"]},
                    "group": {"type": "string"},
                    "label": {"type": "object", "additionalProperties": {"type": "string"}},
                    "right": {"type": "string", "enum": Right::WORDS},
                    "operators": {"type": "array", "items": {"type": "string"}},
                    "measures": {"type": "array", "items": {"type": "string"}, "description": "The figures that a summary makes of it."},
                },
            }},
        },
        "example": {
            "name": "customers", "area": "relations", "title": "name", "actions": ["read", "update"], "state": null, "acts": [],
            "fields": [{
                "key": "city", "kind": "text", "required": false, "max": 60, "personal": false, "filterable": true,
                "sortable": true, "access": "writable", "listed": true, "quick": false, "group": "address",
                "label": {"zh-CN": "城市", "en": "City"}, "right": "write", "operators": ["eq", "contains"], "groupable": true, "measures": [],
            }],
        },
    });
    let name = json!({
        "type": "object", "required": ["system", "id"], "additionalProperties": false,
        "description": "What another system calls the record; for `upsert`.",
        "properties": {
            "system": {"type": "string", "minLength": 1, "maxLength": ExternalId::LONGEST_SYSTEM},
            "id": {"type": "string", "minLength": 1, "maxLength": ExternalId::LONGEST_ID},
        },
    });
    let batch_results = json!({
        "type": "object", "required": ["operation_id", "results"],
        "properties": {
            "operation_id": {"type": "string", "format": "uuid", "description": "What to undo if the whole was a mistake."},
            "results": {"type": "array", "items": {
                "type": "object", "required": ["status", "id", "etag"],
                "properties": {
                    "status": {"type": "integer", "format": "int32", "description": "The status that the item's own request would have had."},
                    "id": id, "etag": text_or_null, "problem": reference("Problem"),
                },
            }},
        },
        "example": {
            "operation_id": samples::ID,
            "results": [
                {"status": 201, "id": samples::ID, "etag": samples::member("etag")},
                {"status": 422, "id": null, "etag": null, "problem": examples::problem(Code::Invalid)},
            ],
        },
    });
    let matches = json!({
        "type": "array", "description": "Why a search found the record; only with `q`.",
        "items": {
            "type": "object", "required": ["field", "kind"],
            "properties": {
                "resource": {"type": "string", "description": "Whose field it is, if not the record's own, such as `contacts`."},
                "field": {"type": "string"},
                "kind": {"type": "string", "enum": ["text", "pinyin", "initials", "phone"]},
                "text": {"type": "string", "description": "The part of the field that the word stands for."},
            },
        },
    });
    let change = json!({
        "type": "object", "required": ["sequence", "at", "operation", "version", "changed"],
        "properties": {
            "sequence": {"type": "integer", "format": "int64"},
            "at": {"type": "string", "format": "date-time"},
            "operation": {"type": "string", "enum": ["create", "update", "delete", "restore", "purge", "reveal"], "x-open-enum": true},
            "version": {"type": "integer", "format": "int64"},
            "actor_id": id, "actor_name": text_or_null, "operation_id": id, "reason": text_or_null,
            "changed": {"type": "object", "description": "Field to its value before and after.", "additionalProperties": {"type": "array", "items": {}, "minItems": 2, "maxItems": 2}},
            "unreadable": {"type": "array", "items": {"type": "string"}, "description": "Fields of which a value cannot be opened, if there are any; it is told as nothing."},
        },
    });
    let history = json!({
        "type": "object", "required": ["data"],
        "properties": {"data": {"type": "array", "items": reference("Change")}},
    });
    let entry = json!({
        "type": "object", "required": ["kind", "at", "cursor"],
        "properties": {
            "kind": {"type": "string", "description": "The resource whose record it is, or `changes` for what happened to the record itself."},
            "at": {"type": "string", "format": "date-time"},
            "cursor": {"type": "string", "description": "`before` of the page that begins behind this entry."},
            "record": {"type": "object", "additionalProperties": true, "description": "The record, with the names of whom it refers to."},
            "change": reference("Change"),
        },
    });
    let timeline = json!({
        "type": "object", "required": ["data", "page"],
        "properties": {
            "data": {"type": "array", "items": reference("TimelineEntry")},
            "page": {
                "type": "object", "required": ["next_cursor", "has_more"],
                "properties": {"next_cursor": {"type": ["string", "null"]}, "has_more": {"type": "boolean"}},
            },
        },
    });
    let following =
        json!({"type": "object", "required": ["following"], "properties": {"following": {"type": "boolean"}}});
    let happened = json!({
        "type": "object", "required": ["sequence", "at", "resource", "record_id", "title", "operation", "actor_name", "fields"],
        "properties": {
            "sequence": {"type": "integer", "format": "int64"},
            "at": {"type": "string", "format": "date-time"},
            "resource": {"type": "string"},
            "record_id": {"type": "string", "format": "uuid"},
            "title": {"type": "string", "description": "What the record is called."},
            "operation": {"type": "string", "enum": ["create", "update", "restore"]},
            "actor_name": {"type": ["string", "null"]},
            "fields": {"type": "array", "items": {"type": "string"}, "description": "The fields that an update changed, of those that the caller reads."},
        },
    });
    let activity = json!({
        "type": "object", "required": ["data", "page"],
        "properties": {"data": {"type": "array", "items": reference("Happened")}, "page": timeline["properties"]["page"].clone()},
    });
    let alike = json!({
        "type": "object", "required": ["resource", "by", "strength", "owner"],
        "properties": {
            "resource": {"type": "string"},
            "by": {"type": "array", "items": {"type": "string", "enum": Likeness::WORDS, "x-open-enum": true}},
            "strength": {"type": "string", "enum": ["warn", "refuse"], "x-open-enum": true, "description": "Whether the draft would be refused as it is."},
            "id": {"type": "string", "format": "uuid", "description": "Not told of a record that the caller may not see."},
            "title": {"type": "string"},
            "owner": {"type": ["string", "null"], "description": "The name of its owner.", "examples": ["李伟"]},
        },
    });
    let duplicates = json!({
        "type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": alike}},
    });
    let merging = json!({
        "type": "object", "required": ["others"], "additionalProperties": false,
        "properties": {
            "others": {"type": "array", "minItems": 1, "maxItems": MOST_MERGED - 1, "items": {"type": "string", "format": "uuid"}, "description": "The records that go."},
            "choices": {
                "type": "object", "additionalProperties": {"type": "string", "format": "uuid"},
                "examples": [{"name": samples::ID}],
                "description": "Field to the record whose value stays. Without a word the record that stays keeps its own; lists are joined.",
            },
        },
    });
    let mut schemas: Map<String, Value> =
        super::background::schemas().into_iter().chain(super::summary::schemas()).collect();
    schemas.extend(
        [
            ("Fault", fault),
            ("Problem", problem),
            ("PageInfo", page),
            ("Comparison", comparison),
            ("Filter", filter),
            ("Listing", listing),
            ("Assignment", assignment),
            ("Reveal", reveal),
            ("Revealed", revealed),
            ("ResourceDescription", description),
            ("ExternalId", name),
            ("BatchResults", batch_results),
            ("Matches", matches),
            ("Change", change),
            ("History", history),
            ("TimelineEntry", entry),
            ("Timeline", timeline),
            ("Following", following),
            ("Happened", happened),
            ("Activity", activity),
            ("Duplicates", duplicates),
            ("Merging", merging),
        ]
        .map(|(name, schema)| (name.to_owned(), schema)),
    );
    schemas
}
