use leptos::prelude::*;

use crate::api::assets;

/// A symbol of the sprite. Decorative: what it means is said by the text beside it or by the button's label.
#[component]
pub fn Icon(#[prop(into)] name: String, #[prop(optional)] size: &'static str) -> impl IntoView {
    let address = format!("{}#{name}", assets::address("icons").unwrap_or_default());
    view! {
        <svg class="icon" aria-hidden="true" data-size=size>
            <use href=address></use>
        </svg>
    }
}
