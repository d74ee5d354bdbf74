use leptos::prelude::*;

use super::control;

/// A box to tick; half is the state of a box that stands for some of many.
#[component]
pub fn Checkbox(
    #[prop(into)] checked: Signal<bool>,
    #[prop(optional, into)] half: Signal<bool>,
    #[prop(into)] label: String,
    /// Show only the box; the label is still read aloud.
    #[prop(optional)]
    bare: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="check" data-bare=bare.then_some("true")>
            <input
                type="checkbox"
                disabled=move || disabled.get()
                prop:checked=move || checked.get()
                prop:indeterminate=move || half.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class:sr-only=bare>{label}</span>
        </label>
    }
}

/// On or off, at once.
#[component]
pub fn Switch(
    value: RwSignal<bool>,
    #[prop(optional_no_strip, into)] label: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let control = control(label.clone());
    view! {
        <label class="switch">
            <input
                type="checkbox"
                role="switch"
                id=control.id
                disabled=move || disabled.get()
                prop:checked=move || value.get()
                on:change=move |event| value.set(event_target_checked(&event))
            />
            {label.map(|label| view! { <span>{label}</span> })}
        </label>
    }
}
