use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::dom;

/// Draws the cell of a row and a column, both by place. Each cell holds one control.
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
                            && walk(&table, width, &event)
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
fn walk(table: &Element, width: usize, event: &web_sys::KeyboardEvent) -> bool {
    let step = match event.key().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => -1,
        "PageDown" => i64::try_from(width).unwrap_or(1),
        "PageUp" => -i64::try_from(width).unwrap_or(1),
        _ => return false,
    };
    if dom::is_composing(event) {
        return false;
    }
    let Ok(controls) = table.query_selector_all("td select, td input, td button") else { return false };
    let active = document().active_element();
    let at = |place: u32| controls.item(place).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    let here =
        (0..controls.length()).find(|place| at(*place).as_deref().map(AsRef::<Element>::as_ref) == active.as_ref());
    let next = here.and_then(|here| u32::try_from(i64::from(here) + step).ok()).and_then(at);
    if let Some(control) = &next {
        let _ = control.focus();
    }
    here.is_some()
}
