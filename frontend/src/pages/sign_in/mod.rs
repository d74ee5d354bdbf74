mod code;

use domain::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::code::CodeForm;
use super::me::Password;
use crate::api::auth;
use crate::i18n::{self, Language};
use crate::shell::Brand;
use crate::ui::{Banner, Button, Field, Kind, PasswordInput, TextInput, Tone};
use crate::{dom, lazy, session, t};

lazy!(sign_in, page, |_| view! { <SignIn/> }.into_any());
lazy!(sign_in, own_password, |_| view! { <OwnPassword/> }.into_any());

type DrawForm = fn(String) -> AnyView;

#[leptos::wasm_split::wasm_split(sign_in, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw_form() -> Result<DrawForm, lazy::Missing> {
    Ok(|username| view! { <SignInForm username/> }.into_any())
}

/// The form by itself, for whoever was here already.
pub fn form(username: String) -> AnyView {
    lazy::part(draw_form, move |draw: DrawForm| draw(username.clone()))
}

/// The way in. What was asked for stays in the address bar and is shown afterwards.
#[component]
fn SignIn() -> impl IntoView {
    document().set_title(&t!("app.name"));
    dom::focus_soon("#username");
    view! {
        <div class="alone-card">
            <header class="alone-head">
                <Brand/>
                <h1 tabindex="-1">{t!("sign-in.title")}</h1>
                <p class="muted">{t!("sign-in.text")}</p>
            </header>
            <SignInForm username=dom::recall("username").unwrap_or_default()/>
            <footer class="alone-foot">
                {Language::ALL.map(|language| view! {
                    <Button label=language.own_name() kind=Kind::Link on_press=move |()| i18n::switch(language)/>
                }).collect_view()}
            </footer>
        </div>
    }
}

/// After a password that somebody else has chosen: nothing is open before one has chosen one's own.
#[component]
fn OwnPassword() -> impl IntoView {
    document().set_title(&t!("app.name"));
    let changed = move |()| {
        spawn_local(async {
            // A failure shows itself again on the next request.
            let _ = session::enter().await;
        });
    };
    view! {
        <div class="alone-card">
            <header class="alone-head">
                <Brand/>
                <h1 tabindex="-1">{t!("sign-in.own-password")}</h1>
                <p class="muted">{t!("sign-in.own-password-text")}</p>
            </header>
            <Password on_changed=changed/>
        </div>
    }
}

/// Name and password, then the code of whoever has a second factor: on the page of its own and in the dialog over a page
/// whose session ended.
#[component]
fn SignInForm(#[prop(into)] username: String) -> impl IntoView {
    let username = RwSignal::new(username);
    let challenge = RwSignal::new(None::<String>);
    let problem = RwSignal::new(None::<Problem>);
    let back = move |()| {
        challenge.set(None);
        dom::focus_soon("#password");
    };
    move || match challenge.get() {
        None => view! { <PasswordForm username challenge problem/> }.into_any(),
        Some(challenge) => {
            let username = username.get_untracked();
            view! { <CodeForm challenge username=username.trim().to_lowercase() problem on_back=back/> }.into_any()
        }
    }
}

/// The first step.
#[component]
fn PasswordForm(
    username: RwSignal<String>,
    challenge: RwSignal<Option<String>>,
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let enter = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let name = username.get_untracked().trim().to_lowercase();
            let answer = match auth::login(&name, &password.get_untracked()).await {
                Ok(Some(wanted)) => return challenge.set(Some(wanted)),
                Ok(None) => session::enter().await,
                Err(refused) => Err(refused),
            };
            if let Err(refused) = answer {
                busy.set(false);
                problem.set(Some(refused));
                dom::focus_soon("#password");
            } else {
                dom::remember("username", &name);
            }
        });
    };
    view! {
        <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); enter(); }>
            <Refusal problem/>
            <Field label=t!("sign-in.username") id="username"><TextInput value=username autocomplete="username"/></Field>
            <Field label=t!("sign-in.password") id="password"><PasswordInput value=password autocomplete="current-password"/></Field>
            <Button label=t!("sign-in.enter") kind=Kind::Primary wide=true submit=true busy/>
        </form>
    }
}

/// Why the door stays shut.
#[component]
fn Refusal(problem: RwSignal<Option<Problem>>) -> impl IntoView {
    view! {
        <div role="alert">
            {move || problem.get().map(|problem| view! { <Banner tone=Tone::Bad><p>{problem.title}</p><p>{problem.detail}</p></Banner> })}
        </div>
    }
}
