use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::nav::covers;
use crate::keys::{self, Act};
use crate::t;
use crate::ui::Icon;

/// The five places under the thumb.
#[component]
pub fn BottomBar() -> impl IntoView {
    let location = use_location();
    let link = move |path: &'static str, icon: &'static str, text: String| {
        let here = move || location.pathname.with(|now| covers(path, now));
        view! {
            <a class="bottom-link" href=path aria-current=move || here().then_some("page")>
                <Icon name=icon size="large"/>
                {text}
            </a>
        }
    };
    view! {
        <nav class="bottombar no-print" aria-label=t!("shell.bottom")>
            {link("/", "layout-dashboard", t!("page.workbench"))}
            {link("/customers", "building-2", t!("shell.customers"))}
            <button type="button" class="bottom-link" data-main="true" aria-label=t!("shell.create") on:click=move |_| { keys::run(Act::Create); }>
                <Icon name="plus"/>
            </button>
            {link("/contacts", "contact", t!("shell.contacts"))}
            {link("/me", "circle-user", t!("shell.mine"))}
        </nav>
    }
}
