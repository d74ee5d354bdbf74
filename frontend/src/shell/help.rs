//! The help drawer: the article of the present page first, all articles behind it.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::help::{self, Manual};
use crate::ui::{Button, Dialog, Icon, Kind, Load, Loaded, SearchInput, Shape};
use crate::{dom, lazy, markdown, t};

type Draw = fn(RwSignal<bool>) -> AnyView;

#[leptos::wasm_split::wasm_split(help, wasm_split_path = ::leptos::wasm_split, fallible)]
fn help_drawer() -> Result<Draw, lazy::Missing> {
    Ok(|open| view! { <Drawer open/> }.into_any())
}

/// The drawer, fetched when somebody first wants it.
#[component]
pub fn HelpDrawer(open: RwSignal<bool>) -> impl IntoView {
    lazy::overlay(open, help_drawer, move |draw: Draw| draw(open))
}

#[component]
fn Drawer(open: RwSignal<bool>) -> impl IntoView {
    let manual = Manual::closed();
    let shown = RwSignal::new(None::<String>);
    let path = use_location().pathname;
    Effect::new(move || {
        if open.get() {
            if manual.load.get_untracked() != Load::Ready {
                manual.fetch();
            }
            shown.set(Some(path.with_untracked(|path| help::topic(path).to_owned())));
        }
    });
    let article = move || shown.with(|shown| manual.article(shown.as_deref()?));
    let title = Signal::derive(move || article().map_or_else(|| t!("shell.help"), |article| article.title));
    let to_page = move || {
        let name = shown.get_untracked();
        open.set(false);
        dom::follow(&name.map_or_else(|| "/help".to_owned(), |name| format!("/help/{name}")));
    };
    view! {
        <Dialog open title shape=Shape::Drawer>
            <Loaded state=manual.load on_retry=move |()| manual.fetch()>
                {move || match article() {
                    Some(article) => view! {
                        <div class="button-group">
                            <Button label=t!("help.all") icon="list" small=true kind=Kind::Quiet on_press=move |()| shown.set(None)/>
                            <Button label=t!("help.page") icon="external-link" small=true kind=Kind::Quiet on_press=move |()| to_page()/>
                        </div>
                        {markdown::render(&article.text, Callback::new(move |name| shown.set(Some(name))))}
                    }.into_any(),
                    None => view! { <Contents manual on_choose=move |name| shown.set(Some(name))/> }.into_any(),
                }}
            </Loaded>
        </Dialog>
    }
}

/// All articles by chapter, narrowed by a search over title and text.
#[component]
pub fn Contents(manual: Manual, #[prop(into)] on_choose: Callback<String>) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let found = move || query.with(|query| manual.contents(query));
    view! {
        <SearchInput value=query label=t!("help.search")/>
        {move || found().into_iter().map(|(chapter, articles)| view! {
            <section class="chapter">
                <h3 class="meta">{chapter}</h3>
                <ul class="article-list">
                    {articles.into_iter().map(|(name, title)| view! {
                        <li>
                            <button type="button" class="article-link" on:click=move |_| on_choose.run(name.clone())>
                                <Icon name="file-text"/>{title}
                            </button>
                        </li>
                    }).collect_view()}
                </ul>
            </section>
        }).collect_view()}
        {move || found().is_empty().then(|| view! { <p class="muted" role="status">{t!("help.none")}</p> })}
    }
}
