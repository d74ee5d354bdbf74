use leptos::prelude::*;

use super::{Button, IconButton, Kind};
use crate::t;

/// First, previous, next, last, and how many there are. Keyset cursors know no page numbers, so neither does it.
#[component]
pub fn Pager(
    #[prop(into)] total: Signal<String>,
    /// Whether the total can be counted more exactly.
    #[prop(optional, into)]
    countable: Signal<bool>,
    #[prop(optional, into)] on_count: Option<Callback<()>>,
    #[prop(into)] has_previous: Signal<bool>,
    #[prop(into)] has_next: Signal<bool>,
    /// -2 first, -1 previous, 1 next, 2 last.
    #[prop(into)]
    on_turn: Callback<i8>,
) -> impl IntoView {
    let button = move |label: String, icon: &'static str, turn: i8, enabled: Signal<bool>| {
        let side = if turn > 0 { "end" } else { "" };
        view! {
            <IconButton
                label icon side small=true
                disabled=Signal::derive(move || !enabled.get())
                on_press=move |()| on_turn.run(turn)
            />
        }
    };
    view! {
        <nav class="pager" aria-label=t!("pager.label")>
            <span class="pager-total" role="status">{move || total.get()}</span>
            {on_count.map(|on_count| move || countable.get().then(|| view! {
                <Button label=t!("pager.count") kind=Kind::Link small=true on_press=on_count/>
            }))}
            {button(t!("pager.first"), "chevrons-left", -2, has_previous)}
            {button(t!("pager.previous"), "chevron-left", -1, has_previous)}
            {button(t!("pager.next"), "chevron-right", 1, has_next)}
            {button(t!("pager.last"), "chevrons-right", 2, has_next)}
        </nav>
    }
}
