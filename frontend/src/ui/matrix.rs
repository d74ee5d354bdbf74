use std::iter;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::dom;

/// Draws the cell of a row and a column, both by place. Each cell holds one control, or nothing.
pub type DrawMatrixCell = Arc<dyn Fn(usize, usize) -> AnyView + Send + Sync>;

/// Rows by columns of small controls. Left and right go along a row, page up and down to the next row; up and down
/// stay with the control, which changes its value by them.
#[component]
pub fn Matrix(
    #[prop(into)] caption: String,
    #[prop(into)] corner: String,
    columns: Vec<String>,
    rows: Vec<String>,
    cell: DrawMatrixCell,
) -> impl IntoView {
    let node = NodeRef::<html::Table>::new();
    let width = columns.len();
    view! {
        <div class="table-frame">
            <div class="table-scroll">
                <table
                    class="table matrix"
                    node_ref=node
                    on:keydown=move |event| {
                        if let Some(table) = node.get_untracked()
                            && walk(&table, &event)
                        {
                            event.prevent_default();
                        }
                    }
                >
                    <caption>{caption}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="pinned pinned-last">{corner}</th>
                            {columns.into_iter().map(|title| view! { <th scope="col">{title}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.into_iter().enumerate().map(|(row, title)| view! {
                            <tr>
                                <th scope="row" class="pinned pinned-last">{title}</th>
                                {(0..width).map(|column| view! { <td>{cell(row, column)}</td> }).collect_view()}
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
        </div>
    }
}

/// Move the focus to the neighbouring control; says whether the key was one for that.
fn walk(table: &Element, event: &web_sys::KeyboardEvent) -> bool {
    let key = event.key();
    if dom::is_composing(event) || !matches!(key.as_str(), "ArrowRight" | "ArrowLeft" | "PageDown" | "PageUp") {
        return false;
    }
    let active = document().active_element().filter(|active| table.contains(Some(active)));
    let Some(cell) = active.and_then(|active| active.closest("td").ok().flatten()) else { return false };
    let next = match key.as_str() {
        "ArrowRight" => along(table, &cell, 1),
        "ArrowLeft" => along(table, &cell, -1),
        "PageDown" => down(&cell, Element::next_element_sibling),
        _ => down(&cell, Element::previous_element_sibling),
    };
    if let Some(control) = &next {
        let _ = control.focus();
    }
    true
}

/// The next control along a row; after its last one the first of the next row.
fn along(table: &Element, cell: &Element, step: i64) -> Option<HtmlElement> {
    let controls = table.query_selector_all("td select, td input, td button").ok()?;
    let here = control(cell)?;
    let at = (0..controls.length()).find(|at| controls.item(*at).as_ref() == Some(here.as_ref()))?;
    let next = u32::try_from(i64::from(at) + step).ok()?;
    controls.item(next)?.dyn_into().ok()
}

/// The control of the same column in the next row that has one there.
fn down(cell: &Element, step: fn(&Element) -> Option<Element>) -> Option<HtmlElement> {
    let before = iter::successors(cell.previous_element_sibling(), Element::previous_element_sibling);
    let column = u32::try_from(before.count()).ok()?;
    let rows = iter::successors(step(&cell.parent_element()?), step);
    rows.filter_map(|row| row.children().item(column)).find_map(|cell| control(&cell))
}

fn control(cell: &Element) -> Option<HtmlElement> {
    cell.query_selector("select, input, button").ok().flatten()?.dyn_into().ok()
}
