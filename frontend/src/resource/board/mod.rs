//! The board of a resource: its records as cards in columns, moved by the acts that the resource declares.

mod card;
mod cards;
mod column;
mod drag;
mod keys;
mod lane;
mod moving;
mod state;
mod tools;
mod ways;

use domain::listing::Listing;
use domain::permission::Action;
use leptos::prelude::*;

use self::column::Columns;
use self::state::BoardState;
use self::tools::{Dragged, MoveDialog, Tools};
use super::boards::{self, Board};
use super::unreadable::Unreadable;
use super::views::{self, Shown};
use super::{labels, quick};
use crate::keys::Act;
use crate::ui::{Banner, Button, EmptyState, Kind, Loaded, NoPermission, Page, SkeletonShape, Tone};
use crate::{lazy, session, t};

lazy!(board, page, |mut params| match boards::of(&params.remove(0)) {
    Some(board) => view! { <BoardPage board/> }.into_any(),
    None => ().into_any(),
});

#[component]
fn BoardPage(board: &'static Board) -> impl IntoView {
    let definition = board.definition()?;
    let title = t!("board.title", resource = labels::plural(definition.name));
    let state = definition.state?;
    // Who may not see where records stand cannot be shown a board of it.
    let hidden = |key: &str| board.field(key).is_none_or(|field| !session::reads(definition.name, field));
    if untrack(|| hidden(state) || hidden(board.column)) {
        return Some(view! { <Page title><NoPermission/></Page> }.into_any());
    }
    let state = BoardState::start(board, definition, state);
    state.follow_pointer();
    crate::keys::on(Act::Filter, move || state.filtering.set(true));
    crate::keys::on_if(Act::Move, move || {
        let card = keys::focused().filter(|_| state.may_move());
        card.is_some_and(|card| {
            state.moving.set(Some(card));
            true
        })
    });
    let create = move || quick::create(definition, serde_json::Map::new());
    let columns = move || match state.heads.get() {
        _ if state.unreadable.get() => {
            view! { <Unreadable on_reset=move |()| state.change(false, |listing| *listing = Listing::default())/> }
                .into_any()
        }
        heads if heads.is_empty() => view! {
            <EmptyState title=t!("board.no-columns") text=t!("board.no-columns-text") icon="square-kanban"/>
        }
        .into_any(),
        heads => view! { <Columns state heads/> }.into_any(),
    };
    let page = view! {
        <Page title actions=move || view! {
            {views::switch(definition, Shown::Board, move || state.listing.get())}
            {session::may(definition.name, Action::Create).then(|| view! {
                <div class="desk-only">
                    <Button
                        label=t!("form.create", resource = labels::singular(definition.name))
                        icon="plus" kind=Kind::Primary writes=true on_press=move |()| create()
                    />
                </div>
            })}
        }>
            <Tools state/>
            {move || state.uncounted.get().map(|why| view! {
                <div role="alert">
                    <Banner tone=Tone::Warn>
                        {t!("board.uncounted", why = why)}" "
                        <Button label=t!("action.retry") kind=Kind::Link on_press=move |()| state.count()/>
                    </Banner>
                </div>
            })}
            <Loaded state=state.load shape=SkeletonShape::Table on_retry=move |()| state.read_columns()>
                {columns}
            </Loaded>
            <MoveDialog state/>
            <Dragged state/>
        </Page>
    };
    Some(page.into_any())
}
