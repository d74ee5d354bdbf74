//! The keyboard on a board: arrows walk over the cards, with Shift they move the card.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::card::top;
use super::state::BoardState;
use crate::dom;

/// The card that has the focus.
pub fn focused() -> Option<String> {
    document().active_element()?.get_attribute("data-card")
}

/// What an arrow does to the card that has the focus.
pub fn walk(state: BoardState, event: &KeyboardEvent) {
    let on_card = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(id) = on_card.and_then(|element| element.get_attribute("data-card")) else { return };
    if dom::is_composing(event) || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some((lane, _)) = state.find(&id) else { return };
    let sizes: Vec<usize> = state
        .lanes
        .with_value(|lanes| lanes.iter().map(|lane| lane.cards.with_untracked(|cards| cards.items.len())).collect());
    let at =
        state.lane(lane).and_then(|lane| lane.cards.with_untracked(|cards| cards.position(&id))).unwrap_or_default();
    let key = event.key();
    if event.shift_key() {
        let Some(to) = beside(lane, sizes.len(), &key) else { return };
        event.prevent_default();
        return state.move_to(&id, to);
    }
    if let Some((lane, at)) = next(&sizes, (lane, at), &key) {
        event.prevent_default();
        state.focus_card(lane, at);
    }
}

impl BoardState {
    /// Focus the card at a place.
    fn focus_card(self, lane: usize, at: usize) {
        let Some(own) = self.lane(lane) else { return };
        let Some(id) = own.cards.with_untracked(|cards| cards.items.get(at).map(|item| item.id.clone())) else {
            return;
        };
        self.reveal(lane, top(at));
        own.current.set(Some(id.clone()));
        dom::focus_soon(format!("[data-card='{id}']"));
    }
}

/// The lane beside one.
fn beside(lane: usize, lanes: usize, key: &str) -> Option<usize> {
    match key {
        "ArrowRight" => Some(lane + 1).filter(|at| *at < lanes),
        "ArrowLeft" => lane.checked_sub(1),
        _ => None,
    }
}

/// Where an arrow leads from a card: within its lane, or to the same height of the next lane that has cards.
fn next(sizes: &[usize], (lane, at): (usize, usize), key: &str) -> Option<(usize, usize)> {
    let into = |lane: usize| (lane, at.min(sizes[lane] - 1));
    match key {
        "ArrowDown" => Some((lane, at + 1)).filter(|_| at + 1 < sizes[lane]),
        "ArrowUp" => at.checked_sub(1).map(|at| (lane, at)),
        "Home" => Some((lane, 0)),
        "End" => Some((lane, sizes[lane] - 1)),
        "ArrowRight" => (lane + 1..sizes.len()).find(|lane| sizes[*lane] > 0).map(into),
        "ArrowLeft" => (0..lane).rev().find(|lane| sizes[*lane] > 0).map(into),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_walk_within_a_lane_and_over_to_the_next_that_has_cards() {
        let sizes = [3, 0, 2];
        assert_eq!(next(&sizes, (0, 1), "ArrowDown"), Some((0, 2)));
        assert_eq!(next(&sizes, (0, 2), "ArrowDown"), None);
        assert_eq!(next(&sizes, (0, 0), "ArrowUp"), None);
        assert_eq!(next(&sizes, (0, 2), "ArrowRight"), Some((2, 1)));
        assert_eq!(next(&sizes, (2, 1), "ArrowLeft"), Some((0, 1)));
        assert_eq!(next(&sizes, (2, 0), "ArrowRight"), None);
        assert_eq!(next(&sizes, (0, 1), "End"), Some((0, 2)));
        assert_eq!(next(&sizes, (0, 1), "x"), None);
    }

    #[test]
    fn a_card_is_moved_to_the_lane_beside_it_only() {
        assert_eq!(beside(0, 3, "ArrowRight"), Some(1));
        assert_eq!(beside(2, 3, "ArrowRight"), None);
        assert_eq!(beside(0, 3, "ArrowLeft"), None);
        assert_eq!(beside(1, 3, "ArrowDown"), None);
    }
}
