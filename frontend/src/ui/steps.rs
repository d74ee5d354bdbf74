use leptos::prelude::*;

use crate::t;

/// Where one is in a procedure of several steps.
#[component]
pub fn Steps(steps: Vec<String>, #[prop(into)] current: Signal<usize>) -> impl IntoView {
    view! {
        <ol class="steps" aria-label=t!("steps.label")>
            {steps.into_iter().enumerate().map(|(at, text)| view! {
                <li
                    class="step"
                    aria-current=move || (current.get() == at).then_some("step")
                    data-done=move || (current.get() > at).then_some("true")
                >
                    <span>{text}</span>
                </li>
            }).collect_view()}
        </ol>
    }
}
