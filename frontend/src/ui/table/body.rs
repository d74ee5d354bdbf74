//! The rows: only those in sight are drawn, one cell holds the tab stop, one may hold an editor.

use leptos::prelude::*;

use super::model::{Column, Row};
use super::{DrawCell, Grid};
use crate::ui::Checkbox;
use crate::{dom, t};

#[derive(Clone)]
pub struct Body {
    pub grid: Grid,
    pub cell: DrawCell,
    pub editor: Option<DrawCell>,
    pub selectable: bool,
}

impl Body {
    pub fn view(self) -> impl IntoView {
        let grid = self.grid;
        let in_sight = Memo::new(move |_| {
            let window = grid.window.get();
            grid.rows.with(|rows| {
                let end = window.end.min(rows.len());
                let start = window.start.min(end);
                rows[start..end].iter().cloned().enumerate().map(|(at, row)| (start + at, row)).collect::<Vec<_>>()
            })
        });
        let above = move || grid.window.with(|window| window.start);
        let below = move || grid.rows.with(Vec::len).saturating_sub(grid.window.with(|window| window.end));
        view! {
            <tbody>
                {spacer(grid, Signal::derive(above))}
                {move || {
                    let columns = grid.columns.get();
                    let body = self.clone();
                    view! {
                        <For
                            each=move || in_sight.get()
                            key=|(at, row)| (*at, row.id.clone(), row.revision)
                            children=move |(at, row)| body.row(at, row, &columns)
                        />
                    }
                }}
                {spacer(grid, Signal::derive(below))}
            </tbody>
        }
    }

    fn row(&self, at: usize, row: Row, columns: &[Column]) -> AnyView {
        let grid = self.grid;
        let id = StoredValue::new(row.id);
        let selected = Signal::derive(move || grid.selected.with(|selected| id.with_value(|id| selected.contains(id))));
        let opened = move || grid.opened.with(|opened| id.with_value(|id| opened.as_ref() == Some(id)));
        let label = t!("table.select-row", name = row.name);
        view! {
            <tr
                aria-rowindex=(at + 2).to_string()
                aria-selected=move || selected.get().then_some("true")
                data-open=move || opened().then_some("true")
            >
                {self.selectable.then(|| view! {
                    <td
                        class="select-cell pinned"
                        on:click=move |event| if event.shift_key() { grid.select_range(at); }
                    >
                        <Checkbox bare=true label checked=selected on_change=move |on| grid.toggle(at, on)/>
                    </td>
                })}
                {columns.iter().enumerate().map(|(place, column)| self.cell(at, place, column)).collect_view()}
            </tr>
        }
        .into_any()
    }

    fn cell(&self, row: usize, place: usize, column: &Column) -> AnyView {
        let grid = self.grid;
        let here = (row, place);
        let (draw, editor) = (self.cell.clone(), self.editor.clone());
        let editing = Memo::new(move |_| grid.editing.get() == Some(here));
        let content = move || match (&editor, editing.get()) {
            (Some(editor), true) => view! { <div class="cell-editor">{editor(row, place)}</div> }.into_any(),
            _ => draw(row, place),
        };
        // While a cell is edited, its editor is the stop and not the cell around it.
        let tabindex = move || match (editing.get(), grid.active.get() == here) {
            (true, _) => None,
            (false, true) => Some("0"),
            (false, false) => Some("-1"),
        };
        let name = format!("{row}-{place}");
        let edit = move |_| {
            grid.edit(here);
        };
        if place == 0 {
            let pin = if self.selectable { "40px" } else { "0px" };
            return view! {
                <th scope="row" class="pinned pinned-last" style:--pin=pin data-cell=name tabindex=tabindex
                    on:focus=move |_| grid.active.set(here) on:dblclick=edit>
                    {content}
                </th>
            }
            .into_any();
        }
        view! {
            <td class:number=column.number data-cell=name tabindex=tabindex
                on:focus=move |_| grid.active.set(here) on:dblclick=edit>
                {content}
            </td>
        }
        .into_any()
    }
}

/// A row as high as the rows that are not drawn.
fn spacer(grid: Grid, rows: Signal<usize>) -> impl IntoView {
    move || {
        let count = rows.get();
        (count > 0).then(|| {
            let height = count * usize::try_from(grid.window.with(|window| window.height)).unwrap_or(40);
            view! {
                <tr class="spacer" aria-hidden="true">
                    <td colspan="99" style:--space=format!("{height}px")></td>
                </tr>
            }
        })
    }
}

/// Keys while the focus is inside the table; an editor keeps its own keys but Escape.
pub fn table_key(grid: Grid, event: &web_sys::KeyboardEvent) {
    if dom::is_composing(event) || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    if grid.editing.get_untracked().is_some() {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            grid.end_edit();
        }
        return;
    }
    if dom::is_typing(event) {
        return;
    }
    let taken = match event.key().as_str() {
        "F2" => grid.edit(grid.active.get_untracked()),
        key => grid.press(key, event.shift_key()),
    };
    if taken {
        event.prevent_default();
        event.stop_propagation();
    }
}
