//! Dragging cards by mouse, pen and finger. A finger rests on a card before it takes it, so that one can still scroll.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::{IntervalHandle, TimeoutHandle};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, PointerEvent};

use super::cards::pull;
use super::state::BoardState;

/// How far a mouse moves before it drags, and how far a finger may tremble while it rests.
const SLACK: f64 = 6.0;
const REST: Duration = Duration::from_millis(350);
const FRAME: Duration = Duration::from_millis(16);

/// A card under a pressed pointer.
#[derive(Clone, Debug, PartialEq)]
struct Press {
    card: String,
    pointer: i32,
    touch: bool,
    /// Where it was pressed, and where that is within the card.
    start: (f64, f64),
    grip: (f64, f64),
    width: f64,
}

/// What is seen of a card that is being dragged.
#[derive(Clone, Debug, PartialEq)]
pub struct Ghost {
    pub card: String,
    pub lane: usize,
    pub width: f64,
}

#[derive(Clone, Copy)]
pub struct Dragging {
    press: StoredValue<Option<Press>>,
    pub ghost: RwSignal<Option<Ghost>>,
    /// The left upper corner of the ghost, and the lane below the pointer.
    pub corner: RwSignal<(f64, f64)>,
    pub over: RwSignal<Option<usize>>,
    point: StoredValue<(f64, f64)>,
    resting: StoredValue<Option<TimeoutHandle>>,
    running: StoredValue<Option<IntervalHandle>>,
    ended: StoredValue<f64>,
}

impl Dragging {
    pub fn new() -> Self {
        Self {
            press: StoredValue::new(None),
            ghost: RwSignal::new(None),
            corner: RwSignal::new((0.0, 0.0)),
            over: RwSignal::new(None),
            point: StoredValue::new((0.0, 0.0)),
            resting: StoredValue::new(None),
            running: StoredValue::new(None),
            ended: StoredValue::new(f64::MIN),
        }
    }

    /// Whether a drag ended with what the pointer did last: that is no press on what lies below it.
    pub fn ended_just_now(self) -> bool {
        js_sys::Date::now() - self.ended.get_value() < 300.0
    }

    pub fn is_on(self) -> bool {
        self.ghost.with_untracked(Option::is_some)
    }

    /// Forgets what was pressed.
    fn drop_all(self) {
        self.press.set_value(None);
        if let Some(timer) = self.resting.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if let Some(timer) = self.running.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if self.is_on() {
            self.ended.set_value(js_sys::Date::now());
            self.ghost.set(None);
            self.over.set(None);
        }
    }
}

impl BoardState {
    /// A pointer was pressed on a card.
    pub fn press(self, event: &PointerEvent, card: &str) {
        let on_button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if event.button() != 0 || !self.may_move() || on_button.is_some_and(|on| closest(&on, "button").is_some()) {
            return;
        }
        let Some(element) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let own = element.get_bounding_client_rect();
        let start = (f64::from(event.client_x()), f64::from(event.client_y()));
        let touch = event.pointer_type() == "touch";
        self.drag.drop_all();
        self.drag.point.set_value(start);
        self.drag.press.set_value(Some(Press {
            card: card.to_owned(),
            pointer: event.pointer_id(),
            touch,
            start,
            grip: (start.0 - own.left(), start.1 - own.top()),
            width: own.width(),
        }));
        if touch {
            let rested = set_timeout_with_handle(move || self.lift(), REST).ok();
            self.drag.resting.set_value(rested);
        }
    }

    /// Listens to what the pointer does after it was pressed, for as long as the board is there.
    pub fn follow_pointer(self) {
        let moved = window_event_listener(ev::pointermove, move |event| self.pointer_moved(&event));
        let up = window_event_listener(ev::pointerup, move |event| self.pointer_up(&event));
        let gone = window_event_listener(ev::pointercancel, move |_| self.drag.drop_all());
        let keys = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" && self.drag.is_on() {
                event.prevent_default();
                self.drag.drop_all();
            }
        });
        let menu = window_event_listener(ev::contextmenu, move |event| {
            let held = self.drag.press.with_value(|press| press.as_ref().is_some_and(|press| press.touch));
            if held {
                event.prevent_default();
            }
        });
        hold_the_page(self.drag);
        on_cleanup(move || {
            self.drag.drop_all();
            [moved, up, gone, keys, menu].into_iter().for_each(WindowListenerHandle::remove);
        });
    }

    fn pointer_moved(self, event: &PointerEvent) {
        let Some(press) = self.drag.press.get_value().filter(|press| press.pointer == event.pointer_id()) else {
            return;
        };
        let point = (f64::from(event.client_x()), f64::from(event.client_y()));
        self.drag.point.set_value(point);
        if self.drag.is_on() {
            return self.carry(&press);
        }
        let far = (point.0 - press.start.0).abs().max((point.1 - press.start.1).abs()) > SLACK;
        match (far, press.touch) {
            (true, true) => self.drag.drop_all(),
            (true, false) => self.lift(),
            _ => {}
        }
    }

    /// Takes the pressed card up.
    fn lift(self) {
        let Some(press) = self.drag.press.try_get_value().flatten() else { return };
        let Some((lane, _)) = self.find(&press.card) else { return self.drag.drop_all() };
        self.drag.ghost.set(Some(Ghost { card: press.card.clone(), lane, width: press.width }));
        self.carry(&press);
        let along = set_interval_with_handle(move || self.run_along(), FRAME).ok();
        self.drag.running.set_value(along);
    }

    /// The ghost goes with the pointer.
    fn carry(self, press: &Press) {
        let (x, y) = self.drag.point.get_value();
        self.drag.corner.set((x - press.grip.0, y - press.grip.1));
        let over = lane_at(x, y);
        if self.drag.over.get_untracked() != over {
            self.drag.over.set(over);
        }
    }

    fn pointer_up(self, event: &PointerEvent) {
        let Some(press) = self.drag.press.get_value().filter(|press| press.pointer == event.pointer_id()) else {
            return;
        };
        let to = self.drag.over.get_untracked().filter(|_| self.drag.is_on());
        self.drag.drop_all();
        if let Some(to) = to {
            self.move_to(&press.card, to);
        }
    }

    /// While a card is held at an edge, board and lane scroll on.
    fn run_along(self) {
        let (x, y) = self.drag.point.get_value();
        if let Ok(Some(board)) = document().query_selector(".board") {
            let edges = board.get_bounding_client_rect();
            scroll(&board, pull(x, edges.left(), edges.right()), 0.0);
        }
        let over = self.drag.over.get_untracked();
        if let Some(cards) = over.and_then(cards_of) {
            let edges = cards.get_bounding_client_rect();
            scroll(&cards, 0.0, pull(y, edges.top(), edges.bottom()));
        }
        if let Some(press) = self.drag.press.get_value() {
            self.carry(&press);
        }
    }

    /// Scrolls a lane so that what lies `top` below its first card is seen.
    pub fn reveal(self, lane: usize, top: f64) {
        let Some(cards) = cards_of(lane) else { return };
        let (seen, height) = (f64::from(cards.scroll_top()), f64::from(cards.client_height()));
        if top < seen || top + super::cards::PITCH > seen + height {
            let middle = (top - (height - super::cards::PITCH) / 2.0).max(0.0);
            set_top(&cards, middle);
            if let Some(lane) = self.lane(lane) {
                lane.top.set(middle);
            }
        }
    }
}

/// A page that scrolls under a finger takes the card out of its hand: it holds still while something is dragged. Only a
/// listener that is not passive may say so.
fn hold_the_page(drag: Dragging) {
    let held = move |event: web_sys::Event| {
        if drag.ghost.try_with_untracked(Option::is_some) == Some(true) && event.cancelable() {
            event.prevent_default();
        }
    };
    let closure = Closure::<dyn Fn(web_sys::Event)>::new(held);
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(false);
    let _ = document().add_event_listener_with_callback_and_add_event_listener_options(
        "touchmove",
        closure.as_ref().unchecked_ref(),
        &options,
    );
    let closure = StoredValue::new_local(closure);
    on_cleanup(move || {
        let _ = closure.try_with_value(|closure| {
            document().remove_event_listener_with_callback("touchmove", closure.as_ref().unchecked_ref())
        });
    });
}

pub fn cards_of(lane: usize) -> Option<Element> {
    document().query_selector(&format!("[data-lane='{lane}'] .board-cards")).ok().flatten()
}

#[expect(clippy::cast_possible_truncation, reason = "a place on the page")]
fn lane_at(x: f64, y: f64) -> Option<usize> {
    let lane = closest(&document().element_from_point(x as f32, y as f32)?, "[data-lane]")?;
    lane.get_attribute("data-lane")?.parse().ok()
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok().flatten()
}

#[expect(clippy::cast_possible_truncation, reason = "a few pixels")]
fn scroll(element: &Element, right: f64, down: f64) {
    if right != 0.0 {
        element.set_scroll_left(element.scroll_left() + right as i32);
    }
    if down != 0.0 {
        element.set_scroll_top(element.scroll_top() + down as i32);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place on the page")]
fn set_top(element: &Element, top: f64) {
    element.set_scroll_top(top as i32);
}
