//! What a change did to the lines of a document: which came, which went, and which cells say something else.

use domain::lines::Columns;
use domain::{Definition, Field, Kind};
use leptos::prelude::Get;
use serde_json::Value;

use super::is_typed;
use crate::resource::{cells, labels, names};
use crate::t;

/// Most that is told of one change.
const TOLD: usize = 6;

/// Something that happened to a line.
#[derive(Debug, PartialEq)]
enum Step<'a> {
    Added(&'a Value),
    Removed(&'a Value),
    /// The line, its column, and what stood there before.
    Changed(&'a Value, &'static Field, &'a Value),
    /// All of them stand in another order.
    Sorted,
}

/// The changes of the lines as a history tells them: name, before, after.
pub fn changes(
    definition: &'static Definition,
    field: &'static Field,
    columns: &'static Columns,
    (before, after): (&Value, &Value),
) -> Vec<(String, String, String)> {
    let steps = steps(columns, before, after);
    let own = labels::field(definition, field);
    let text = |column: &'static Field, value: &Value| match (column.kind, value) {
        (Kind::Reference(resource), Value::String(id)) => names::name_of(resource, id).get(),
        _ => cells::value_text(definition, column, value),
    };
    let name = |line: &Value| {
        let says = columns.fields.iter().find(|column| line[column.key].is_string());
        says.map(|column| text(column, &line[column.key])).unwrap_or_default()
    };
    let told = steps.iter().take(TOLD).map(|step| match step {
        Step::Added(line) => (own.clone(), String::new(), t!("lines.added", line = name(line))),
        Step::Removed(line) => (own.clone(), name(line), t!("lines.removed")),
        Step::Changed(line, column, before) => {
            let cell = format!("{} · {}", name(line), labels::column(column));
            (cell, text(column, before), text(column, &line[column.key]))
        }
        Step::Sorted => (own.clone(), String::new(), t!("lines.sorted")),
    });
    let rest = steps.len().saturating_sub(TOLD);
    let rest = (rest > 0).then(|| (own.clone(), String::new(), t!("lines.more", count = rest)));
    told.chain(rest).collect()
}

/// What is worked out follows from the rest, and is not told.
fn steps<'a>(columns: &'static Columns, before: &'a Value, after: &'a Value) -> Vec<Step<'a>> {
    let all = |lines: &'a Value| lines.as_array().map(Vec::as_slice).unwrap_or_default();
    let (before, after) = (all(before), all(after));
    let find = |lines: &'a [Value], line: &Value| lines.iter().find(|other| other["id"] == line["id"]);
    let mut steps: Vec<Step> = before.iter().filter(|line| find(after, line).is_none()).map(Step::Removed).collect();
    for line in after {
        match find(before, line) {
            None => steps.push(Step::Added(line)),
            Some(old) => {
                let typed = columns.fields.iter().filter(|column| is_typed(column));
                let other = typed.filter(|column| line[column.key] != old[column.key]);
                steps.extend(other.map(|column| Step::Changed(line, column, &old[column.key])));
            }
        }
    }
    if steps.is_empty() && before.iter().zip(after).any(|(old, new)| old["id"] != new["id"]) {
        steps.push(Step::Sorted);
    }
    steps
}

#[cfg(test)]
mod tests {
    use domain::Resource;
    use domain::sales::Order;
    use serde_json::json;

    use super::*;

    fn columns() -> &'static Columns {
        let lines = Order::FIELDS.iter().find_map(|field| match field.kind {
            Kind::Lines(columns) => Some(columns),
            _ => None,
        });
        lines.expect("an order has lines")
    }

    #[test]
    fn a_change_tells_which_lines_came_went_or_say_something_else() {
        let before = json!([{"id": "a", "quantity": "1", "net": "10"}, {"id": "b", "quantity": "2"}]);
        let after = json!([{"id": "a", "quantity": "3", "net": "30"}, {"id": "c", "quantity": "2"}]);
        let found = steps(columns(), &before, &after);
        let quantity = columns().fields.iter().find(|field| field.key == "quantity").expect("a quantity");
        let one = json!("1");
        let expected = [Step::Removed(&before[1]), Step::Changed(&after[0], quantity, &one), Step::Added(&after[1])];
        assert_eq!(found, expected);
    }

    #[test]
    fn another_order_is_told_and_the_same_is_not() {
        let before = json!([{"id": "a"}, {"id": "b"}]);
        assert_eq!(steps(columns(), &before, &json!([{"id": "b"}, {"id": "a"}])), [Step::Sorted]);
        assert_eq!(steps(columns(), &before, &before), []);
    }
}
