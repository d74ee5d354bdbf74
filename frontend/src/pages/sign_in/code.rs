use domain::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Refusal;
use crate::api::auth;
use crate::ui::{Button, CodeInput, Field, Kind, TextInput};
use crate::{dom, session, t};

/// The second step: a code of the phone, or one of those that were put aside for the day without it.
#[component]
pub fn CodeForm(
    #[prop(into)] challenge: String,
    #[prop(into)] username: String,
    problem: RwSignal<Option<Problem>>,
    /// Back to the password, for whatever reason.
    #[prop(into)]
    on_back: Callback<()>,
) -> impl IntoView {
    let (challenge, username) = (StoredValue::new(challenge), StoredValue::new(username));
    let code = RwSignal::new(String::new());
    let recovery = RwSignal::new(false);
    let busy = RwSignal::new(false);
    dom::focus_soon("#code");
    let enter = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let answer = match auth::login_with_code(&challenge.get_value(), &code.get_untracked()).await {
                Ok(()) => session::enter().await,
                Err(refused) => Err(refused),
            };
            let Err(refused) = answer else { return dom::remember("username", &username.get_value()) };
            let is_over = refused.code == "sign_in_expired";
            problem.set(Some(refused));
            if is_over {
                return on_back.run(());
            }
            busy.try_set(false);
            code.try_set(String::new());
            dom::focus_soon("#code");
        });
    };
    let other_way = move |()| {
        code.set(String::new());
        problem.set(None);
        recovery.update(|recovery| *recovery = !*recovery);
        dom::focus_soon("#code");
    };
    let field = move || {
        match recovery.get() {
        false => view! {
            <Field label=t!("second-factor.code") hint=t!("sign-in.code-hint") id="code"><CodeInput value=code on_complete=move |()| enter()/></Field>
        }
        .into_any(),
        true => view! {
            <Field label=t!("sign-in.recovery-code") hint=t!("sign-in.recovery-hint") id="code"><TextInput value=code/></Field>
        }
        .into_any(),
    }
    };
    let other_label = Signal::derive(move || match recovery.get() {
        false => t!("sign-in.use-recovery-code"),
        true => t!("sign-in.use-code"),
    });
    view! {
        <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); enter(); }>
            <Refusal problem/>
            {field}
            <Button label=t!("sign-in.enter") kind=Kind::Primary wide=true submit=true busy/>
            <div class="spread-line">
                <Button label=t!("sign-in.back") kind=Kind::Link icon="arrow-left" on_press=move |()| { problem.set(None); on_back.run(()); }/>
                <Button label=other_label kind=Kind::Link on_press=other_way/>
            </div>
        </form>
    }
}
