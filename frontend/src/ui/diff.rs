use leptos::prelude::*;

use crate::{dom, t};

/// Whose value is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Mine,
    Theirs,
}

/// One field on which two edits disagree.
#[derive(Debug, Clone)]
pub struct DiffRow {
    pub name: String,
    pub before: String,
    pub mine: String,
    pub theirs: String,
    pub pick: RwSignal<Side>,
}

/// Three columns: mine, theirs, and what both started from. One choice a row.
#[component]
pub fn Diff(rows: Vec<DiffRow>) -> impl IntoView {
    view! {
        <table class="diff">
            <caption class="sr-only">{t!("diff.caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{t!("diff.field")}</th>
                    <th scope="col">{t!("diff.mine")}</th>
                    <th scope="col">{t!("diff.theirs")}</th>
                    <th scope="col">{t!("diff.before")}</th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn row(row: DiffRow) -> impl IntoView {
    let group = dom::fresh_id("diff");
    let pick = row.pick;
    let choice = move |side: Side, text: String, label: String, group: String| {
        view! {
            <td data-label=label>
                <label>
                    <input type="radio" name=group prop:checked=move || pick.get() == side on:change=move |_| pick.set(side)/>
                    <span>{text}</span>
                </label>
            </td>
        }
    };
    view! {
        <tr>
            <th scope="row">{row.name}</th>
            {choice(Side::Mine, row.mine, t!("diff.mine"), group.clone())}
            {choice(Side::Theirs, row.theirs, t!("diff.theirs"), group)}
            <td data-label=t!("diff.before")><span class="muted">{row.before}</span></td>
        </tr>
    }
}
