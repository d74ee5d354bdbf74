//! The same rows on a phone: a list of cards of two lines.

use leptos::prelude::*;

use super::{DrawLine, Grid};
use crate::t;
use crate::ui::{Checkbox, Icon};

pub fn cards(grid: Grid, line: DrawLine, lead: Option<DrawLine>, selectable: bool) -> impl IntoView {
    let choosing = move || selectable && (grid.picking.get() || grid.selected.with(|selected| !selected.is_empty()));
    view! {
        <ul class="cards">
            {move || grid.rows.get().into_iter().enumerate().map(|(at, row)| {
                let id = row.id.clone();
                let selected = Signal::derive(move || grid.selected.with(|selected| selected.contains(&id)));
                let label = t!("table.select-row", name = row.name);
                view! {
                    <li class="card-row">
                        {move || choosing().then(|| view! {
                            <Checkbox bare=true label=label.clone() checked=selected on_change=move |on| grid.toggle(at, on)/>
                        })}
                        {lead.as_ref().map(|lead| lead(at))}
                        <a href=row.href data-card=at.to_string()
                            on:click=move |event| if untrack(choosing) { event.prevent_default(); grid.toggle(at, !selected.get_untracked()); }
                            on:contextmenu=move |event| if selectable { event.prevent_default(); grid.toggle(at, true); }>
                            <span class="card-title">{row.name}</span>
                            <span class="card-line">{line(at)}</span>
                        </a>
                        <Icon name="chevron-right"/>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
}
