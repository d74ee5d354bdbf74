//! The lines of a document for reading.

use domain::lines::Columns;
use domain::{Definition, Kind};
use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::resource::{cells, labels};
use crate::ui::{Head, ruled};

/// The lines of a document as they stand.
pub fn table(
    definition: &'static Definition,
    columns: &'static Columns,
    lines: &[Value],
    document: &Map<String, Value>,
) -> AnyView {
    let head = |field: &domain::Field| Head {
        title: labels::column(field),
        number: field.kind.is_number(),
        said: field.kind != Kind::Reference("products"),
    };
    let row = |line: &Value| {
        let mut line = line.as_object().cloned().unwrap_or_default();
        // The amounts of a line are in the currency of its document.
        line.extend(document.get("currency").map(|currency| ("currency".to_owned(), currency.clone())));
        columns.fields.iter().map(|field| cells::cell(definition, field, &line).into_any()).collect()
    };
    let heads: Vec<Head> = columns.fields.iter().map(head).collect();
    ruled(&heads, lines.iter().map(row).collect())
}
