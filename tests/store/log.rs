//! The change log as undo reads it: a value of every kind goes into it and comes out the same.

use chrono::{DateTime, NaiveDate, Utc};
use domain::field::{Field, Kind};
use domain::resource::{Area, ExternalIds, Record, Resource, Stamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::operations::undo;
use tests::Database;
use uuid::Uuid;

/// A record with a field of every kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sample {
    text: Option<String>,
    integer: Option<i64>,
    decimal: Option<Decimal>,
    bool: Option<bool>,
    date: Option<NaiveDate>,
    instant: Option<DateTime<Utc>>,
    named: Option<Uuid>,
    many: Vec<String>,
    several: Vec<Uuid>,
    ids: ExternalIds,
}

impl Resource for Sample {
    const NAME: &'static str = "samples";
    const AREA: Area = Area::Platform;
    const FIELDS: &'static [Field] = &[];

    fn title(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }
}

/// Every kind that a field can be of.
const KINDS: &[Kind] = &[
    Kind::Id,
    Kind::Text,
    Kind::LongText,
    Kind::Url,
    Kind::CreditCode,
    Kind::IdNumber,
    Kind::Phone,
    Kind::Phones,
    Kind::Email,
    Kind::Emails,
    Kind::Integer,
    Kind::Decimal,
    Kind::Amount,
    Kind::Percent,
    Kind::Bool,
    Kind::Date,
    Kind::Instant,
    Kind::Choice(&["one"]),
    Kind::Choices(&["one"]),
    Kind::Reference("users"),
    Kind::References("tags"),
    Kind::ExternalIds,
];

/// The member of [`Sample`] that holds a kind, the type of its column, and values at their edges.
fn lies(kind: Kind) -> (&'static str, &'static str, Vec<Value>) {
    match kind {
        Kind::Text
        | Kind::LongText
        | Kind::Url
        | Kind::CreditCode
        | Kind::IdNumber
        | Kind::Phone
        | Kind::Email
        | Kind::Choice(_) => {
            ("text", "text", vec![json!("华信 \"引号\" \\ 1e5"), json!("12345678901234567890"), json!("")])
        }
        Kind::Integer => ("integer", "bigint", vec![json!(0), json!(i64::MAX), json!(i64::MIN)]),
        Kind::Decimal | Kind::Amount | Kind::Percent => (
            "decimal",
            "numeric",
            vec![json!("7.50"), json!("-0.01"), json!("12345678901234567890.12345678"), json!("100")],
        ),
        Kind::Bool => ("bool", "boolean", vec![json!(true), json!(false)]),
        Kind::Date => ("date", "date", vec![json!("2026-11-28"), json!("1900-01-01")]),
        Kind::Instant => {
            ("instant", "timestamptz", vec![json!("2026-11-28T08:00:00.000001Z"), json!("1969-12-31T23:59:59Z")])
        }
        Kind::Id | Kind::Reference(_) => ("named", "uuid", vec![json!("01890000-0000-7000-8000-000000000000")]),
        Kind::Phones | Kind::Emails | Kind::Choices(_) => {
            ("many", "text[]", vec![json!(["甲", "a,b", "{}"]), json!([])])
        }
        Kind::References(_) => (
            "several",
            "uuid[]",
            vec![json!(["01890000-0000-7000-8000-000000000000", "01890000-0000-7000-8000-000000000001"]), json!([])],
        ),
        Kind::ExternalIds | Kind::Lines(_) => ("ids", "jsonb", vec![json!({"erp": "1.20"}), json!({})]),
    }
}

fn record(member: &str, value: &Value) -> Record<Sample> {
    let mut data = serde_json::to_value(Sample::default()).expect("JSON");
    data[member] = value.clone();
    let stamp = json!({
        "id": Uuid::now_v7(), "version": 1, "created_at": "2026-11-28T08:00:00Z", "created_by": null,
        "updated_at": "2026-11-28T08:00:00Z", "updated_by": null, "owner_id": null, "department_id": null, "external_ids": {},
    });
    let stamp: Stamp = serde_json::from_value(stamp).expect("a stamp");
    Record { stamp, data: serde_json::from_value(data).expect("a sample") }
}

#[tokio::test]
async fn a_value_of_every_kind_comes_back_from_the_log_as_it_went_in() {
    let database = Database::create().await;
    let client = database.connect().await;
    for (number, kind) in KINDS.iter().enumerate() {
        let (member, column, values) = lies(*kind);
        let table = format!("samples_{number}");
        let create = format!(
            "create table {table} (id uuid, version bigint, deleted_at timestamptz, v {column});
             call log_changes_of('{table}', 'samples')"
        );
        client.batch_execute(&create).await.expect("a table");
        let states: Vec<Value> = values.iter().cloned().chain([json!(null)]).collect();
        for (old, new) in states.iter().flat_map(|old| values.iter().map(move |new| (old, new))) {
            if (old.is_null() && matches!(member, "many" | "several" | "ids")) || old == new {
                continue;
            }
            let row = |value: &Value| json!({"id": Uuid::nil(), "version": 1, "v": value}).to_string();
            let statements = [
                (format!("delete from {table}"), None),
                (
                    format!("insert into {table} select * from json_populate_record(null::{table}, $1::text::json)"),
                    Some(row(old)),
                ),
                (
                    format!(
                        "update {table} set version = 2, v = (json_populate_record(null::{table}, $1::text::json)).v"
                    ),
                    Some(row(new)),
                ),
            ];
            for (statement, value) in &statements {
                match value {
                    Some(value) => client.execute(statement, &[value]).await,
                    None => client.execute(statement, &[]).await,
                }
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
            }
            let log = "select changed from changes where operation = 'update' order by sequence desc limit 1";
            let mut changed: Value = client.query_one(log, &[]).await.expect("an entry").get(0);
            let pair = changed["v"].take();
            let before = undo::before(&record(member, new), &json!({member: pair}));
            let before = before.unwrap_or_else(|error| panic!("{kind:?}: {old} before {new}: {error}"));
            assert_eq!(before.data, record(member, old).data, "{kind:?}: {old} before {new}");
        }
    }
    database.remove().await;
}
