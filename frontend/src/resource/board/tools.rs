//! What stands above a board: which board, search and filter; and the dialog that moves a card without dragging.

use std::time::Duration;

use domain::Filter;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::drag::Ghost;
use super::state::BoardState;
use crate::keys::{self, Act};
use crate::resource::filter::{self, FilterDrawer};
use crate::resource::form::name_of;
use crate::ui::{Button, Dialog, FilterChips, Kind, SearchInput, SelectInput, ViewBar};
use crate::{dom, t};

#[component]
pub fn Tools(state: BoardState) -> impl IntoView {
    let definition = state.definition;
    let chips = Signal::derive(move || state.listing.with(|listing| filter::chips(definition, &listing.filter)));
    let remove = move |key: String| {
        let filter = state.listing.with_untracked(|listing| listing.filter.clone());
        state.set_filter(filter::without(filter, key.parse().unwrap_or_default()));
    };
    let changed = move || state.listing.with(|listing| listing.q.is_some() || !listing.filter.is_everything());
    let reset = move || {
        state.change(false, |listing| (listing.q, listing.filter) = (None, Filter::everything()));
    };
    view! {
        <div class="stack">
            <ViewBar>
                {move || (state.wholes.with(Vec::len) > 1).then(|| view! { <WholeSwitch state/> })}
                <Search state/>
                <Button label=t!("action.filter") icon="funnel" kind=Kind::Quiet compact=true on_press=move |()| state.filtering.set(true)/>
                {move || changed().then(|| view! { <Button label=t!("list.reset") kind=Kind::Quiet on_press=move |()| reset()/> })}
            </ViewBar>
            <FilterChips chips on_edit=move |_| state.filtering.set(true) on_remove=remove/>
            <div class="phone-only"><ColumnSwitch state/></div>
            <FilterDrawer
                definition
                open=state.filtering
                filter=Signal::derive(move || state.listing.with(|listing| listing.filter.clone()))
                on_apply=move |filter| state.set_filter(filter)
            />
        </div>
    }
}

/// Which of several boards is shown.
#[component]
fn WholeSwitch(state: BoardState) -> impl IntoView {
    let title = state.board.whole().map_or("name", |whole| whole.title);
    let label = state.board.whole().map(|whole| crate::resource::labels::singular(whole.name)).unwrap_or_default();
    let options = move || {
        let name = |item: &crate::api::records::Item| {
            item.document.get(title).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        state.wholes.with(|wholes| wholes.iter().map(|item| (item.id.clone(), name(item))).collect::<Vec<_>>())
    };
    let chosen = RwSignal::new(state.whole.get_untracked().unwrap_or_default());
    Effect::watch(move || state.whole.get(), move |whole, _, _| chosen.set(whole.clone().unwrap_or_default()), false);
    Effect::watch(
        move || chosen.get(),
        move |chosen, _, _| {
            if state.whole.get_untracked().as_ref() != Some(chosen) {
                state.show(chosen.clone());
            }
        },
        false,
    );
    view! { <SelectInput value=chosen options=Signal::derive(options) label/> }
}

/// On a phone: which column is seen.
#[component]
fn ColumnSwitch(state: BoardState) -> impl IntoView {
    let options = move || {
        let titles = state.heads.with(|heads| heads.iter().map(|head| head.title.clone()).collect::<Vec<_>>());
        titles.into_iter().enumerate().map(|(at, title)| (at.to_string(), title)).collect::<Vec<_>>()
    };
    let chosen = RwSignal::new(state.seen.get_untracked().to_string());
    Effect::watch(move || state.seen.get(), move |at, _, _| chosen.set(at.to_string()), false);
    Effect::watch(
        move || chosen.get(),
        move |chosen, _, _| {
            let at: i32 = chosen.parse().unwrap_or_default();
            let board = document().query_selector(".board").ok().flatten();
            let Some(board) = board.filter(|_| state.seen.get_untracked().to_string() != *chosen) else { return };
            board.set_scroll_left(at * board.client_width());
        },
        false,
    );
    view! { <SelectInput value=chosen options=Signal::derive(options) label=t!("board.column")/> }
}

/// Searches as one types: a moment after the last letter, without filling the browser's history.
#[component]
fn Search(state: BoardState) -> impl IntoView {
    let asked = move || state.listing.with(|listing| listing.q.clone().unwrap_or_default());
    let typed = RwSignal::new(untrack(asked));
    let round = StoredValue::new(0_u32);
    Effect::watch(
        move || typed.get(),
        move |typed, _, _| {
            let now = round.get_value() + 1;
            round.set_value(now);
            let q = Some(typed.trim().to_owned()).filter(|q| !q.is_empty());
            let look = move || {
                let before = state.listing.try_with_untracked(|listing| listing.q.clone());
                if round.try_get_value() == Some(now) && before.is_some_and(|before| before != q) {
                    state.change(true, |listing| listing.q = q);
                }
            };
            set_timeout(look, Duration::from_millis(150));
        },
        false,
    );
    // The address may change by other ways: back, reset, a link.
    Effect::watch(
        asked,
        move |q, _, _| {
            if typed.with_untracked(|typed| typed.trim() != q) {
                typed.set(q.clone());
            }
        },
        false,
    );
    keys::on_if(Act::Search, || dom::focus("#board-search"));
    view! { <SearchInput value=typed label=t!("list.search-name") id="board-search"/> }
}

/// The places to which a card can go, one button each.
#[component]
pub fn MoveDialog(state: BoardState) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || open.set(state.moving.with(Option::is_some)));
    let card = move || state.moving.get().and_then(|id| state.find(&id));
    let title = Signal::derive(move || {
        let name = card().and_then(|(_, item)| name_of(state.definition, &item)).unwrap_or_default();
        t!("board.move-named", name = name)
    });
    let go = move |to: usize| {
        let id = state.moving.get_untracked();
        state.moving.set(None);
        if let Some(id) = id {
            // The dialog gives the focus back first.
            request_animation_frame(move || state.move_to(&id, to));
        }
    };
    let walk = move |event: web_sys::KeyboardEvent| {
        let list = event.current_target().and_then(|list| list.dyn_into::<web_sys::Element>().ok());
        if list.is_some_and(|list| dom::rove(&list, ".menu-item:not(:disabled)", &event.key(), true)) {
            event.prevent_default();
        }
    };
    view! {
        <Dialog open title may_close=move |()| { state.moving.set(None); true }>
            {move || card().map(|(from, item)| {
                dom::focus_soon(".board-places .menu-item:not(:disabled)");
                let lanes = state.lanes.with_value(Vec::len);
                view! {
                    <div class="board-places" on:keydown=walk>
                        {(0..lanes).map(|at| {
                            let here = at == from;
                            let shut = here || state.way(&item, at).is_empty();
                            view! {
                                <button class="menu-item" type="button" disabled=shut on:click=move |_| go(at)>
                                    <span>{state.title(at)}</span>
                                    {here.then(|| view! { <span class="meta">{t!("board.here")}</span> })}
                                </button>
                            }
                        }).collect_view()}
                    </div>
                }
            })}
        </Dialog>
    }
}

/// The card under the pointer while it is dragged.
#[component]
pub fn Dragged(state: BoardState) -> impl IntoView {
    let drag = state.drag;
    move || {
        let Ghost { card, lane, width } = drag.ghost.get()?;
        let (_, item) = untrack(|| state.find(&card))?;
        let head = state.lane(lane)?.head();
        let place = move |axis: fn((f64, f64)) -> f64| format!("{}px", axis(drag.corner.get()));
        Some(view! {
            <div
                class="board-card board-ghost"
                aria-hidden="true"
                style:--x=move || place(|corner| corner.0)
                style:--y=move || place(|corner| corner.1)
                style:--width=format!("{width}px")
            >
                <span class="board-name">{name_of(state.definition, &item)}</span>
                {super::card::lines(state, &head, &item.document)}
            </div>
        })
    }
}
