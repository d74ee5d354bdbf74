//! What stands in the place of records when the address says something that nobody can read: all records would be taken
//! for those that it means.

use leptos::prelude::*;

use crate::t;
use crate::ui::{Button, EmptyState};

#[component]
pub fn Unreadable(#[prop(into)] on_reset: Callback<()>) -> impl IntoView {
    view! {
        <div role="alert">
            <EmptyState title=t!("list.unreadable") text=t!("list.unreadable-text") icon="triangle-alert">
                <Button label=t!("list.show-all") on_press=on_reset/>
            </EmptyState>
        </div>
    }
}
