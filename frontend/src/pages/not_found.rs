use leptos::prelude::*;

use crate::t;
use crate::ui::{EmptyState, Kind, LinkButton, NoPermission, Page};

/// An address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Page title=t!("page.not-found")>
            <EmptyState title=t!("not-found.title") text=t!("not-found.text") icon="search">
                <LinkButton label=t!("not-found.home") href="/" kind=Kind::Primary/>
            </EmptyState>
        </Page>
    }
}

/// An address that leads somewhere, but not for this person.
#[component]
pub fn NotAllowed() -> impl IntoView {
    view! { <Page title=t!("state.no-permission")><NoPermission/></Page> }
}
