//! The root: words first, then the page, drawn anew whenever the language changes.

use leptos::mount::mount_to_body;
use leptos::prelude::*;
use leptos_router::components::Router;

use crate::i18n::{self, Language};
use crate::prefs::Prefs;
use crate::routes::Outlet;
use crate::{dom, edition, keys, lazy, net, resource, session, upkeep, work};

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
    lazy::waiting();
    resource::touched::start();
    work::jobs();
    session::session();
    edition::changes();
    net::start();
    upkeep::start();
    let language = i18n::language();
    view! {
        <Router>
            {move || {
                language.track();
                view! { <Outlet/> }
            }}
        </Router>
    }
}
