use leptos::prelude::*;

use super::Icon;
use crate::t;

/// One place above the present one.
#[derive(Debug, Clone)]
pub struct Crumb {
    pub text: String,
    pub href: String,
}

impl Crumb {
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// The way from the top to here; the present page is the heading below and is not repeated.
#[component]
pub fn Breadcrumb(crumbs: Vec<Crumb>) -> impl IntoView {
    view! {
        <nav aria-label=t!("breadcrumb.label")>
            <ol class="breadcrumb">
                {crumbs.into_iter().map(|crumb| view! {
                    <li><a href=crumb.href>{crumb.text}</a><Icon name="chevron-right"/></li>
                }).collect_view()}
            </ol>
        </nav>
    }
}
