//! What may change behind an open page: one's rights, and the client itself. Both are looked after once a minute,
//! when the page is looked at again, and the rights also after a refusal.

use std::cell::Cell;
use std::time::Duration;

use gloo_net::http::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::session::{self, State};
use crate::ui::toast_offer;
use crate::{net, t};

const ROUND: Duration = Duration::from_secs(60);
/// Coming back to the page again and again asks no more often than this, in milliseconds.
const AT_MOST: f64 = 10_000.0;

thread_local! {
    static LAST: Cell<f64> = const { Cell::new(0.0) };
    /// Whether the server has a newer client than this one.
    static STALE: Cell<bool> = const { Cell::new(false) };
}

/// Begin; the root does this once.
pub fn start() {
    set_interval(look, ROUND);
    let _ = window_event_listener_untyped("focus", |_| look());
}

/// The server refused something that the page offered: what one may do has changed.
pub fn refused() {
    if due() {
        spawn_local(session::recheck());
    }
}

/// To be called when another page is shown: the moment at which nothing is lost by a reload.
pub fn page_turned() {
    if STALE.get() {
        let _ = window().location().reload();
    }
}

fn look() {
    let inside = session::session().state.get_untracked() == State::In;
    if document().hidden() || untrack(net::is_lost) || !due() {
        return;
    }
    spawn_local(async move {
        if inside {
            session::recheck().await;
        }
        if !STALE.get() && is_replaced().await {
            STALE.set(true);
            toast_offer(t!("client.replaced"), t!("client.reload"), || drop(window().location().reload()));
        }
    });
}

fn due() -> bool {
    let now = js_sys::Date::now();
    let due = now - LAST.get() > AT_MOST;
    if due {
        LAST.set(now);
    }
    due
}

/// Whether the page that the server hands out now names another program than the one that runs here.
pub async fn is_replaced() -> bool {
    let own = document().query_selector("script[data-wasm]").ok().flatten();
    let Some(own) = own.and_then(|script| script.get_attribute("data-wasm")) else { return false };
    let Ok(answer) = Request::get("/").header("Accept", "text/html").send().await else { return false };
    // A page without any program is that of a server which was built without one.
    answer.ok() && answer.text().await.is_ok_and(|page| page.contains("data-wasm=") && !page.contains(&own))
}
