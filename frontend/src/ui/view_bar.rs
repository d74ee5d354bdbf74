use leptos::prelude::*;

use super::Icon;
use crate::t;

/// One condition in force, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    pub key: String,
    pub name: String,
    pub text: String,
}

/// The row above a list: search on the left, tools on the right.
#[component]
pub fn ViewBar(children: Children) -> impl IntoView {
    view! { <div class="view-bar" role="toolbar" aria-label=t!("view.label")>{children()}</div> }
}

/// The conditions of a view; press one to edit it, its cross to drop it.
#[component]
pub fn FilterChips(
    #[prop(into)] chips: Signal<Vec<Chip>>,
    #[prop(into)] on_edit: Callback<String>,
    #[prop(into)] on_remove: Callback<String>,
) -> impl IntoView {
    view! {
        <div class="filter-chips" hidden=move || chips.with(Vec::is_empty)>
            {move || chips.get().into_iter().map(|chip| {
                let (edit, remove) = (chip.key.clone(), chip.key);
                let label = t!("action.remove-named", name = format!("{} {}", chip.name, chip.text));
                view! {
                    <span class="chip">
                        <button type="button" on:click=move |_| on_edit.run(edit.clone())>
                            <b>{chip.name}" "</b>{chip.text}
                        </button>
                        <button type="button" class="chip-remove" aria-label=label on:click=move |_| on_remove.run(remove.clone())>
                            <Icon name="x"/>
                        </button>
                    </span>
                }
            }).collect_view()}
        </div>
    }
}
