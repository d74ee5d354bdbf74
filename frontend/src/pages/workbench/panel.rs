use domain::Definition;
use domain::listing::Listing;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::records::{self, Item};
use crate::api::{self, Mounted};
use crate::edition;
use crate::resource::form::name_of;
use crate::resource::{address, cells, record, tick, touches};
use crate::t;
use crate::ui::{Hollow, Kind, LinkButton, Load, Loaded};

/// The first few records of a view, with one field beside each.
#[component]
pub fn Panel(
    title: String,
    resource: &'static str,
    listing: Listing,
    detail: &'static str,
    /// Said when there is no record, with a symbol.
    empty: (&'static str, String),
) -> impl IntoView {
    let (icon, empty) = (empty.0, StoredValue::new(empty.1));
    let load = RwSignal::new(Load::Waiting);
    let items = RwSignal::new(Vec::<Item>::new());
    let all = format!("{}?{}", address::list(resource), records::encode(&listing.to_query()));
    let expand = edition::find(resource).and_then(|of| of.link).map(|link| link.member().to_owned());
    let listing = StoredValue::new(Listing { limit: Some(6), expand: expand.into_iter().collect(), ..listing });
    let scope = Mounted::here();
    let read = move || {
        spawn_local(async move {
            let Some(listing) = listing.try_get_value() else { return };
            match records::list(resource, &listing, Some(scope)).await {
                Ok(page) => {
                    items.try_set(page.items);
                    load.try_set(Load::Ready);
                }
                Err(problem) if api::is_aborted(&problem) => {}
                Err(problem) => drop(load.try_set(record::failed(&problem))),
            }
        })
    };
    let touched = touches(resource);
    Effect::new(move || {
        touched.get();
        read();
    });
    view! {
        <section class="card">
            <header class="card-head">
                <h2>{title}</h2>
                <LinkButton label=t!("related.all") href=all kind=Kind::Link/>
            </header>
            <div class="card-body">
                <Loaded state=load on_retry=move |()| { load.set(Load::Waiting); read(); }>
                    {move || edition::find(resource).map(|definition| {
                        items.with(|items| items.iter().map(|item| line(definition, item, detail)).collect_view())
                    })}
                    {move || items.with(Vec::is_empty).then(|| view! { <Hollow text=empty.get_value() icon/> })}
                </Loaded>
            </div>
        </section>
    }
}

fn line(definition: &'static Definition, item: &Item, detail: &str) -> AnyView {
    let shown = definition.field(detail).map(|field| cells::cell(definition, field, &item.document));
    let about = definition.link.and_then(|link| definition.field(link.id));
    let about = about.and_then(|field| cells::referred_name(field, &item.document));
    let line = view! {
        <a class="article-link" href=address::record(definition.name, &item.id)>
            <span class="ellipsis grow">{name_of(definition, item)}{about.map(|about| view! { <span class="meta">" · "{about}</span> })}</span>
            <span class="meta">{shown}</span>
        </a>
    };
    tick::beside(definition, item, line.into_any())
}
