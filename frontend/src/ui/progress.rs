use leptos::prelude::*;

/// How much of a long work is done; `None` while nobody knows.
#[component]
pub fn Progress(#[prop(into)] label: String, #[prop(into)] percent: Signal<Option<u8>>) -> impl IntoView {
    view! {
        <div class="progress">
            <span class="meta">{label.clone()}</span>
            <div
                class="progress-track"
                role="progressbar"
                aria-label=label
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || percent.get().map(|percent| percent.to_string())
            >
                <div
                    class="progress-bar"
                    data-unknown=move || percent.get().is_none().then_some("true")
                    style:--done=move || format!("{}%", percent.get().unwrap_or(0))
                ></div>
            </div>
        </div>
    }
}
