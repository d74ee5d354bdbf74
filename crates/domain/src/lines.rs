//! The lines of a document: rows that travel inside it, are changed with its version and replaced as a whole, and keep
//! their ids.
//!
//! They stand in the document's own row, so that the log, an undo and a look back need to know nothing of them. The
//! database spreads them into a table of their own, in which they are counted and name other records.

use std::collections::HashSet;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::check::{field_faults, normalise};
use crate::error::Fault;
use crate::field::{Access, Field, Kind};

/// Most lines of one document.
pub const MOST: usize = 200;

/// What the lines of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// The table into which the database spreads them, if they have one.
    #[serde(skip)]
    pub spread: Option<Spread>,
    /// What a line holds besides its id.
    pub fields: &'static [Field],
    /// What a form takes over from a record that is chosen.
    pub fills: &'static [Fill],
}

/// Where lines stand in a table of their own, to be counted and to name other records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    pub table: &'static str,
    /// The column that names the document.
    pub document: &'static str,
}

/// The field of a chosen record that is the beginning of another field of the line, such as the price of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fill {
    pub chosen: &'static str,
    pub from: &'static str,
    pub into: &'static str,
}

/// Lines as a document holds them, each of type `T`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "store", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "store", diesel(sql_type = diesel::sql_types::Jsonb))]
pub struct Lines<T: 'static>(pub Vec<T>);

impl<T> Default for Lines<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Lines<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Lines<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

/// Gives an id to each new line of a patch. A line that says its id must stand in the document already.
pub fn name_new(
    fields: &[Field],
    before: Option<&Map<String, Value>>,
    patch: &mut Map<String, Value>,
    fresh: impl Fn() -> Uuid,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for field in fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_))) {
        let known: HashSet<&str> = ids(before.and_then(|before| before.get(field.key))).collect();
        let lines = patch.get_mut(field.key).and_then(Value::as_array_mut);
        for (place, line) in lines.into_iter().flatten().enumerate() {
            let Some(line) = line.as_object_mut() else { continue };
            match line.get("id") {
                None | Some(Value::Null) => drop(line.insert("id".into(), fresh().to_string().into())),
                Some(id) if id.as_str().is_some_and(|id| known.contains(id)) => {}
                Some(_) => faults.push(Fault::new(format!("/{}/{place}/id", field.key), "not_found")),
            }
        }
    }
    faults
}

/// Lines that do not say which they are take the place of those that stand where they do.
pub fn lay_over(fields: &[Field], before: &Map<String, Value>, patch: &mut Map<String, Value>) {
    for field in fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_))) {
        let lines = patch.get_mut(field.key).and_then(Value::as_array_mut);
        for (line, id) in lines.into_iter().flatten().zip(ids(before.get(field.key))) {
            if let Some(line) = line.as_object_mut() {
                line.entry("id").or_insert_with(|| id.into());
            }
        }
    }
}

fn ids(lines: Option<&Value>) -> impl Iterator<Item = &str> {
    lines.and_then(Value::as_array).into_iter().flatten().filter_map(|line| line["id"].as_str())
}

/// Whether lines of one kind can become lines of the other: they begin with the same, such as a product.
pub(crate) fn are_alike(theirs: &Columns, ours: &Columns) -> bool {
    let begins = |columns: &Columns| columns.fields.first().map(|field| (field.key, field.kind));
    begins(theirs) == begins(ours)
}

/// Lines of one document as new lines of another, in the columns that it has and that are not worked out.
pub(crate) fn carried(lines: &Value, columns: &Columns) -> Value {
    let goes_over = |key: &str| columns.fields.iter().any(|field| field.key == key && field.access != Access::ReadOnly);
    let line = |line: &Map<String, Value>| -> Value {
        line.iter().filter(|(key, _)| goes_over(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    lines.as_array().into_iter().flatten().filter_map(Value::as_object).map(line).collect()
}

/// What is wrong with the lines of a field: every fault of every line.
pub(crate) fn faults(field: &Field, columns: &Columns, value: &Value) -> Vec<Fault> {
    let Some(lines) = value.as_array() else { return vec![Fault::field(field.key, "wrong_type")] };
    if lines.len() > MOST {
        return vec![Fault::field(field.key, "too_many").with("max", MOST)];
    }
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let at = |mut fault: Fault| {
            fault.pointer = format!("/{}/{place}{}", field.key, fault.pointer);
            fault
        };
        let Some(line) = line.as_object() else {
            faults.push(at(Fault::new("", "wrong_type")));
            continue;
        };
        let strange = |key: &&String| key.as_str() != "id" && !columns.fields.iter().any(|field| field.key == **key);
        faults.extend(line.keys().filter(strange).map(|key| at(Fault::field(key, "unknown_member"))));
        if line.get("id").and_then(Value::as_str).is_some_and(|id| !seen.insert(id)) {
            faults.push(at(Fault::field("id", "repeated")));
        }
        for field in columns.fields.iter().filter(|field| field.access != Access::ReadOnly) {
            let value = line.get(field.key).unwrap_or(&Value::Null);
            faults.extend(field_faults(field, value).into_iter().map(at));
        }
    }
    faults
}

/// Brings each line into the form in which it is kept. What is worked out is not taken from anybody.
pub(crate) fn normalise_all(columns: &Columns, value: &mut Value) {
    for line in value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        for field in columns.fields {
            match (field.access, field.default_value()) {
                (Access::ReadOnly, _) => drop(line.remove(field.key)),
                (_, Some(default)) => drop(line.entry(field.key).or_insert(default)),
                _ => {}
            }
        }
        normalise(columns.fields, line);
    }
}

#[cfg(feature = "store")]
mod store {
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Jsonb;
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use super::Lines;

    impl<T: Serialize + std::fmt::Debug> ToSql<Jsonb, Pg> for Lines<T> {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let value = serde_json::to_value(&self.0)?;
            ToSql::<Jsonb, Pg>::to_sql(&value, &mut out.reborrow())
        }
    }

    impl<T: DeserializeOwned> FromSql<Jsonb, Pg> for Lines<T> {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let value = <serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?;
            Ok(Self(serde_json::from_value(value)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const COLUMNS: Columns = Columns {
        spread: None,
        fields: &[
            Field::new("product_id", Kind::Reference("products")).required(),
            Field::new("quantity", Kind::Decimal).required().default("1").range(0, 1000),
            Field::new("amount", Kind::Amount).read_only(),
        ],
        fills: &[],
    };
    const FIELD: Field = Field::new("lines", Kind::Lines(&COLUMNS));

    #[test]
    fn every_fault_of_every_line_is_told_by_its_place() {
        let id = Uuid::max();
        let lines = json!([
            {"id": id, "product_id": id, "quantity": "1001"}, {"id": id, "quantity": "x", "colour": "red"}, 7
        ]);
        let found = faults(&FIELD, &COLUMNS, &lines).into_iter().map(|fault| (fault.pointer, fault.code));
        let expected = [
            ("/lines/0/quantity", "not_between"),
            ("/lines/1/colour", "unknown_member"),
            ("/lines/1/id", "repeated"),
            ("/lines/1/product_id", "required"),
            ("/lines/1/quantity", "not_a_number"),
            ("/lines/2", "wrong_type"),
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
        assert_eq!(faults(&FIELD, &COLUMNS, &json!("x"))[0].code, "wrong_type");
        assert_eq!(faults(&FIELD, &COLUMNS, &json!(vec![json!({}); MOST + 1]))[0].code, "too_many");
    }

    #[test]
    fn a_new_line_gets_an_id_and_an_old_one_keeps_its_own() {
        let before = json!({"lines": [{"id": Uuid::max()}]});
        let mut patch = json!({"lines": [{"id": Uuid::max()}, {"id": null}, {"id": Uuid::nil()}]});
        let patch = patch.as_object_mut().expect("an object");
        let found = name_new(&[FIELD], before.as_object(), patch, Uuid::max);
        assert_eq!(found, [Fault::new("/lines/2/id", "not_found")]);
        assert!(patch["lines"][1]["id"].as_str().is_some_and(|id| id.len() == 36));
    }

    #[test]
    fn a_line_of_a_file_takes_the_place_of_the_one_that_stands_there() {
        let before = json!({"lines": [{"id": "a"}, {"id": "b"}]});
        let mut patch = json!({"lines": [{"quantity": "1"}, {"id": "c"}, {"quantity": "2"}]});
        lay_over(&[FIELD], before.as_object().expect("an object"), patch.as_object_mut().expect("an object"));
        assert_eq!(patch, json!({"lines": [{"id": "a", "quantity": "1"}, {"id": "c"}, {"quantity": "2"}]}));
    }

    #[test]
    fn what_is_left_out_is_the_default_and_what_is_worked_out_is_not_taken() {
        let mut lines = json!([{"product_id": " x ", "amount": "1000000"}]);
        normalise_all(&COLUMNS, &mut lines);
        assert_eq!(lines, json!([{"product_id": "x", "quantity": "1"}]));
    }
}
