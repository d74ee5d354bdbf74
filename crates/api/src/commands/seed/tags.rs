//! The tags of the demo data, and which customers bear them.

use domain::relations::Tag;
use serde_json::{Value, json};
use store::Tx;
use store::operations::import::{self, Line, Plan};
use uuid::Uuid;

use super::customers::{Dice, object};

const TAGS: [(&str, &str, &str); 6] = [
    ("重点客户", "red", "由销售经理亲自跟进"),
    ("展会 2026", "blue", "在今年的展会上认识"),
    ("价格敏感", "orange", ""),
    ("老客户", "green", "合作三年以上"),
    ("试用中", "cyan", ""),
    ("需要回访", "purple", ""),
];

/// Makes them, or finds those of an earlier seed.
pub async fn make(tx: &mut Tx<'_>, plan: &Plan) -> store::Result<Vec<Uuid>> {
    let line = |(number, (name, colour, description)): (i64, &(&str, &str, &str))| Line {
        row: number,
        external_id: Some(format!("T{number}")),
        values: object(json!({"name": name, "colour": colour, "description": description})),
        ..Line::default()
    };
    let lines = (1..).zip(&TAGS).map(line).collect();
    let results = import::chunk::<Tag>(tx, plan, lines).await?;
    Ok(results.into_iter().filter_map(|result| result.record_id).collect())
}

/// The tags of one customer: none, one or two of them.
pub fn of(number: i64, tags: &[Uuid]) -> Value {
    let dice = Dice(number);
    let borne = (0..dice.roll(20, 3)).filter_map(|place| {
        let at = (dice.roll(21, TAGS.len()) + place * 2) % TAGS.len();
        tags.get(at).map(Uuid::to_string)
    });
    borne.collect()
}
