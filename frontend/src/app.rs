//! The root: words first, then the page, drawn anew whenever the language changes.

use leptos::mount::mount_to_body;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Router;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::i18n::{self, Language};
use crate::prefs::Prefs;
use crate::routes::Outlet;
use crate::{dom, keys, resource, session};

/// Start the client: fetch the words, drop the static shell, draw.
pub async fn start() {
    let language = Language::from_tag(&dom::root_attribute("lang").unwrap_or_default());
    // Without words the static shell stays and says that something went wrong.
    if i18n::load(language).await.is_err() {
        return;
    }
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    mount_to_body(App);
    session::start().await;
}

#[component]
fn App() -> impl IntoView {
    Prefs::start();
    dom::phone();
    keys::start();
    resource::touched::start();
    session::session();
    let language = i18n::language();
    view! {
        <Router>
            {move || {
                language.track();
                view! { <Outlet/> }
            }}
            <Links/>
        </Router>
    }
}

/// Follows the links of the page. The router would too, but it changes the address bar only for route lists of its
/// own, and ours is `routes.rs`.
#[component]
fn Links() -> impl IntoView {
    let navigate = use_navigate();
    let follow = Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
        if let Some(href) = dom::pressed_link(&event) {
            event.prevent_default();
            navigate(&href, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    });
    if let Some(body) = document().body() {
        let _ = body.add_event_listener_with_callback("click", follow.as_ref().unchecked_ref());
    }
    // The page lives as long as the listener.
    follow.forget();
}
