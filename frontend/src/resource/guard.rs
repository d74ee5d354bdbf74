//! Keeps one from leaving a form with unsaved changes by mistake.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::ui::{Button, Dialog, Kind};
use crate::{dom, t};

/// While `dirty`, links on the page and closing the tab ask first.
#[component]
pub fn UnsavedGuard(#[prop(into)] dirty: Signal<bool>, #[prop(into)] on_discard: Callback<()>) -> impl IntoView {
    let asked = RwSignal::new(false);
    let target = RwSignal::new(String::new());
    let allowed = StoredValue::new(false);
    let leaving = window_event_listener(leptos::ev::beforeunload, move |event| {
        if dirty.try_get_untracked() == Some(true) {
            event.prevent_default();
        }
    });
    on_cleanup(move || leaving.remove());
    // In the capture phase of the body: before the router's own listener on the window sees the press.
    let watch = move |event: web_sys::MouseEvent| {
        if dirty.try_get_untracked() != Some(true) || allowed.get_value() {
            return;
        }
        let Some(href) = dom::pressed_link(&event) else { return };
        event.prevent_default();
        event.stop_propagation();
        target.set(href);
        asked.set(true);
    };
    capture_clicks(watch);
    let leave = move || {
        allowed.set_value(true);
        asked.set(false);
        on_discard.run(());
        let target = target.get_untracked();
        request_animation_frame(move || dom::follow(&target));
    };
    view! {
        <Dialog open=asked title=t!("guard.title") footer=move || view! {
            <Button label=t!("guard.leave") kind=Kind::Danger on_press=move |()| leave()/>
            <Button label=t!("guard.stay") kind=Kind::Primary on_press=move |()| asked.set(false)/>
        }>
            <p>{t!("guard.text")}</p>
        </Dialog>
    }
}

fn capture_clicks(watch: impl Fn(web_sys::MouseEvent) + 'static) {
    let closure = wasm_bindgen::closure::Closure::<dyn Fn(web_sys::MouseEvent)>::new(watch);
    let Some(body) = document().body() else { return };
    let _ = body.add_event_listener_with_callback_and_bool("click", closure.as_ref().unchecked_ref(), true);
    let closure = StoredValue::new_local(closure);
    on_cleanup(move || {
        closure.try_with_value(|closure| {
            if let Some(body) = document().body() {
                let _ =
                    body.remove_event_listener_with_callback_and_bool("click", closure.as_ref().unchecked_ref(), true);
            }
        });
    });
}
