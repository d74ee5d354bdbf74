use leptos::prelude::*;

use crate::api::Result;
use crate::api::account::{self, Enrolment};
use crate::asking::Asking;
use crate::ui::{Button, CodeInput, Field, IconButton, Kind, LinkButton, PasswordInput, TextInput, toast};
use crate::{dom, session, t};

/// Whoever finds an unlocked screen does not know the password.
#[component]
pub fn AskPassword(#[prop(into)] on_done: Callback<Enrolment>) -> impl IntoView {
    let asking = Asking::new();
    let password = RwSignal::new(String::new());
    let send = move || {
        asking.send(async move { account::begin_second_factor(&password.get_untracked()).await }, move |enrolment| {
            on_done.run(enrolment);
            dom::focus_soon("#first-code");
        });
    };
    view! {
        <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); send(); }>
            {asking.banner()}
            <p class="muted">{t!("second-factor.password-text")}</p>
            <Field label=t!("me.password-present") error=asking.fault("password")><PasswordInput value=password autocomplete="current-password"/></Field>
            <div class="form-foot"><Button label=t!("second-factor.next") kind=Kind::Primary submit=true busy=asking.busy/></div>
        </form>
    }
}

/// The picture for the phone's camera, the same as text, and the first code that comes back.
#[component]
pub fn Scan(enrolment: Enrolment, #[prop(into)] on_done: Callback<Vec<String>>) -> impl IntoView {
    let asking = Asking::new();
    let code = RwSignal::new(String::new());
    let send = move || {
        asking.send(async move { account::confirm_second_factor(code.get_untracked().trim()).await }, move |codes| {
            on_done.run(codes)
        });
    };
    let Enrolment { secret, uri, qr_code } = enrolment;
    let picture = format!("data:image/svg+xml,{}", String::from(js_sys::encode_uri_component(&qr_code)));
    view! {
        <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); send(); }>
            {asking.banner()}
            <p>{t!("second-factor.scan-text")}</p>
            <img class="qr-code" src=picture alt=t!("second-factor.qr-code") width="200" height="200"/>
            {move || dom::phone().get().then(|| view! { <LinkButton label=t!("second-factor.open-app") href=uri.clone() icon="external-link"/> })}
            <div class="lines">
                <span class="meta">{t!("second-factor.secret")}</span>
                <p class="secret">
                    <code class="grow">{grouped(&secret)}</code>
                    <IconButton label=t!("action.copy") icon="copy" small=true side="end" on_press=move |()| { dom::copy(&secret); toast(t!("second-factor.copied")); }/>
                </p>
            </div>
            <Field label=t!("second-factor.code") hint=t!("second-factor.code-hint") error=asking.fault("code") id="first-code"><CodeInput value=code on_complete=move |()| send()/></Field>
            <div class="form-foot"><Button label=t!("second-factor.confirm") kind=Kind::Primary submit=true busy=asking.busy/></div>
        </form>
    }
}

/// Password and code together, for what an unlocked screen must not do.
#[component]
pub fn AskBoth<T, S>(
    #[prop(into)] text: String,
    #[prop(into)] label: String,
    send: S,
    #[prop(into)] on_done: Callback<T>,
) -> impl IntoView
where
    T: 'static,
    S: AsyncFn(String, String) -> Result<T> + Copy + 'static,
{
    let asking = Asking::new();
    let (password, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move || {
        let typed = (password.get_untracked(), code.get_untracked());
        asking.send(async move { send(typed.0, typed.1).await }, move |answer| on_done.run(answer));
    };
    view! {
        <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); submit(); }>
            {asking.banner()}
            <p class="muted">{text}</p>
            <Field label=t!("me.password-present") error=asking.fault("password")><PasswordInput value=password autocomplete="current-password"/></Field>
            <Field label=t!("second-factor.code-or-recovery") error=asking.fault("code")><TextInput value=code autocomplete="one-time-code"/></Field>
            <div class="form-foot"><Button label kind=Kind::Primary submit=true busy=asking.busy/></div>
        </form>
    }
}

/// The recovery codes, this once: to copy, to keep as a file, to write down.
#[component]
pub fn RecoveryCodes(codes: Vec<String>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let username = session::session().me.with_untracked(|me| me.username.clone());
    let text = format!("{}\n\n{}\n", t!("second-factor.file-head", name = username), codes.join("\n"));
    let all = codes.join("\n");
    dom::focus_soon("dialog[open] .dialog-head h2");
    view! {
        <div class="stack">
            <p>{t!("second-factor.codes-text")}</p>
            <ul class="recovery-codes" aria-label=t!("second-factor.codes")>
                {codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
            </ul>
            <div class="button-group">
                <Button label=t!("second-factor.copy-codes") icon="copy" on_press=move |()| { dom::copy(&all); toast(t!("second-factor.copied")); }/>
                <Button label=t!("second-factor.save-codes") icon="download" on_press=move |()| dom::save(text.as_bytes(), "zhiyin-recovery-codes.txt")/>
            </div>
            <div class="form-foot"><Button label=t!("second-factor.kept") kind=Kind::Primary on_press=move |()| on_done.run(())/></div>
        </div>
    }
}

/// In groups of four, for eyes and fingers.
fn grouped(secret: &str) -> String {
    secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}
