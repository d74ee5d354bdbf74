//! The manual on a page of its own, for reading at length and for sending a link to an article.

use leptos::prelude::*;

use crate::help::Manual;
use crate::shell::Contents;
use crate::ui::{Crumb, EmptyState, LinkButton, Loaded, Page};
use crate::{dom, lazy, markdown, t};

lazy!(help, index, |_| view! { <HelpIndex/> }.into_any());
lazy!(help, article, |mut params| view! { <HelpArticle name=params.remove(0)/> }.into_any());

fn address(name: &str) -> String {
    format!("/help/{name}")
}

/// All articles.
#[component]
fn HelpIndex() -> impl IntoView {
    let manual = Manual::closed();
    manual.fetch();
    view! {
        <Page title=t!("page.help") note=t!("help.note")>
            <div class="help-index">
                <Loaded state=manual.load on_retry=move |()| manual.fetch()>
                    <Contents manual on_choose=move |name: String| dom::follow(&address(&name))/>
                </Loaded>
            </div>
        </Page>
    }
}

/// One article.
#[component]
fn HelpArticle(name: String) -> impl IntoView {
    let manual = Manual::closed();
    manual.fetch();
    let name = StoredValue::new(name);
    let article = move || name.with_value(|name| manual.article(name));
    let title = Signal::derive(move || article().map_or_else(|| t!("page.help"), |article| article.title));
    view! {
        <Page title crumbs=vec![Crumb::new(t!("page.help"), "/help")]>
            <div class="reading">
                <Loaded state=manual.load on_retry=move |()| manual.fetch()>
                    {move || match article() {
                        Some(article) => markdown::render(&article.text, Callback::new(|name: String| dom::follow(&address(&name)))),
                        None => view! {
                            <EmptyState title=t!("help.missing") text=t!("help.missing-text") icon="file-text">
                                <LinkButton label=t!("help.all") href="/help"/>
                            </EmptyState>
                        }.into_any(),
                    }}
                </Loaded>
            </div>
        </Page>
    }
}
