use leptos::prelude::*;

use crate::t;
use crate::ui::{EmptyState, Page};

/// Where the day begins.
#[component]
pub fn Workbench() -> impl IntoView {
    view! {
        <Page title=t!("page.workbench")>
            <EmptyState title=t!("workbench.empty") text=t!("workbench.empty-text") icon="layout-dashboard"/>
        </Page>
    }
}
