//! A column: its head with the figures of all its cards, and of the cards those that can be seen.

use leptos::html;
use leptos::prelude::*;

use super::card::{Card, top};
use super::cards::drawn;
use super::lane::{Head, Lane};
use super::state::BoardState;
use crate::ui::{Hollow, Load, Loaded};
use crate::{dom, format, t};

/// All columns side by side; on a phone one after the other, a swipe apart.
#[component]
pub fn Columns(state: BoardState, heads: Vec<Head>) -> impl IntoView {
    let lanes: Vec<Lane> = heads.into_iter().map(Lane::new).collect();
    state.lanes.set_value(lanes.clone());
    for lane in &lanes {
        lane.read(state, true);
    }
    state.count();
    let board = NodeRef::<html::Div>::new();
    let seen = move |_| {
        let Some(board) = board.get_untracked() else { return };
        let width = board.client_width().max(1);
        let at = usize::try_from((board.scroll_left() + width / 2) / width).unwrap_or_default();
        if dom::phone().get_untracked() && state.seen.get_untracked() != at {
            state.seen.set(at);
        }
    };
    view! {
        <div class="board" node_ref=board data-dragging=move || state.drag.ghost.with(Option::is_some).then_some("true") on:scroll=seen
            on:click:capture=move |event| if state.drag.ended_just_now() { event.prevent_default(); event.stop_propagation(); }
            on:keydown=move |event| super::keys::walk(state, &event)>
            {lanes.into_iter().enumerate().map(|(at, lane)| view! { <Column state lane at/> }).collect_view()}
        </div>
    }
}

#[component]
fn Column(state: BoardState, lane: Lane, at: usize) -> impl IntoView {
    let Head { place, title, .. } = lane.head();
    let heading = StoredValue::new(dom::fresh_id("column"));
    let shown = Memo::new(move |_| shown(state, lane));
    let empty = move || lane.load.get() == Load::Ready && lane.cards.with(|cards| cards.items.is_empty());
    let height = move || lane.cards.with(|cards| top(cards.items.len()));
    let open = Memo::new(move |_| {
        state.drag.ghost.with(|ghost| ghost.as_ref().map(|ghost| (ghost.lane, ghost.card.clone()))).map(
            |(from, card)| {
                from == at || untrack(|| state.find(&card).is_some_and(|(_, item)| !state.way(&item, at).is_empty()))
            },
        )
    });
    view! {
        <section
            class="board-column"
            data-lane=at.to_string()
            data-end=place.end.then(|| place.state.clone())
            data-over=move || (state.drag.over.get() == Some(at)).then_some("true")
            data-shut=move || (open.get() == Some(false)).then_some("true")
            aria-labelledby=heading.get_value()
        >
            <header class="board-head">
                <h2 id=heading.get_value()>{title.clone()}</h2>
                <span class="board-count">{move || lane.figures.with(|figures| figures.as_ref().map(|figures| format::count(figures.count)))}</span>
                <p class="board-sum">{move || lane.figures.with(|figures| figures.as_ref().map(super::lane::Figures::amounts))}</p>
            </header>
            <div class="board-cards" on:scroll=move |event| scrolled(state, lane, &event)>
                <Loaded state=lane.load on_retry=move |()| lane.read(state, true)>
                    <ul style:--height=move || format!("{}px", height()) aria-label=title.clone()>
                        <For each=move || shown.get() key=String::clone let:id>
                            <Card state lane id/>
                        </For>
                    </ul>
                </Loaded>
                {move || empty().then(|| view! { <Hollow text=t!("board.empty")/> })}
            </div>
        </section>
    }
}

/// The ids of the cards to draw; one that is being dragged stays, or the pointer would lose it.
fn shown(state: BoardState, lane: Lane) -> Vec<String> {
    let held = state.drag.ghost.with(|ghost| ghost.as_ref().map(|ghost| ghost.card.clone()));
    lane.cards.with(|cards| {
        let (first, last) = drawn(lane.top.get(), window_height(), cards.items.len());
        let seen = cards.items[first..last].iter().map(|item| item.id.clone());
        let mut ids: Vec<String> = seen.collect();
        if let Some(held) = held.filter(|held| !ids.contains(held) && cards.position(held).is_some()) {
            ids.push(held);
        }
        ids
    })
}

fn scrolled(state: BoardState, lane: Lane, event: &web_sys::Event) {
    let list: web_sys::Element = event_target(event);
    lane.top.set(f64::from(list.scroll_top()));
    lane.read_on(state, window_height());
}

/// No column is higher than the window.
fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(1000.0)
}
