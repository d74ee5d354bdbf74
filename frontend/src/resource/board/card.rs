//! A card: what the record is called, for whom, how much, until when, whose it is and how long it stands where it is.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::cards::PITCH;
use super::lane::{Head, Lane};
use super::state::BoardState;
use crate::resource::form::name_of;
use crate::resource::{address, cells};
use crate::ui::{Avatar, Icon};
use crate::{format, session, t};

#[component]
pub fn Card(state: BoardState, lane: Lane, id: String) -> impl IntoView {
    let key = StoredValue::new(id.clone());
    let found = Memo::new(move |_| {
        lane.cards.with(|cards| key.with_value(|id| cards.position(id).map(|at| (at, cards.items[at].clone()))))
    });
    let at = Memo::new(move |_| found.with(|found| found.as_ref().map_or(0, |(at, _)| *at)));
    let item = Memo::new(move |_| found.with(|found| found.as_ref().map(|(_, item)| item.clone()).unwrap_or_default()));
    let dragged = {
        let id = id.clone();
        Memo::new(move |_| state.drag.ghost.with(|ghost| ghost.as_ref().is_some_and(|ghost| ghost.card == id)))
    };
    let press_id = id.clone();
    view! {
        <li
            class="board-card"
            style:--top=move || format!("{}px", top(at.get()))
            data-dragged=move || dragged.get().then_some("true")
            aria-setsize=move || lane.figures.with(|figures| figures.as_ref().map(|figures| figures.count.to_string()))
            aria-posinset=move || (at.get() + 1).to_string()
            on:pointerdown=move |event| state.press(&event, &press_id)
        >
            // These stay while the record changes, or they would lose the focus.
            <Handles state lane id name=Signal::derive(move || name_of(state.definition, &item.get()).unwrap_or_default())/>
            {move || lines(state, &lane.head(), &item.get().document)}
        </li>
    }
}

/// What is pressed on a card: the link to the record, and the button that moves it.
#[component]
fn Handles(state: BoardState, lane: Lane, id: String, name: Signal<String>) -> impl IntoView {
    let key = StoredValue::new(id);
    let current = Memo::new(move |_| key.with_value(|id| lane.is_current(id)));
    let tabindex = move || if current.get() { "0" } else { "-1" };
    let label = move || t!("board.move-named", name = name.get());
    view! {
        <a
            class="board-name"
            href=key.with_value(|id| address::record(state.definition.name, id))
            draggable="false"
            data-card=key.get_value()
            tabindex=tabindex
            aria-keyshortcuts=state.may_move().then_some("m")
            on:focus=move |_| { lane.current.try_set(Some(key.get_value())); }
        >
            {move || name.get()}
        </a>
        {state.may_move().then(|| view! {
            <button class="board-move" type="button" tabindex=tabindex aria-label=label title=label
                on:click=move |_| state.moving.set(Some(key.get_value()))>
                <Icon name="ellipsis"/>
            </button>
        })}
    }
}

/// What a card tells under its name.
pub fn lines(state: BoardState, head: &Head, document: &Map<String, Value>) -> AnyView {
    let (board, definition) = (state.board, state.definition);
    let told = |key: &str| {
        let field = board.field(key).filter(|field| session::reads(definition.name, field))?;
        Some(cells::text(definition, field, document)).filter(|text| text != format::EMPTY)
    };
    let owner = document.get("owner").and_then(|owner| owner.get("name")).and_then(Value::as_str).map(str::to_owned);
    view! {
        <p class="board-about">{told(board.about)}</p>
        <p class="board-line"><strong title=told(board.amount)>{told(board.amount)}</strong>{due(state, head, document)}</p>
        <p class="board-line">
            <span class="board-owner">{owner.map(|name| view! { <Avatar name=name.clone()/><span>{name}</span> })}</span>
            {standing(state, head, document)}
        </p>
    }
    .into_any()
}

/// The day by which something is expected, in words when it is over.
fn due(state: BoardState, head: &Head, document: &Map<String, Value>) -> Option<AnyView> {
    let day = document.get(state.board.due).and_then(Value::as_str)?;
    let days = format::days_overdue(day, &format::today()).filter(|_| !head.place.end);
    let text = format::day(day);
    Some(match days {
        Some(days) => view! {
            <span class="board-note" data-tone="bad" title=text><Icon name="calendar"/>{t!("board.overdue", count = days)}</span>
        }
        .into_any(),
        None => view! { <span class="board-note"><Icon name="calendar"/>{text}</span> }.into_any(),
    })
}

/// How long a card stands in its column, and whether that is too long.
fn standing(state: BoardState, head: &Head, document: &Map<String, Value>) -> Option<AnyView> {
    let key = if head.place.end { state.board.closed } else { state.board.since };
    let since = document.get(key).and_then(Value::as_str)?;
    if head.place.end {
        return Some(
            view! { <span class="board-note" title=format::date_time(since)>{format::relative(since)}</span> }
                .into_any(),
        );
    }
    let days = format::days_since(since)?.max(0);
    let stale = head.patience.is_some_and(|patience| days > patience);
    let text = if stale { t!("board.stale", count = days) } else { t!("board.days", count = days) };
    Some(
        view! {
            <span class="board-note" data-tone=stale.then_some("warn") title=format::date_time(since)>
                <Icon name=if stale { "triangle-alert" } else { "clock" }/>{text}
            </span>
        }
        .into_any(),
    )
}

/// Where a card lies below the first.
#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 cards")]
pub fn top(at: usize) -> f64 {
    at as f64 * PITCH
}
