use domain::platform::second_factor::Typed;
use leptos::html;
use leptos::prelude::*;

use super::control;
use super::field::Control;

/// The six digits of a one-time code. Pasted spaces do no harm, and whoever has typed the last digit need not press
/// anything else. What was refused is selected, so that the next code takes its place.
#[component]
pub fn CodeInput(value: RwSignal<String>, #[prop(into)] on_complete: Callback<()>) -> impl IntoView {
    let Control { id, described_by, invalid, required, .. } = control(None);
    let node = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let (true, Some(input)) = (invalid.get(), node.get()) {
            input.select();
        }
    });
    view! {
        <input
            class="input code-input"
            node_ref=node
            id=id
            type="text"
            inputmode="numeric"
            autocomplete="one-time-code"
            autocapitalize="off"
            spellcheck="false"
            maxlength="20"
            aria-required=required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described_by.get()
            prop:value=move || value.get()
            on:input=move |event| {
                let typed = event_target_value(&event);
                let complete = matches!(Typed::of(&typed), Some(Typed::Code(_)));
                value.set(typed);
                if complete {
                    on_complete.run(());
                }
            }
        />
    }
}
