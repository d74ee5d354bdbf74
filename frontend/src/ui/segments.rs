use leptos::prelude::*;

use super::Icon;

/// A few views of the same thing side by side: what each is called, its symbol, where it is, and whether one is there. On
/// phones the symbols are enough; the words are still read aloud.
#[component]
pub fn Segments(
    #[prop(into)] label: String,
    places: Vec<(String, &'static str, Signal<String>, bool)>,
) -> impl IntoView {
    view! {
        <nav class="segments" aria-label=label>
            {places.into_iter().map(|(text, icon, href, here)| view! {
                <a href=move || href.get() title=text.clone()
                    aria-current=here.then_some("page")><Icon name=icon/><span>{text.clone()}</span></a>
            }).collect_view()}
        </nav>
    }
}
