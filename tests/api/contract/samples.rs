//! Records of any resource, made from its field list.

use domain::field::{Access, Field, Kind};
use domain::resource::Definition;
use serde_json::{Map, Value, json};
use tests::Actor;
use uuid::Uuid;

/// The least that a new record of this resource needs, together with the records that it refers to.
pub async fn draft(actor: &Actor<'_>, definition: &Definition) -> Value {
    let mut draft = Map::new();
    for field in definition.fields.iter().filter(|field| field.is_asked_of_new() && field.access != Access::ReadOnly) {
        let value = match field.kind {
            Kind::Reference(resource) => another(actor, resource).await,
            Kind::References(resource) => json!([another(actor, resource).await]),
            Kind::Id if definition.link.is_some_and(|link| link.id == field.key) => {
                another(actor, definition.subjects()[0]).await
            }
            _ => value(field),
        };
        draft.insert(field.key.to_owned(), value);
    }
    Value::Object(draft)
}

/// A line for each document of a resource whose documents have lines.
pub async fn lines(actor: &Actor<'_>, definition: &Definition) -> Option<Value> {
    let field = definition.fields.iter().find(|field| matches!(field.kind, Kind::Lines(of) if of.spread.is_some()))?;
    let Kind::Lines(columns) = field.kind else { return None };
    let mut line = Map::new();
    for column in columns.fields.iter().filter(|column| column.is_asked_of_new() && column.access != Access::ReadOnly) {
        let value = match column.kind {
            Kind::Reference(resource) => another(actor, resource).await,
            _ => value(column),
        };
        line.insert(column.key.to_owned(), value);
    }
    Some(json!({field.key: [line]}))
}

/// The id of a record to refer to.
async fn another(actor: &Actor<'_>, resource: &str) -> Value {
    let referred = domain::catalogue::find(resource).expect("a resource");
    Box::pin(create(actor, referred)).await["id"].clone()
}

pub async fn create(actor: &Actor<'_>, definition: &Definition) -> Value {
    let draft = draft(actor, definition).await;
    actor.create(definition.name, &draft).await
}

/// A value that a field takes, another one each time where the field allows it.
pub fn value(field: &Field) -> Value {
    let unique = Uuid::new_v4().simple().to_string();
    match field.kind {
        Kind::Text if field.key == "username" => json!(format!("u{unique}")),
        Kind::Text | Kind::LongText => json!(format!("样品 {}", &unique[..12])),
        Kind::Url => json!(format!("https://example.com/{unique}")),
        Kind::CreditCode => json!(credit_code(&unique)),
        Kind::IdNumber => json!("11010519491231002X"),
        Kind::Phone => json!("0755-26001234"),
        Kind::Phones => json!(["13800005678"]),
        Kind::Email => json!(format!("{}@example.com", &unique[..12])),
        Kind::Emails => json!([format!("{}@example.com", &unique[..12])]),
        Kind::Integer => json!(field.range.map_or(7, |(least, _)| least)),
        Kind::Decimal | Kind::Amount | Kind::Percent => json!("7.50"),
        Kind::Bool => json!(true),
        Kind::Date => json!("2026-11-21"),
        Kind::Instant => json!("2026-11-21T08:00:00.000000Z"),
        Kind::Choice(words) => json!(words[0]),
        Kind::Choices(words) => json!([words[0]]),
        Kind::Id | Kind::Reference(_) | Kind::References(_) | Kind::ExternalIds | Kind::Lines(_) => Value::Null,
    }
}

/// A code with its check digit; no two present customers have the same.
fn credit_code(unique: &str) -> String {
    let body = format!("91350100{}", unique.to_ascii_uppercase().replace(|c: char| !c.is_ascii_hexdigit(), "0"));
    let codes = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(|check| format!("{}{check}", &body[..17]));
    codes.into_iter().find(|code| domain::text::codes::is_credit_code(code)).expect("one of them fits")
}

/// A change that a record of any resource takes: of what it is called or, where that is a number, of what is noted.
pub fn renaming(definition: &Definition) -> Value {
    let is_text = |field: &&Field| matches!(field.kind, Kind::Text | Kind::LongText) && field.only_when.is_none();
    let title = definition.own_field(definition.title).filter(|title| title.numbered.is_none());
    let noted = || definition.fields.iter().filter(is_text).find(|field| field.access == Access::Writable);
    let key = title.or_else(noted).expect("a text that can be changed").key;
    json!({key: format!("改名 {}", &Uuid::new_v4().simple().to_string()[..12])})
}

/// A field without which there is no record.
pub fn indispensable(definition: &Definition) -> &'static Field {
    let title = definition.own_field(definition.title).filter(|title| title.is_asked_of_new());
    title.or_else(|| definition.fields.iter().find(|field| field.is_asked_of_new())).expect("a required field")
}

/// What else a record has to say so that a field says anything of it.
pub fn case_of(field: &Field) -> Option<(&'static str, &'static str)> {
    field.only_when.map(|case| (case.field, case.words[0]))
}
