//! The bin of a resource: what was deleted in the last thirty days, by whom, and the way back.

use domain::Definition;
use domain::listing::{Deleted, Listing};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::api::records::{self, Item};
use crate::resource::form::name_of;
use crate::resource::stream::Stream;
use crate::resource::{address, labels, names, removal};
use crate::ui::{Button, Crumb, Hollow, Loaded, Page};
use crate::{edition, format, lazy, t};

lazy!(activity, page, |params: lazy::Params| match params.first().and_then(|name| edition::find(name)) {
    Some(definition) => view! { <Bin definition/> }.into_any(),
    None => ().into_any(),
});

#[component]
fn Bin(definition: &'static Definition) -> impl IntoView {
    let stream = Stream::of(move |cursor, limit| async move {
        let limit = u16::try_from(limit).ok();
        let listing = Listing { deleted: Deleted::Only, cursor, limit, ..Listing::default() };
        let page = records::list(definition.name, &listing, None).await?;
        Ok((page.items, page.info.next_cursor))
    });
    stream.read(true);
    let restore = move |id: String| {
        spawn_local(async move {
            if removal::bring_back(definition, &id).await {
                stream.items.try_update(|items| items.retain(|item| item.id != id));
            }
        });
    };
    let plural = labels::plural(definition.name);
    let items = stream.items;
    view! {
        <Page title=t!("bin.title", resource = plural.clone()) note=t!("bin.note") crumbs=vec![Crumb::new(plural, address::list(definition.name))]>
            <section class="card">
                <Loaded state=stream.load on_retry=move |()| stream.retry()>
                    <ul class="card-rows">
                        <For each=move || items.get() key=|item| item.id.clone() children=move |item| line(definition, &item, restore)/>
                    </ul>
                    {move || items.with(Vec::is_empty).then(|| view! { <Hollow text=t!("bin.none") icon="trash-2"/> })}
                    {stream.end()}
                </Loaded>
            </section>
        </Page>
    }
}

/// What a record was called, who deleted it and when, and the way back.
fn line(
    definition: &'static Definition,
    item: &Item,
    restore: impl Fn(String) + Copy + Send + Sync + 'static,
) -> AnyView {
    let told = |key: &str| item.document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let who = Some(told("updated_by")).filter(|id| !id.is_empty()).map(|id| names::name_of("users", &id));
    let (at, id) = (told("updated_at"), item.id.clone());
    let name = name_of(definition, item).unwrap_or_else(|| labels::singular(definition.name));
    view! {
        <li class="card-row">
            <div class="lines grow">
                <span class="card-title">{name}</span>
                <span class="meta">
                    {move || who.as_ref().map(|who| format!("{} · ", who.get()))}
                    <time datetime=at.clone() title=format::date_time(&at)>{format::relative(&at)}</time>
                </span>
            </div>
            <Button label=t!("action.restore") icon="undo-2" small=true writes=true on_press=move |()| restore(id.clone())/>
        </li>
    }
    .into_any()
}
