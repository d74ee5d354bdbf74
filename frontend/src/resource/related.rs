//! The lists that belong to a record: every resource that refers to it.

use domain::filter::Op;
use domain::listing::{Count, Listing};
use domain::permission::{Action, Governed};
use domain::{Definition, Field, Filter, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::record::failed;
use super::{address, cells, form, labels, quick, tick, touches};
use crate::api::records::{self, Item, Page};
use crate::ui::{IconButton, Kind as Loudness, LinkButton, Load, Loaded};
use crate::{edition, i18n, session, t};

/// Resources with a field that refers to this one, and that field.
pub fn relations(definition: &'static Definition) -> Vec<(&'static Definition, &'static Field)> {
    let refers = |field: &&'static Field| field.filterable && field.kind.referred() == Some(definition.name);
    let all = edition::catalogue()
        .iter()
        .flat_map(|other| other.fields.iter().filter(refers).map(move |field| (other, field)));
    // What is said of it has panels of its own.
    let linked = edition::catalogue()
        .iter()
        .filter(|other| other.governed == Governed::ByRoles && other.links_to(definition.name));
    let linked = linked.filter_map(|other| Some((other, other.field(other.link?.id)?)));
    // What is told in the timeline and is over by then need not stand beside it too.
    let all = all.filter(|(other, _)| other.told_at.is_none() || other.state.is_some()).chain(linked);
    // What belongs to a record comes before its like: contacts before the companies below.
    let (like, mut relations): (Vec<_>, Vec<_>) = all.partition(|(other, _)| other.name == definition.name);
    relations.extend(like);
    relations
}

/// The first few records that refer to this one, with the way to all of them and to a new one.
#[component]
pub fn RelatedList(
    definition: &'static Definition,
    field: &'static Field,
    about: &'static Definition,
    #[prop(into)] id: String,
) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let page = RwSignal::new(Page::default());
    let id = StoredValue::new(id);
    let filter = move || Filter::test(field.key, Op::Eq, id.get_value());
    let read = move || {
        let listing = Listing { filter: filter(), limit: Some(SHOWN), count: Count::Exact, ..Listing::default() };
        spawn_local(async move {
            match records::list(definition.name, &listing, None).await {
                Ok(found) => {
                    page.set(found);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(failed(&problem)),
            }
        });
    };
    let own = field.kind == Kind::Reference(definition.name);
    // 下级客户 rather than 客户（按上级客户）, where the catalogue has a word for the relation.
    let word = i18n::find(&format!("relation.{}.{}", definition.name, field.key));
    let title = match own {
        _ if word.is_some() => word.unwrap_or_default(),
        true => t!("related.via", resource = labels::plural(definition.name), field = labels::field(definition, field)),
        false => labels::plural(definition.name),
    };
    let touched = touches(definition.name);
    Effect::new(move || {
        touched.get();
        read();
    });
    let all = Listing { filter: filter(), ..Listing::default() };
    let all = format!("{}?{}", address::list(definition.name), records::encode(&all.to_query()));
    let create = move || {
        let id = Value::from(id.get_value());
        let mut known = records::one(field.key, if field.kind.is_many() { vec![id].into() } else { id });
        known.extend(
            definition
                .link
                .map(|link| (link.kind.to_owned(), about.name.into()))
                .filter(|_| is_link(definition, field)),
        );
        quick::create(definition, known);
    };
    let empty = move || matches!(load.get(), Load::Ready) && page.with(|page| page.items.is_empty());
    let label = t!("form.create", resource = labels::singular(definition.name));
    let count = move || page.with(|page| page.info.total).map(|total| total.to_string()).unwrap_or_default();
    view! {
        <section class="card">
            <header class="card-head">
                <h2>{title}" "<span class="meta">{count}</span></h2>
                {session::may(definition.name, Action::Create).then(|| view! { <IconButton label icon="plus" small=true side="end" on_press=move |()| create()/> })}
            </header>
            // A list with nothing in it is a line; a record may have a dozen of them.
            <div class="card-body" hidden=empty>
                <Loaded state=load on_retry=move |()| read()>
                    {move || page.with(|page| page.items.iter().map(|item| line(definition, field, item)).collect_view())}
                </Loaded>
                {move || page.with(|page| page.info.has_more).then(|| view! { <LinkButton label=t!("related.all") href=all.clone() kind=Loudness::Link/> })}
            </div>
        </section>
    }
}

/// Whether the field leads to records of any resource.
fn is_link(definition: &Definition, field: &Field) -> bool {
    definition.link.is_some_and(|link| link.id == field.key)
}

const SHOWN: u16 = 5;

fn line(definition: &'static Definition, via: &Field, item: &Item) -> AnyView {
    let shown: Vec<&Field> = definition.own_fields().filter(|field| field.listed && field.key != via.key).collect();
    let texts = cells::gist(definition, &shown, &item.document);
    let texts = &texts[..texts.len().min(2)];
    let line = view! {
        <a class="article-link" href=address::record(definition.name, &item.id)>
            <span class="ellipsis">{form::name_of(definition, item)}</span>
            <span class="meta ellipsis">{texts.join(" · ")}</span>
        </a>
    };
    tick::beside(definition, item, line.into_any())
}
