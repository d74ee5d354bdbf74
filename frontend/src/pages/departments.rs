use domain::Definition;
use domain::listing::Listing;
use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::api::records::{self, Item};
use crate::resource::form::name_of;
use crate::resource::{address, labels, quick, record, removal, touches};
use crate::ui::{Branch, Button, EmptyState, Kind, LinkButton, Load, Loaded, Page, Tree};
use crate::{edition, lazy, session, t};

lazy!(administration, page, |_| view! { <Departments/> }.into_any());

/// The company's tree. Row scopes follow it, so it is shown as what it is.
#[component]
fn Departments() -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let items = RwSignal::new(Vec::<Item>::new());
    let chosen = RwSignal::new(None::<String>);
    let read = move || {
        spawn_local(async move {
            let listing = Listing { limit: Some(domain::listing::MAX_LIMIT), ..Listing::default() };
            match records::list("departments", &listing, None).await {
                Ok(page) => {
                    items.set(page.items);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
            }
        })
    };
    let touched = touches("departments");
    Effect::new(move || {
        touched.get();
        read();
    });
    let Some(definition) = edition::find("departments") else { return ().into_any() };
    let create = move || {
        let known = chosen.get_untracked().map(|parent| records::one("parent_id", parent.into()));
        quick::create(definition, known.unwrap_or_default());
    };
    view! {
        <Page
            title=labels::plural("departments")
            note=t!("departments.note")
            actions=move || session::may("departments", Action::Create).then(|| view! {
                <Button label=t!("form.create", resource = labels::singular("departments")) icon="plus" kind=Kind::Primary on_press=move |()| create()/>
            })
        >
            <Loaded state=load on_retry=move |()| read()>
                <div class="record">
                    <section class="card"><div class="card-body tree-card">
                        <Tree branches=Signal::derive(move || items.with(|items| branches(definition, items))) chosen label=labels::plural("departments")/>
                        {move || items.with(Vec::is_empty).then(|| view! {
                            <EmptyState title=t!("list.empty", resource = labels::singular("departments")) text=t!("departments.note") icon="network"/>
                        })}
                    </div></section>
                    {move || chosen_item(items, chosen).map(|item| view! { <Chosen definition item/> })}
                </div>
            </Loaded>
        </Page>
    }.into_any()
}

/// What can be done with the chosen department.
#[component]
fn Chosen(definition: &'static Definition, item: Item) -> impl IntoView {
    let id = item.id.clone();
    let people = format!("/users?filter[department_id]={id}");
    let name = name_of(definition, &item);
    view! {
        <section class="card">
            <header class="card-head"><h2>{name}</h2></header>
            <div class="card-body stack">
                <div class="button-group">
                    <LinkButton label=t!("departments.people") icon="users" href=people/>
                    {session::may("departments", Action::Update).then(|| view! { <LinkButton label=t!("action.update") icon="pencil" href=address::edit("departments", &id)/> })}
                    {session::may("departments", Action::Delete).then(|| view! { <Button label=t!("action.delete") icon="trash-2" on_press=move |()| removal::delete(definition, item.clone(), false)/> })}
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
