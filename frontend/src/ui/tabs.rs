use leptos::html;
use leptos::prelude::*;

use crate::dom;

/// One tab: its key (stands in the address bar), its text, a count if there is one.
#[derive(Debug, Clone)]
pub struct Tab {
    pub key: &'static str,
    pub text: String,
    pub count: Option<u32>,
}

impl Tab {
    pub fn new(key: &'static str, text: String) -> Self {
        Self { key, text, count: None }
    }
}

/// A row of tabs; only the chosen one is in the tab order, arrows move and choose.
#[component]
pub fn Tabs(
    tabs: Vec<Tab>,
    #[prop(into)] chosen: Signal<String>,
    #[prop(into)] on_choose: Callback<String>,
    #[prop(into)] label: String,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    view! {
        <div
            class="tabs"
            role="tablist"
            aria-label=label
            node_ref=list
            on:keydown=move |event| {
                if let Some(list) = list.get_untracked()
                    && dom::rove(&list, ".tab", &event.key(), false)
                {
                    event.prevent_default();
                }
            }
        >
            {tabs.into_iter().map(|tab| {
                let is_chosen = move || chosen.with(|chosen| chosen == tab.key);
                view! {
                    <button
                        type="button"
                        class="tab"
                        role="tab"
                        id=format!("tab-{}", tab.key)
                        aria-selected=move || is_chosen().to_string()
                        aria-controls=move || is_chosen().then(|| format!("panel-{}", tab.key))
                        tabindex=move || if is_chosen() { "0" } else { "-1" }
                        on:click=move |_| on_choose.run(tab.key.to_owned())
                        on:focus=move |_| on_choose.run(tab.key.to_owned())
                    >
                        {tab.text}
                        {tab.count.map(|count| view! { <span class="tab-count">{count}</span> })}
                    </button>
                }
            }).collect_view()}
        </div>
    }
}

/// What belongs to one tab.
#[component]
pub fn TabPanel(#[prop(into)] key: String, children: Children) -> impl IntoView {
    view! {
        <div class="tab-panel" role="tabpanel" id=format!("panel-{key}") aria-labelledby=format!("tab-{key}")>
            {children()}
        </div>
    }
}
