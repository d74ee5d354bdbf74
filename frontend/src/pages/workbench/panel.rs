use domain::Definition;
use domain::listing::Listing;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::records::{self, Item};
use crate::edition;
use crate::resource::form::name_of;
use crate::resource::{address, cells, record, touches};
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
    let listing = StoredValue::new(Listing { limit: Some(6), ..listing });
    let read = move || {
        spawn_local(async move {
            match records::list(resource, &listing.get_value(), None).await {
                Ok(page) => {
                    items.set(page.items);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
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
                <Loaded state=load on_retry=move |()| read()>
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
    view! {
        <a class="article-link" href=address::record(definition.name, &item.id)>
            <span class="ellipsis grow">{name_of(definition, item)}</span>
            <span class="meta">{shown}</span>
        </a>
    }
    .into_any()
}
