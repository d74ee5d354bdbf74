//! The head row: what each column is called and how the rows are sorted.

use leptos::prelude::*;

use super::Grid;
use super::model::Column;
use crate::t;
use crate::ui::{Checkbox, Icon};

pub fn head(
    grid: Grid,
    sort: Signal<Option<(String, bool)>>,
    on_sort: Option<Callback<String>>,
    selectable: bool,
) -> impl IntoView {
    view! {
        <thead>
            <tr aria-rowindex="1">
                {selectable.then(|| select_all(grid))}
                {move || grid.columns.get().into_iter().enumerate().map(|(at, column)| {
                    title(at, column, sort, on_sort, selectable)
                }).collect_view()}
            </tr>
        </thead>
    }
}

fn select_all(grid: Grid) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        let selected = grid.selected.get();
        grid.rows.with(|rows| (rows.iter().filter(|row| selected.contains(&row.id)).count(), rows.len()))
    });
    view! {
        <th class="select-cell pinned" scope="col">
            <Checkbox
                bare=true
                label=t!("table.select-page")
                checked=Signal::derive(move || { let (some, all) = chosen.get(); all > 0 && some == all })
                half=Signal::derive(move || { let (some, all) = chosen.get(); some > 0 && some < all })
                on_change=move |on| grid.select_page(on)
            />
        </th>
    }
}

fn title(
    at: usize,
    column: Column,
    sort: Signal<Option<(String, bool)>>,
    on_sort: Option<Callback<String>>,
    selectable: bool,
) -> impl IntoView {
    let key = column.key.clone();
    let direction = move || {
        sort.with(|sort| match sort {
            Some((by, falling)) if *by == key => Some(*falling),
            _ => None,
        })
    };
    let direction = Signal::derive(direction);
    let content = match on_sort {
        Some(on_sort) if column.sortable => {
            let key = column.key;
            view! {
                <button type="button" class="sort" on:click=move |_| on_sort.run(key.clone())>
                    {column.title}
                    {move || view! { <Icon name=if direction.get() == Some(true) { "arrow-down" } else { "arrow-up" }/> }}
                </button>
            }.into_any()
        }
        _ => column.title.into_any(),
    };
    view! {
        <th
            scope="col"
            class:number=column.number
            class:pinned=at == 0
            class:pinned-last=at == 0
            style:--pin=if at == 0 && selectable { "40px" } else { "0px" }
            aria-sort=move || direction.get().map(|falling| if falling { "descending" } else { "ascending" })
        >
            {content}
        </th>
    }
}
