//! The lines of a document for reading.

use domain::lines::Columns;
use domain::{Definition, Kind};
use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::resource::{cells, labels};

/// The lines of a document as they stand.
pub fn table(
    definition: &'static Definition,
    columns: &'static Columns,
    lines: &[Value],
    document: &Map<String, Value>,
) -> AnyView {
    let number = |field: &domain::Field| field.kind.is_number().then_some("number");
    let row = |line: &Value| {
        let mut line = line.as_object().cloned().unwrap_or_default();
        // The amounts of a line are in the currency of its document.
        line.extend(document.get("currency").map(|currency| ("currency".to_owned(), currency.clone())));
        let cells = columns.fields.iter().map(|field| {
            let label = (field.kind != Kind::Reference("products")).then(|| labels::column(field));
            view! { <td class=number(field) data-label=label>{cells::cell(definition, field, &line)}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    };
    view! {
        <table class="line-table">
            <thead><tr>
                {columns.fields.iter().map(|field| view! { <th scope="col" class=number(field)>{labels::column(field)}</th> }).collect_view()}
            </tr></thead>
            <tbody>{lines.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
