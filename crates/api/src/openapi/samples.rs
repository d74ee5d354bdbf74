//! Sample values for examples: of fields by what they hold, of other members by their name.
//!
//! A field that nobody knows a value for still gets one, from its kind and its label, so that a new resource has
//! examples before anybody writes one.

use domain::field::{Access, Field, Kind};
use domain::messages;
use domain::platform::users::Locale;
use domain::resource::Definition;
use serde_json::{Map, Value, json};

pub const ID: &str = "01980a3c-5f6e-7c1d-9b2a-3e4f5a6b7c8d";
pub const INSTANT: &str = "2026-11-21T08:00:00.000000Z";
pub const DAY: &str = "2026-11-21";

/// Values of texts, by resource and field, or by field alone.
const TEXTS: &[(&str, &str)] = &[
    ("customers.name", "华信科技有限公司"),
    ("contacts.name", "李娜"),
    ("customer-types.name", "经销商"),
    ("tags.name", "重点"),
    ("departments.name", "华东销售部"),
    ("roles.name", "区域经理"),
    ("users.name", "李伟"),
    ("contacts.title", "采购经理"),
    ("subject", "回访：年度服务续签"),
    ("content", "对方确认预算已批，下周带方案上门。"),
    ("fields.key", "x_batch"),
    ("fields.label", "批次"),
    ("short_name", "华信"),
    ("username", "li.wei"),
    ("title", "客户经理"),
    ("wechat", "lina_huaxin"),
    ("country", "中国"),
    ("region", "广东"),
    ("city", "深圳"),
    ("address", "南山区科技园南路 8 号"),
    ("postal_code", "518057"),
    ("notes", "展会上认识，对年度服务感兴趣。"),
    ("description", "按年签约，账期三十天。"),
];

/// Values of members that are no fields, such as those of jobs and sessions.
const MEMBERS: &[(&str, &str)] = &[
    ("resource", r#""customers""#),
    ("field", r#""phones""#),
    ("fields", r#""phones""#),
    ("columns", r#""name""#),
    ("unreadable", r#""phones""#),
    ("place", r#""customers""#),
    ("expand", r#""owner""#),
    ("sort", r#""-updated_at""#),
    ("q", r#""华信""#),
    ("text", r#""华信""#),
    ("reason", r#""回访客户""#),
    ("decline_reason", r#""预算不足""#),
    ("cancel_reason", r#""客户改变计划""#),
    ("termination_reason", r#""双方协商一致""#),
    ("reject_reason", r#""不在保修范围内""#),
    ("reversal_reason", r#""付款方账号填错""#),
    ("currency", r#""CNY""#),
    ("number", r#""SO-2026-000123""#),
    ("opening", r#""1000.00""#),
    ("closing", r#""1500.00""#),
    ("balance", r#""1500.00""#),
    ("debit", r#""800.00""#),
    ("credit", r#""300.00""#),
    ("amount", r#""800.00""#),
    ("solution", r#""已更换电源，恢复正常""#),
    ("waiting_for", r#""等待备件到货""#),
    ("opportunity_name", r#""三号线信号改造""#),
    ("system", r#""erp""#),
    ("id", r#""C-1001""#),
    ("external_ids", r#"{"erp": "C-1001"}"#),
    ("if_match", r#""AZgKPF9u""#),
    ("etag", r#""AZgKPF9u""#),
    ("next_cursor", r#""eyJhZnRlciI6IuWNjuS_oSJ9""#),
    ("prev_cursor", "null"),
    ("last_cursor", "null"),
    ("cursor", r#""eyJhZnRlciI6IuWNjuS_oSJ9""#),
    ("has_more", "true"),
    ("current", "true"),
    ("limit", "50"),
    ("total", "1280"),
    ("version", "3"),
    ("sequence", "90210"),
    ("kind", r#""import""#),
    ("status", "200"),
    ("row", "7"),
    ("rows", "[]"),
    ("failed", "0"),
    ("error", "null"),
    ("error_file", "null"),
    ("undo_of", "null"),
    ("file_id", "null"),
    ("download", r#""/api/v1/exports/01980a3c-5f6e-7c1d-9b2a-3e4f5a6b7c8d/content""#),
    ("actor_name", r#""李伟""#),
    ("name", r#""李伟""#),
    ("title", r#""客户经理""#),
    ("username", r#""li.wei""#),
    ("email", r#""li.wei@example.com""#),
    ("password", r#""kq7m-vw2x-9tbe-hr4c""#),
    ("token", r#""m3Zr0d6yQ2xW8vT1""#),
    ("challenge", r#""q9Yw2mF0sV7xTz4K""#),
    ("recovery_codes", r#""kq7m-vw2x-9tbe-hr4c""#),
    ("access_token", r#""eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6InNpZ24tMSJ9.eyJzdWIiOiIuLi4ifQ.c2ln""#),
    ("token_type", r#""Bearer""#),
    ("address", r#""203.0.113.7""#),
    ("agent", r#""Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0""#),
    ("shipped_key", r#""sales""#),
    ("area", r#""relations""#),
    ("actions", r#""read""#),
    ("scopes", r#""own""#),
    ("rights", r#""masked""#),
    ("right", r#""write""#),
    ("operators", r#""contains""#),
    ("key", r#""name""#),
    ("group", r#""basic""#),
    ("max", "200"),
    ("of", "null"),
    ("label", r#"{"zh-CN": "名称", "en": "Name"}"#),
    ("changed", r#"{"level": ["b", "a"]}"#),
    ("header", r#""客户名称""#),
    ("target", r#""name""#),
    ("samples", r#""华信科技有限公司""#),
    ("lines", r#""华信科技有限公司""#),
    ("encoding", r#""utf-8""#),
    ("encodings", r#""gb18030""#),
    ("delimiter", r#"",""#),
    ("value", r#""a""#),
    ("pointer", r#""/phones/0""#),
    ("code", r#""not_a_phone""#),
    ("detail", r#""不是有效的电话号码。""#),
    ("params", r#"{"max": "40"}"#),
];

/// What a member of this name may hold; nothing, if nobody knows.
pub fn member(name: &str) -> Option<Value> {
    let (_, text) = MEMBERS.iter().find(|(known, _)| *known == name)?;
    serde_json::from_str(text).ok()
}

/// A value that a field takes.
pub fn field(resource: &str, field: &Field) -> Value {
    let own = format!("{resource}.{}", field.key);
    let known = [own.as_str(), field.key].into_iter().find_map(|key| TEXTS.iter().find(|(known, _)| *known == key));
    match field.kind {
        Kind::Text | Kind::LongText => match known {
            Some((_, text)) => json!(text),
            None => json!(format!("{}示例", messages::label(Locale::Chinese, resource, field))),
        },
        Kind::Url => json!("https://www.example.com/"),
        Kind::CreditCode => json!("91350100M000100Y43"),
        Kind::IdNumber => json!("11010519491231002X"),
        Kind::Phone => json!("0755-26001234"),
        Kind::Phones => json!(["13800005678"]),
        Kind::Email => json!("li.wei@example.com"),
        Kind::Emails => json!(["li.na@example.com"]),
        Kind::Integer => json!(3),
        Kind::Decimal | Kind::Percent => json!("6.5"),
        Kind::Amount => json!("1234.50"),
        Kind::Bool => field.default_value().unwrap_or(json!(true)),
        Kind::Date => json!(DAY),
        Kind::Instant => json!(INSTANT),
        Kind::Choice(words) => json!(words[0]),
        Kind::Choices(words) => json!([words[0]]),
        Kind::Lines(columns) => {
            let members = columns.fields.iter().map(|one| (one.key.to_owned(), self::field("lines", one)));
            let line: Map<String, Value> = [("id".to_owned(), json!(ID))].into_iter().chain(members).collect();
            json!([line])
        }
        Kind::ExternalIds => json!({"erp": "C-1001"}),
        Kind::Id | Kind::Reference(_) => json!(ID),
        Kind::References(_) => json!([ID]),
    }
}

/// A record as it is sent.
pub fn record(definition: &Definition) -> Value {
    let members = definition.all_fields().map(|one| (one.key.to_owned(), field(definition.name, one)));
    let mut record: Map<String, Value> = members.collect();
    record.insert("etag".into(), member("etag").unwrap_or_default());
    Value::Object(record)
}

/// A new record: nearly all that can be said of it at once. References that may be left out are, since they name other
/// records.
pub fn draft(definition: &Definition) -> Value {
    let links = |field: &Field| definition.link.is_some_and(|link| [link.kind, link.id].contains(&field.key));
    let names = |field: &Field| field.kind.referred().is_some() || matches!(field.kind, Kind::Lines(_)) || links(field);
    let left_out = |field: &Field| names(field) && !field.required;
    let wanted = definition.fields.iter().filter(|field| field.access != Access::ReadOnly && !left_out(field));
    let whole: Map<String, Value> = wanted.map(|one| (one.key.to_owned(), field(definition.name, one))).collect();
    let applies = |key: &str| definition.own_field(key).is_some_and(|field| field.applies(&whole));
    whole.iter().filter(|(key, _)| applies(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A change: one member is set, another is emptied.
pub fn patch(definition: &Definition) -> Value {
    let writable = || definition.fields.iter().filter(|field| field.access == Access::Writable);
    let set = writable().find(|field| matches!(field.kind, Kind::Text) && !field.personal);
    let emptied = writable().find(|field| !field.required && Some(field.key) != set.map(|set| set.key));
    let set = set.map(|one| (one.key.to_owned(), field(definition.name, one)));
    let emptied = emptied.map(|field| (field.key.to_owned(), Value::Null));
    set.into_iter().chain(emptied).collect::<Map<_, _>>().into()
}

/// Several changes at once, one of each kind.
pub fn batch(definition: &Definition) -> Value {
    let etag = member("etag");
    json!({
        "atomic": false,
        "items": [
            {"op": "create", "data": draft(definition)},
            {"op": "update", "id": ID, "if_match": etag, "data": patch(definition)},
            {"op": "upsert", "external": {"system": "erp", "id": "C-1001"}, "data": draft(definition)},
            {"op": "delete", "id": ID, "if_match": etag},
        ],
    })
}

/// One change of many records.
pub fn bulk_change(definition: &Definition) -> Value {
    json!({"action": "edit", "ids": [ID], "set": patch(definition), "dry_run": true})
}
