//! Resources that make a tree, shown as what they are.

use domain::filter::Op;
use domain::listing::Listing;
use domain::permission::Action;
use domain::{Definition, Filter};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::api::records::{self, Item};
use crate::resource::form::name_of;
use crate::resource::views::{self, Shown};
use crate::resource::{address, labels, quick, record, removal, touches};
use crate::ui::{Branch, Button, EmptyState, Kind, LinkButton, Load, Loaded, Page, Tree};
use crate::{edition, lazy, session, t};

/// A tree, and what stands at its places: those of another resource that name one in a field.
#[derive(Clone, Copy)]
struct Kept {
    tree: &'static str,
    members: &'static str,
    by: &'static str,
    /// The symbol of what it leads to.
    icon: &'static str,
}

const TREES: &[Kept] = &[
    // The company's own tree, which row scopes follow.
    Kept { tree: "departments", members: "users", by: "department_id", icon: "users" },
    Kept { tree: "product-categories", members: "products", by: "category_id", icon: "package" },
];

lazy!(administration, page, |params| {
    let kept = TREES.iter().find(|kept| params.first().is_some_and(|name| kept.tree == name));
    kept.map(|kept| view! { <TreePage kept=*kept/> }).into_any()
});

#[component]
fn TreePage(kept: Kept) -> impl IntoView {
    let resource = kept.tree;
    let load = RwSignal::new(Load::Waiting);
    let items = RwSignal::new(Vec::<Item>::new());
    let chosen = RwSignal::new(None::<String>);
    let read = move || {
        spawn_local(async move {
            let listing = Listing { limit: Some(domain::listing::MAX_LIMIT), ..Listing::default() };
            match records::list(resource, &listing, None).await {
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
    let Some(definition) = edition::find(resource) else { return ().into_any() };
    let create = move || {
        let known = chosen.get_untracked().map(|parent| records::one("parent_id", parent.into()));
        quick::create(definition, known.unwrap_or_default());
    };
    view! {
        <Page
            title=labels::plural(resource)
            note=t!(&format!("tree.{resource}.note"))
            actions=move || (views::switch(definition, Shown::Tree, Listing::default), session::may(resource, Action::Create).then(|| view! {
                <Button label=t!("form.create", resource = labels::singular(resource)) icon="plus" kind=Kind::Primary on_press=move |()| create()/>
            }))
        >
            <Loaded state=load on_retry=move |()| read()>
                <div class="record">
                    <section class="card"><div class="card-body tree-card">
                        <Tree branches=Signal::derive(move || items.with(|items| branches(definition, items))) chosen label=labels::plural(resource)/>
                        {move || items.with(Vec::is_empty).then(|| view! {
                            <EmptyState title=t!("list.empty", resource = labels::singular(resource)) text=t!(&format!("tree.{resource}.note")) icon=kept.icon/>
                        })}
                    </div></section>
                    {move || chosen_item(items, chosen).map(|item| view! { <Chosen kept definition item/> })}
                </div>
            </Loaded>
        </Page>
    }.into_any()
}

/// What can be done with the chosen place.
#[component]
fn Chosen(kept: Kept, definition: &'static Definition, item: Item) -> impl IntoView {
    let (id, resource) = (item.id.clone(), kept.tree);
    let members = address::filtered(kept.members, &Filter::test(kept.by, Op::Eq, id.clone()));
    let name = name_of(definition, &item);
    view! {
        <section class="card">
            <header class="card-head"><h2>{name}</h2></header>
            <div class="card-body stack">
                <div class="button-group">
                    <LinkButton label=t!(&format!("tree.{resource}.members")) icon=kept.icon href=members/>
                    {session::may(resource, Action::Update).then(|| view! { <LinkButton label=t!("action.update") icon="pencil" href=address::edit(resource, &id)/> })}
                    {session::may(resource, Action::Delete).then(|| view! { <Button label=t!("action.delete") icon="trash-2" on_press=move |()| removal::delete(definition, item.clone(), false)/> })}
                </div>
            </div>
        </section>
    }
}

fn chosen_item(items: RwSignal<Vec<Item>>, chosen: RwSignal<Option<String>>) -> Option<Item> {
    let id = chosen.get()?;
    items.with(|items| items.iter().find(|item| item.id == id).cloned())
}

fn branches(definition: &Definition, items: &[Item]) -> Vec<Branch> {
    let branch = |item: &Item| {
        let parent = item.document.get("parent_id").and_then(Value::as_str).map(str::to_owned);
        Branch {
            key: item.id.clone(),
            // A parent that one may not see does not hide its children.
            parent: parent.filter(|parent| items.iter().any(|other| other.id == *parent)),
            text: name_of(definition, item).unwrap_or_default(),
            note: String::new(),
        }
    };
    items.iter().map(branch).collect()
}
