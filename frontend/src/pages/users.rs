//! A person of the house: the record, and the roles the person holds.

use std::sync::Arc;

use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::rights;
use crate::resource::{RecordPage, entry, record};
use crate::ui::{Button, Choice, Combobox, Load, Loaded, Search, Tag, toast, toast_error};
use crate::{routes, session, t};

pub fn user(id: String) -> AnyView {
    routes::resource("users", |definition| view! { <RecordPage definition id extra=panel/> }.into_any())
}

fn panel(id: String) -> AnyView {
    view! { <Roles id/> }.into_any()
}

/// The roles of a person; several add up.
#[component]
fn Roles(id: String) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let (chosen, kept) = (RwSignal::new(Vec::<Choice>::new()), RwSignal::new(Vec::<Choice>::new()));
    let etag = StoredValue::new(String::new());
    let id = StoredValue::new(id);
    let read = move || {
        spawn_local(async move {
            match rights::roles_of(&id.get_value()).await {
                Ok((roles, tag)) => {
                    let roles: Vec<Choice> =
                        roles.into_iter().map(|(value, text)| Choice { value, text, note: String::new() }).collect();
                    etag.set_value(tag);
                    kept.set(roles.clone());
                    chosen.set(roles);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
            }
        })
    };
    read();
    let may = session::may("users", Action::Update) && session::may("roles", Action::Read);
    let dirty = Memo::new(move |_| chosen.get() != kept.get());
    let save = move || {
        spawn_local(async move {
            let roles: Vec<String> =
                chosen.with_untracked(|chosen| chosen.iter().map(|choice| choice.value.clone()).collect());
            match rights::set_roles_of(&id.get_value(), &etag.get_value(), &roles).await {
                Ok(()) => toast(t!("form.saved")),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
            read();
        })
    };
    let search: Search = Arc::new(move |typed, answer| entry::searching("roles")(typed, answer));
    let body = move || {
        if may {
            let search = search.clone();
            view! {
                <Combobox chosen search many=true label=t!("resource.roles")/>
                <div><Button label=t!("action.save") disabled=Signal::derive(move || !dirty.get()) on_press=move |()| save()/></div>
            }
            .into_any()
        } else {
            let tags = chosen.get().into_iter().map(|choice| view! { <Tag text=choice.text/> }).collect_view();
            view! { <div class="tag-list">{tags}</div> }.into_any()
        }
    };
    view! {
        <section class="card">
            <header class="card-head"><h2>{t!("resource.roles")}</h2></header>
            <div class="card-body">
                <Loaded state=load on_retry=move |()| read()><div class="stack">{body.clone()}</div></Loaded>
            </div>
        </section>
    }
}
