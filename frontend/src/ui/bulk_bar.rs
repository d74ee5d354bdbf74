use leptos::prelude::*;

use super::{Button, IconButton, Kind};
use crate::t;

/// Takes the toolbar's place while rows are selected. The count is announced.
#[component]
pub fn BulkBar(
    #[prop(into)] count: Signal<usize>,
    /// The number of all rows that match, when not all are selected yet and all could be.
    #[prop(optional, into)]
    all: Signal<Option<String>>,
    #[prop(optional, into)] on_all: Option<Callback<()>>,
    #[prop(into)] on_clear: Callback<()>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="bulk-bar" role="toolbar" aria-label=t!("bulk.label")>
            <strong role="status">{move || t!("bulk.selected", count = count.get())}</strong>
            {move || all.get().zip(on_all).map(|(all, on_all)| view! {
                <Button label=t!("bulk.select-all", total = all) kind=Kind::Link on_press=on_all/>
            })}
            <span class="grow"></span>
            {children()}
            <IconButton label=t!("bulk.clear") icon="x" side="end" on_press=on_clear/>
        </div>
    }
}
