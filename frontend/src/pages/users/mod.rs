//! A person of the house: the record, the department, the roles the person holds, and the way in.

mod place;

use std::sync::Arc;

use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

use self::place::Place;
use crate::api::rights;
use crate::resource::address::FIRST_PASSWORD;
use crate::resource::{RecordPage, entry, record};
use crate::ui::{
    Banner, Button, Choice, Combobox, Dialog, IconButton, Kind, Load, Loaded, Search, Tag, Tone, toast, toast_error,
};
use crate::{dom, format, lazy, routes, session, t};

lazy!(administration, page, |mut params| user(params.remove(0)));

fn user(id: String) -> AnyView {
    routes::resource("users", |definition| view! { <RecordPage definition id extra=panel/> }.into_any())
}

fn panel(id: String) -> AnyView {
    let may = session::may("users", Action::Update);
    view! {
        <Place id=id.clone()/>
        <Roles id=id.clone()/>
        {may.then(|| view! { <Access id/> })}
    }
    .into_any()
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
                        roles.into_iter().map(|(value, text)| Choice { value, text, ..Choice::default() }).collect();
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
                <div><Button label=t!("action.save") writes=true disabled=Signal::derive(move || !dirty.get()) on_press=move |()| save()/></div>
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

/// Letting a person in with a temporary password or without the phone, and out everywhere.
#[component]
fn Access(id: String) -> impl IntoView {
    let id = StoredValue::new(id);
    // Whoever has just been written down needs a password, so it is offered without looking for it.
    let asked = RwSignal::new(use_query_map().with_untracked(|query| query.get(FIRST_PASSWORD).is_some()));
    let password = RwSignal::new(None::<String>);
    let reset = move || {
        spawn_local(async move {
            match rights::reset_password(&id.get_value()).await {
                Ok(fresh) => password.set(Some(fresh)),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
        })
    };
    let end = move |()| {
        spawn_local(async move {
            match rights::end_sessions(&id.get_value()).await {
                Ok(()) => toast(t!("users.sessions-ended")),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
        })
    };
    let body = move || match password.get() {
        None => view! { <p>{t!("users.reset-text")}</p> }.into_any(),
        Some(fresh) => {
            let copied = fresh.clone();
            view! {
                <Banner tone=Tone::Ok>{t!("users.reset-done")}</Banner>
                <p class="secret">
                    <code>{fresh}</code>
                    <IconButton label=t!("action.copy") icon="copy" small=true on_press=move |()| dom::copy(&copied)/>
                </p>
            }
            .into_any()
        }
    };
    let buttons = move || match password.with(Option::is_some) {
        true => view! { <Button label=t!("action.close") kind=Kind::Primary on_press=move |()| asked.set(false)/> }
            .into_any(),
        false => view! {
            <Button label=t!("action.cancel") on_press=move |()| asked.set(false)/>
            <Button label=t!("users.reset") kind=Kind::Primary on_press=move |()| reset()/>
        }
        .into_any(),
    };
    view! {
        <section class="card">
            <header class="card-head"><h2>{t!("users.access")}</h2></header>
            <div class="card-body stack">
                <div class="button-group">
                    <Button label=t!("users.reset") icon="key-round" on_press=move |()| { password.set(None); asked.set(true); }/>
                    <Button label=t!("users.end-sessions") icon="log-out" on_press=end/>
                </div>
                <SecondFactor id=id.get_value()/>
            </div>
        </section>
        <Dialog open=asked title=t!("users.reset") footer=move || view! { {buttons} }>{body}</Dialog>
    }
}

/// Whether a code is asked for when the person signs in, and the way out for whoever lost the phone.
#[component]
fn SecondFactor(id: String) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let since = RwSignal::new(None::<String>);
    let asked = RwSignal::new(false);
    // One's own is switched off on one's own page, with the password and a code.
    let own = session::session().me.with_untracked(|me| me.id == id);
    let id = StoredValue::new(id);
    let read = move || {
        spawn_local(async move {
            match rights::second_factor_of(&id.get_value()).await {
                Ok(state) => {
                    since.set(state.active_since);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
            }
        })
    };
    read();
    let remove = move || {
        spawn_local(async move {
            match rights::remove_second_factor(&id.get_value()).await {
                Ok(()) => toast(t!("users.second-factor-removed")),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
            asked.set(false);
            read();
        })
    };
    let body = move || {
        let text = match since.get() {
            Some(since) => t!("users.second-factor-on", day = format::date_time(&since)),
            None => return view! { <p class="muted">{t!("users.second-factor-off")}</p> }.into_any(),
        };
        view! {
            <p>{text}</p>
            {(!own).then(|| view! {
                <div><Button label=t!("users.remove-second-factor") icon="shield" writes=true on_press=move |()| asked.set(true)/></div>
            })}
        }
        .into_any()
    };
    view! {
        <Loaded state=load on_retry=move |()| read()><div class="stack">{body}</div></Loaded>
        <Dialog open=asked title=t!("users.remove-second-factor") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| asked.set(false)/>
            <Button label=t!("users.remove-second-factor") kind=Kind::Danger writes=true on_press=move |()| remove()/>
        }><p>{t!("users.remove-second-factor-text")}</p></Dialog>
    }
}
