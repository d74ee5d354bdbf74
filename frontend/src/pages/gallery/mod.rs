//! Every component in every state, in the theme that is on. Nothing here is real; nothing here is fetched.

mod controls;
mod data;
mod feedback;

use leptos::prelude::*;

use crate::ui::Page;
use crate::{lazy, t};

lazy!(gallery, page, |_| view! { <Gallery/> }.into_any());

#[component]
fn Gallery() -> impl IntoView {
    view! {
        <Page title=t!("page.gallery") note=t!("gallery.note")>
            {controls::controls()}
            {data::data()}
            {feedback::feedback()}
        </Page>
    }
}

/// A titled part of the gallery.
fn sample(title: &str, content: AnyView) -> AnyView {
    view! { <section class="sample"><h2>{t!(&format!("gallery.{title}"))}</h2>{content}</section> }.into_any()
}
