use leptos::prelude::*;

use super::{Breadcrumb, Crumb};

/// The frame of every page: breadcrumb, the one `h1` with the main actions at its right, content.
#[component]
pub fn Page(
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] crumbs: Vec<Crumb>,
    #[prop(optional, into)] note: String,
    #[prop(optional, into)] actions: ViewFn,
    /// At the end of the line of the breadcrumb: the way to neighbours.
    #[prop(optional, into)]
    beside: ViewFn,
    children: Children,
) -> impl IntoView {
    Effect::new(move || document().set_title(&format!("{} · {}", title.get(), crate::t!("app.name"))));
    view! {
        <div class="page">
            <header class="page-head">
                {(!crumbs.is_empty()).then(|| view! { <div class="crumb-line"><Breadcrumb crumbs/>{beside.run()}</div> })}
                <div class="title-line">
                    <h1 tabindex="-1">{move || title.get()}</h1>
                    <div class="button-group">{actions.run()}</div>
                </div>
                {(!note.is_empty()).then(|| view! { <p class="page-note">{note}</p> })}
            </header>
            {children()}
        </div>
    }
}
