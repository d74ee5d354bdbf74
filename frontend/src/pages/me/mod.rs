mod second_factor;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use self::second_factor::SecondFactor;
use crate::api::{account, records::Item};
use crate::i18n::{self, Language};
use crate::prefs::{Theme, prefs};
use crate::resource::entry::sentence;
use crate::resource::record;
use crate::ui::{
    Avatar, Banner, Button, Field, Kind, Load, Loaded, Page, PasswordInput, SelectInput, Switch, Tag, Tone, toast,
    toast_error,
};
use crate::{format, lazy, session, t};

lazy!(me, page, |_| view! { <MePage/> }.into_any());

/// One's own page: who one is, how the page looks, the password, and where one is signed in.
#[component]
fn MePage() -> impl IntoView {
    let me = session::session().me;
    view! {
        <Page title=t!("page.me") actions=move || view! {
            <Button label=t!("shell.leave") icon="log-out" on_press=move |()| spawn_local(session::leave())/>
        }>
            <div class="person">
                {move || me.with(|me| view! { <Avatar name=me.name.clone() large=true/> })}
                <div>
                    <strong>{move || me.with(|me| me.name.clone())}</strong>
                    <p class="meta">{move || me.with(|me| [Some(me.username.clone()), me.title.clone(), me.email.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · "))}</p>
                </div>
            </div>
            <div class="grid-cards">
                <Looks/>
                <Password/>
                <SecondFactor/>
            </div>
            <Sessions/>
        </Page>
    }
}

#[component]
fn Looks() -> impl IntoView {
    let prefs = prefs();
    let theme = RwSignal::new(prefs.theme.get_untracked().name().to_owned());
    let language = RwSignal::new(i18n::current().tag().to_owned());
    Effect::watch(
        move || theme.get(),
        move |name, _, _| {
            if let Some(chosen) = Theme::ALL.into_iter().find(|theme| theme.name() == name) {
                prefs.theme.set(chosen);
            }
        },
        false,
    );
    Effect::watch(move || language.get(), |tag, _, _| i18n::switch(Language::from_tag(tag)), false);
    let themes =
        Theme::ALL.map(|theme| (theme.name().to_owned(), t!(&format!("prefs.theme.{}", theme.name())))).to_vec();
    let languages = Language::ALL.map(|language| (language.tag().to_owned(), language.own_name().to_owned())).to_vec();
    view! {
        <section class="card">
            <header class="card-head"><h2>{t!("me.looks")}</h2></header>
            <div class="card-body stack">
                <Field label=t!("prefs.theme")><SelectInput value=theme options=Signal::stored(themes)/></Field>
                <Field label=t!("me.language")><SelectInput value=language options=Signal::stored(languages)/></Field>
                <Switch value=prefs.compact label=t!("prefs.compact")/>
                <Switch value=prefs.contrast label=t!("prefs.contrast")/>
                <Switch value=prefs.single_keys label=t!("prefs.single-keys")/>
            </div>
        </section>
    }
}

/// The form that changes the password.
#[component]
pub fn Password(#[prop(optional, into)] on_changed: Option<Callback<()>>) -> impl IntoView {
    let (present, fresh) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let faults = RwSignal::new(Vec::<domain::Fault>::new());
    let general = RwSignal::new(None::<String>);
    let fault = move |key: &'static str| {
        Signal::derive(move || {
            faults.with(|faults| faults.iter().find(|fault| fault.pointer.trim_start_matches('/') == key).map(sentence))
        })
    };
    let change = move || {
        busy.set(true);
        faults.set(Vec::new());
        general.set(None);
        spawn_local(async move {
            match account::change_password(&present.get_untracked(), &fresh.get_untracked()).await {
                Ok(()) => {
                    present.set(String::new());
                    fresh.set(String::new());
                    toast(t!("me.password-changed"));
                    if let Some(changed) = on_changed {
                        changed.run(());
                    }
                }
                Err(problem) if problem.errors.is_empty() => {
                    general.set(Some(format!("{} {}", problem.title, problem.detail)))
                }
                Err(problem) => faults.set(problem.errors),
            }
            busy.set(false);
        });
    };
    view! {
        <section class="card">
            <header class="card-head"><h2>{t!("me.password")}</h2></header>
            <form class="card-body stack" novalidate on:submit=move |event| { event.prevent_default(); change(); }>
                {move || general.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                <Field label=t!("me.password-present") error=fault(account::PRESENT)><PasswordInput value=present autocomplete="current-password"/></Field>
                <Field label=t!("me.password-new") hint=t!("setup.password-hint") error=fault(account::FRESH)><PasswordInput value=fresh autocomplete="new-password"/></Field>
                <div><Button label=t!("me.password-change") submit=true busy/></div>
            </form>
        </section>
    }
}

/// Every device on which one is signed in, and the way to end each.
#[component]
fn Sessions() -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let sessions = RwSignal::new(Vec::<Item>::new());
    let read = move || {
        spawn_local(async move {
            match account::sessions().await {
                Ok(found) => {
                    sessions.set(found);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
            }
        })
    };
    read();
    let end = Callback::new(move |id: String| {
        spawn_local(async move {
            match account::end_session(&id).await {
                Ok(()) => toast(t!("me.session-ended")),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
            read();
        })
    });
    view! {
        <section class="card">
            <header class="card-head"><h2>{t!("me.sessions")}</h2></header>
            <div class="card-body">
                <Loaded state=load on_retry=move |()| read()>
                    <ul>{move || sessions.get().into_iter().map(|session| one_session(&session, end)).collect_view()}</ul>
                </Loaded>
            </div>
        </section>
    }
}

fn one_session(session: &Item, end: Callback<String>) -> AnyView {
    let text = |key: &str| session.document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let present = session.document.get("current").and_then(Value::as_bool).unwrap_or_default();
    let id = session.id.clone();
    let seen = text("last_seen_at");
    view! {
        <li class="card-row">
            <span class="lines grow">
                <span class="ellipsis">{device(&text("agent"))}</span>
                <span class="meta">{text("address")}" · "{format::relative(&seen)}</span>
            </span>
            {if present {
                view! { <Tag text=t!("me.this-device") tone=Tone::Ok/> }.into_any()
            } else {
                view! { <Button label=t!("me.end-session") small=true kind=Kind::Quiet on_press=move |()| end.run(id.clone())/> }.into_any()
            }}
        </li>
    }.into_any()
}

/// Browser and system out of what a browser says of itself; the whole sentence when neither is known.
fn device(agent: &str) -> String {
    let find = |known: &[(&'static str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg/", "Edge"),
        ("MicroMessenger", "WeChat"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let known: Vec<&str> = [browser, system].into_iter().flatten().collect();
    if known.is_empty() { agent.to_owned() } else { known.join(" · ") }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn devices_are_named_by_browser_and_system() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/125.0 Safari/537.36 Edg/125.0";
        assert_eq!(device(edge), "Edge · Windows");
        assert_eq!(device("curl/8.0"), "curl/8.0");
    }
}
