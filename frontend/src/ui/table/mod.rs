//! The table: sticky head and first column, sorting, selection, a grid of cells walked by arrows, editors in
//! place, and only as many rows in the document as can be seen. On phones it becomes a list of cards.
//!
//! It knows rows by id and columns by key; what stands in a cell is drawn by whoever uses it.

mod body;
mod cards;
mod foot;
mod head;
mod model;

use std::collections::HashSet;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

pub use self::model::{Column, Row};
use self::model::{Window, range, step};
use crate::{dom, keys};

/// Draws the cell of a row (by its place) and a column (by its place).
pub type DrawCell = Arc<dyn Fn(usize, usize) -> AnyView + Send + Sync>;
/// Draws what belongs to a row or a column, by its place: the short line of a card under its title, a cell of the foot.
pub type DrawLine = Arc<dyn Fn(usize) -> AnyView + Send + Sync>;

/// Everything a table is told and tells.
#[derive(Clone, Copy)]
pub struct Grid {
    pub columns: Signal<Vec<Column>>,
    pub rows: Signal<Vec<Row>>,
    pub selected: RwSignal<HashSet<String>>,
    /// The cell that holds the tab stop: row and column by place.
    pub active: RwSignal<(usize, usize)>,
    /// The cell that is being edited.
    pub editing: RwSignal<Option<(usize, usize)>>,
    /// Whether cards show their boxes before any is ticked.
    pub picking: RwSignal<bool>,
    /// The row whose preview is open.
    pub opened: RwSignal<Option<String>>,
    window: RwSignal<Window>,
    /// Whether columns are hidden beyond the left and the right edge.
    beyond: RwSignal<(bool, bool)>,
    anchor: StoredValue<usize>,
    scroller: NodeRef<html::Div>,
    id: StoredValue<String>,
}

impl Grid {
    pub fn new(columns: Signal<Vec<Column>>, rows: Signal<Vec<Row>>) -> Self {
        Self {
            columns,
            rows,
            selected: RwSignal::default(),
            active: RwSignal::new((0, 0)),
            editing: RwSignal::new(None),
            picking: RwSignal::new(false),
            opened: RwSignal::new(None),
            window: RwSignal::new(Window::first()),
            beyond: RwSignal::new((false, false)),
            anchor: StoredValue::new(0),
            scroller: NodeRef::new(),
            id: StoredValue::new(dom::fresh_id("table")),
        }
    }

    /// Move the active cell by a key; `true` when it was one of the table's keys.
    fn press(self, key: &str, shift: bool) -> bool {
        let size = (self.rows.with_untracked(Vec::len), self.columns.with_untracked(Vec::len));
        let Some(next) = step(self.active.get_untracked(), size, key) else {
            return false;
        };
        if shift && next.0 != self.active.get_untracked().0 {
            self.select_range(next.0);
        }
        self.go(next);
        true
    }

    /// Make a cell the active one, in sight and focused.
    pub fn go(self, cell: (usize, usize)) {
        self.active.set(cell);
        if let Some(scroller) = self.scroller.get_untracked() {
            let window = self.window.get_untracked();
            if let Some(top) = window.scroll_to(cell.0, scroller.scroll_top(), scroller.client_height()) {
                scroller.set_scroll_top(top);
                self.measure();
            }
        }
        self.focus_cell(cell);
    }

    pub fn focus_cell(self, (row, column): (usize, usize)) {
        let id = self.id.get_value();
        dom::focus_soon(format!("#{id} [data-cell='{row}-{column}'], #{id} [data-card='{row}']"));
    }

    /// Select or unselect one row and remember it as the start of a later range.
    pub fn toggle(self, row: usize, on: bool) {
        self.anchor.set_value(row);
        if let Some(id) = self.id_of(row) {
            self.selected.update(|selected| {
                if on {
                    selected.insert(id);
                } else {
                    selected.remove(&id);
                }
            });
        }
    }

    /// Select every row between the last one chosen and this one.
    pub fn select_range(self, row: usize) {
        let ids = self.rows.with_untracked(|rows| {
            range(self.anchor.get_value(), row)
                .filter_map(|at| rows.get(at).map(|row| row.id.clone()))
                .collect::<Vec<_>>()
        });
        self.selected.update(|selected| selected.extend(ids));
    }

    pub fn select_page(self, on: bool) {
        let ids: Vec<String> = self.rows.with_untracked(|rows| rows.iter().map(|row| row.id.clone()).collect());
        self.selected.update(|selected| {
            if on {
                selected.extend(ids);
            } else {
                selected.clear();
            }
        });
    }

    /// Begin editing the active cell if its column allows it.
    pub fn edit(self, cell: (usize, usize)) -> bool {
        let allowed = self.columns.with_untracked(|columns| columns.get(cell.1).is_some_and(|column| column.editable));
        if allowed && self.rows.with_untracked(|rows| cell.0 < rows.len()) {
            self.active.set(cell);
            self.editing.set(Some(cell));
        }
        allowed
    }

    /// End editing and give the focus back to the cell.
    pub fn end_edit(self) {
        if let Some(cell) = self.editing.get_untracked() {
            self.editing.set(None);
            self.focus_cell(cell);
        }
    }

    /// As `measure`, for moments at which the page may have been left.
    fn measure_if_there(self) {
        if !self.window.is_disposed() {
            self.measure();
        }
    }

    fn id_of(self, row: usize) -> Option<String> {
        self.rows.with_untracked(|rows| rows.get(row).map(|row| row.id.clone()))
    }

    /// Recompute which rows are in the document from where the frame is scrolled.
    fn measure(self) {
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        let height = scroller
            .query_selector("tbody tr[aria-rowindex]")
            .ok()
            .flatten()
            .map_or(40, |row| row.client_height().max(1));
        let window = Window::at(scroller.scroll_top(), scroller.client_height(), height);
        if window != self.window.get_untracked() {
            self.window.set(window);
        }
        let left = scroller.scroll_left();
        let beyond = (left > 0, left + scroller.client_width() + 1 < scroller.scroll_width());
        if beyond != self.beyond.get_untracked() {
            self.beyond.set(beyond);
        }
    }
}

/// The table of a [`Grid`].
#[component]
pub fn Table(
    grid: Grid,
    /// Said to those who cannot see it.
    #[prop(into)]
    caption: String,
    cell: DrawCell,
    line: DrawLine,
    /// What stands before the title of a card.
    #[prop(optional)]
    lead: Option<DrawLine>,
    #[prop(optional)] editor: Option<DrawCell>,
    /// Column key and whether it falls.
    #[prop(optional, into)]
    sort: Signal<Option<(String, bool)>>,
    #[prop(optional, into)] on_sort: Option<Callback<String>>,
    #[prop(optional)] selectable: bool,
    /// What stands below each column, by its place, and whether there is anything.
    #[prop(optional)]
    foot: Option<DrawLine>,
    #[prop(optional, into)] has_foot: Signal<bool>,
    #[prop(optional, into)] footer: ViewFn,
) -> impl IntoView {
    grid_keys(grid, selectable);
    let body = body::Body { grid, cell: cell.clone(), editor, selectable };
    let phone = dom::phone();
    // What fits is known once it is drawn, and again when the window changes.
    Effect::new(move || {
        grid.columns.track();
        grid.rows.track();
        phone.track();
        request_animation_frame(move || grid.measure_if_there());
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| grid.measure_if_there());
    on_cleanup(move || resized.remove());
    view! {
        <div
            class="table-frame" data-cards="true" id=grid.id.get_value()
            data-scrolled=move || grid.beyond.get().0.then_some("true")
            data-more=move || grid.beyond.get().1.then_some("true")
        >
            {move || if phone.get() {
                cards::cards(grid, line.clone(), lead.clone(), selectable).into_any()
            } else {
                let (body, foot) = (body.clone(), foot.clone());
                view! {
                    <div class="table-scroll" node_ref=grid.scroller on:scroll=move |_| grid.measure()>
                        <table
                            class="table"
                            role="grid"
                            aria-rowcount=move || (grid.rows.with(Vec::len) + 1 + usize::from(has_foot.get())).to_string()
                            aria-multiselectable=selectable.then_some("true")
                            on:keydown=move |event| body::table_key(grid, &event)
                        >
                            <caption>{caption.clone()}</caption>
                            {head::head(grid, sort, on_sort, selectable)}
                            {body.view()}
                            {foot.map(|draw| move || has_foot.get().then(|| foot::foot(grid, &draw, selectable)))}
                        </table>
                    </div>
                }.into_any()
            }}
            {footer.run()}
        </div>
    }
}

/// The shortcuts that work on the active row from anywhere on the page.
fn grid_keys(grid: Grid, selectable: bool) {
    use keys::Act;
    let some = move || grid.rows.with_untracked(|rows| !rows.is_empty());
    keys::on_if(Act::Next, move || some() && grid.press("ArrowDown", false));
    keys::on_if(Act::Previous, move || some() && grid.press("ArrowUp", false));
    keys::on_if(Act::Edit, move || some() && grid.edit(grid.active.get_untracked()));
    if selectable {
        keys::on_if(Act::Select, move || {
            let row = grid.active.get_untracked().0;
            let Some(id) = grid.id_of(row) else {
                return false;
            };
            let on = grid.selected.with_untracked(|selected| selected.contains(&id));
            grid.toggle(row, !on);
            true
        });
    }
    keys::on_if(Act::Preview, move || {
        let Some(id) = grid.id_of(grid.active.get_untracked().0) else {
            return false;
        };
        grid.opened.update(|opened| *opened = if opened.as_ref() == Some(&id) { None } else { Some(id) });
        true
    });
    keys::on_if(Act::Open, move || {
        let row = grid.active.get_untracked().0;
        let href = grid.rows.with_untracked(|rows| rows.get(row).map(|row| row.href.clone()));
        href.map(|href| dom::follow(&href)).is_some()
    });
}
