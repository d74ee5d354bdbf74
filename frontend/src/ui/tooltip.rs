use leptos::prelude::*;

use wasm_bindgen::JsCast;

use crate::{dom, keys};

/// A short text beside a control under the pointer or focus; Escape hides it. It repeats the control's
/// label for the eye, so it is hidden from tools that read the label anyway.
#[component]
pub fn Tooltip(
    #[prop(into)] text: String,
    #[prop(optional, into)] keys: String,
    #[prop(optional)] side: &'static str,
    children: Children,
) -> impl IntoView {
    let hushed = RwSignal::new(false);
    view! {
        <span
            class="tooltip-anchor"
            data-hushed=move || hushed.get().then_some("true")
            on:keydown=move |event| {
                if event.key() == "Escape" && !dom::is_composing(&event) {
                    hushed.set(true);
                }
            }
            on:click=move |_| hushed.set(true)
            on:mouseleave=move |_| { hushed.try_set(false); }
            // The pointer may still be there when the focus goes on into what the control opened.
            on:focusout=move |event| if !is_hovered(&event) { hushed.try_set(false); }
        >
            {children()}
            <span class="tooltip" data-side=side aria-hidden="true">
                {text}
                {(!keys.is_empty())
                    .then(|| keys::caps(&keys).into_iter().map(|cap| view! { <kbd>{cap}</kbd> }).collect_view())}
            </span>
        </span>
    }
}

fn is_hovered(event: &web_sys::FocusEvent) -> bool {
    let anchor = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    anchor.is_some_and(|anchor| anchor.matches(":hover").unwrap_or(false))
}
