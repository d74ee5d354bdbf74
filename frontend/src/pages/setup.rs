use domain::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use serde_json::json;

use crate::api::auth;
use crate::resource::entry::sentence;
use crate::shell::Brand;
use crate::ui::{Banner, Button, Field, Kind, PasswordInput, TextInput, Tone};
use crate::{dom, i18n, lazy, session, t};

lazy!(sign_in, page, |_| view! { <SetUp/> }.into_any());

/// The first visit, by the one-time link that the server printed: makes the first administrator.
#[component]
fn SetUp() -> impl IntoView {
    document().set_title(&t!("setup.title"));
    let token = use_query_map().with_untracked(|query| query.get("token").unwrap_or_default());
    let text = |text: &str| RwSignal::new(text.to_owned());
    let (company, name, username, password) = (text(""), text(""), text("admin"), text(""));
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let fault = move |key: &'static str| {
        Signal::derive(move || {
            problem.with(|problem| {
                let faults = &problem.as_ref()?.errors;
                faults.iter().find(|fault| fault.pointer.trim_start_matches('/') == key).map(sentence)
            })
        })
    };
    let begin = move || {
        busy.set(true);
        problem.set(None);
        let body = json!({
            "token": token,
            "company": company.get_untracked().trim(),
            "name": name.get_untracked().trim(),
            "username": username.get_untracked().trim().to_lowercase(),
            "password": password.get_untracked(),
            "locale": i18n::current().tag(),
        });
        spawn_local(async move {
            let answer = match auth::set_up(&body).await {
                Ok(()) => session::enter().await,
                Err(refused) => Err(refused),
            };
            busy.set(false);
            match answer {
                Ok(()) => dom::follow("/"),
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <div class="alone-card">
            <header class="alone-head">
                <Brand/>
                <h1 tabindex="-1">{t!("setup.title")}</h1>
                <p class="muted">{t!("setup.text")}</p>
            </header>
            <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); begin(); }>
                <div role="alert">
                    {move || problem.get().map(|problem| view! { <Banner tone=Tone::Bad><p>{problem.title}</p><p>{problem.detail}</p></Banner> })}
                </div>
                <Field label=t!("setup.company-name") error=fault("company")><TextInput value=company autocomplete="organization"/></Field>
                <Field label=t!("setup.name") required=true error=fault("name")><TextInput value=name autocomplete="name"/></Field>
                <Field label=t!("sign-in.username") required=true hint=t!("setup.username-hint") error=fault("username")>
                    <TextInput value=username autocomplete="username"/>
                </Field>
                <Field label=t!("sign-in.password") required=true hint=t!("setup.password-hint") error=fault("password")>
                    <PasswordInput value=password autocomplete="new-password"/>
                </Field>
                <Button label=t!("setup.begin") kind=Kind::Primary wide=true submit=true busy/>
            </form>
        </div>
    }
}
