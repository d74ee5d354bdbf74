use leptos::prelude::*;

use super::control;
use super::field::Control;

/// One of a few, each a single press away. What need not be said can be taken back by pressing it once more.
#[component]
pub fn ChoiceChips(
    value: RwSignal<String>,
    options: Vec<(String, String)>,
    #[prop(into)] label: String,
) -> impl IntoView {
    let Control { id, described_by, invalid, required, .. } = control(None);
    let name = id.clone();
    view! {
        <div
            class="choice-chips"
            role="radiogroup"
            id=id
            aria-label=label
            aria-required=required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described_by.get()
        >
            {options.into_iter().map(|(word, text)| {
                let (own, shown) = (word.clone(), word.clone());
                let chosen = move || value.with(|value| *value == shown);
                view! {
                    <label class="choice-chip">
                        <input
                            class="sr-only"
                            type="radio"
                            name=name.clone()
                            prop:checked=chosen
                            on:click=move |_| {
                                let again = value.with_untracked(|value| *value == own);
                                value.set(if again && !required { String::new() } else { own.clone() });
                            }
                        />
                        <span>{text}</span>
                    </label>
                }
            }).collect_view()}
        </div>
    }
}

/// Texts that fill a value in, each with the value that it stands for.
#[component]
pub fn Suggestions(value: RwSignal<String>, offered: Vec<(String, String)>) -> impl IntoView {
    view! {
        <div class="choice-chips">
            {offered.into_iter().map(|(text, stands_for)| {
                let own = stands_for.clone();
                let chosen = move || value.with(|value| *value == own).to_string();
                view! {
                    <button type="button" class="suggestion" aria-pressed=chosen on:click=move |_| value.set(stands_for.clone())>{text}</button>
                }
            }).collect_view()}
        </div>
    }
}
