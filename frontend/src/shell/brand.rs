use leptos::prelude::*;

/// The product's mark: one tune above, its echo below.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" fill="#3e63dd"></rect>
            <g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round">
                <path d="M8 20.5c2.5 0 2.5-9 5-9s2.5 9 5 9 2.5-9 5-9"></path>
                <path d="M8 25h16" opacity=".55"></path>
            </g>
        </svg>
    }
}
