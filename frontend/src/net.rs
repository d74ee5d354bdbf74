//! Whether the server can be reached: told by the browser, found out by a call that failed, asked until it is back.

use std::cell::Cell;

use gloo_net::http::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::dom;

thread_local! {
    static SINCE: Cell<Option<RwSignal<Option<String>>>> = const { Cell::new(None) };
}

/// Between two questions whether the server is back.
const PAUSE: i32 = 2000;

/// Since when (a clock) nothing can be reached; `None` while all is well.
pub fn lost_since() -> RwSignal<Option<String>> {
    if let Some(known) = SINCE.get() {
        return known;
    }
    let fresh = RwSignal::new(None);
    SINCE.set(Some(fresh));
    fresh
}

/// Whether writing would fail now. Tracks, so that what writes can be shown as it is.
pub fn is_lost() -> bool {
    lost_since().with(Option::is_some)
}

/// Listen to the browser from now on; the root does this once, so that the signal is its own.
pub fn start() {
    lost_since();
    let _ = window_event_listener_untyped("offline", |_| lost());
    let _ = window_event_listener_untyped("online", |_| spawn_local(ask()));
    if !window().navigator().on_line() {
        lost();
    }
}

/// A call reached nobody, or the browser says that there is no network.
pub fn lost() {
    if untrack(is_lost) {
        return;
    }
    let now = js_sys::Date::new_0();
    lost_since().set(Some(format!("{:02}:{:02}", now.get_hours(), now.get_minutes())));
    spawn_local(async {
        while untrack(is_lost) {
            dom::pause(PAUSE).await;
            // Without a network there is nobody to ask; the browser says when it is back.
            if window().navigator().on_line() {
                ask().await;
            }
        }
    });
}

async fn ask() {
    if Request::get("/healthz").send().await.is_ok_and(|answer| answer.ok()) {
        lost_since().set(None);
    }
}
