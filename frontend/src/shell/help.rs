//! The help drawer: the article of the present page first, all articles behind it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use serde::Deserialize;

use crate::api::assets;
use crate::ui::{Button, Dialog, Icon, Kind, Load, Loaded, SearchInput, Shape};
use crate::{i18n, markdown, t};

#[derive(Debug, Clone, Deserialize)]
struct Article {
    title: String,
    text: String,
}

type Articles = BTreeMap<String, Article>;

#[component]
pub fn HelpDrawer(open: RwSignal<bool>) -> impl IntoView {
    let articles = RwSignal::new(Articles::new());
    let load = RwSignal::new(Load::Waiting);
    let shown = RwSignal::new(None::<String>);
    let path = use_location().pathname;
    let fetch = move || {
        load.set(Load::Waiting);
        spawn_local(async move {
            match assets::json::<Articles>(&format!("help-{}", i18n::current().tag())).await {
                Ok(found) => {
                    articles.set(found);
                    load.set(Load::Ready);
                }
                Err(assets::Missing) => load.set(Load::Failed { text: t!("state.network"), request_id: String::new() }),
            }
        });
    };
    Effect::new(move || {
        if open.get() {
            let topic = path.with_untracked(|path| topic(path));
            if load.get_untracked() != Load::Ready {
                fetch();
            }
            shown.set(Some(topic));
        }
    });
    let article = move || shown.with(|shown| articles.with(|all| all.get(shown.as_ref()?).cloned()));
    let title = Signal::derive(move || article().map_or_else(|| t!("shell.help"), |article| article.title));
    view! {
        <Dialog open title shape=Shape::Drawer>
            <Loaded state=load on_retry=move |()| fetch()>
                {move || match article() {
                    Some(article) => view! {
                        <div><Button label=t!("help.all") icon="list" small=true kind=Kind::Quiet on_press=move |()| shown.set(None)/></div>
                        {markdown::render(&article.text, Callback::new(move |name| shown.set(Some(name))))}
                    }.into_any(),
                    None => view! { <Contents articles shown/> }.into_any(),
                }}
            </Loaded>
        </Dialog>
    }
}

/// All articles, narrowed by a search over title and text.
#[component]
fn Contents(articles: RwSignal<Articles>, shown: RwSignal<Option<String>>) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let found = move || {
        let query = query.get().to_lowercase();
        let fits =
            |article: &Article| [&article.title, &article.text].iter().any(|text| text.to_lowercase().contains(&query));
        articles.with(|all| {
            all.iter()
                .filter(|(_, article)| fits(article))
                .map(|(name, article)| (name.clone(), article.title.clone()))
                .collect::<Vec<_>>()
        })
    };
    view! {
        <SearchInput value=query label=t!("help.search")/>
        <ul class="article-list">
            {move || found().into_iter().map(|(name, title)| view! {
                <li>
                    <button type="button" class="article-link" on:click=move |_| shown.set(Some(name.clone()))>
                        <Icon name="file-text"/>{title}
                    </button>
                </li>
            }).collect_view()}
        </ul>
    }
}

/// The article of an address: the first word of it.
fn topic(path: &str) -> String {
    match path.split('/').find(|part| !part.is_empty()) {
        Some(first) => first.to_owned(),
        None => "workbench".to_owned(),
    }
}
