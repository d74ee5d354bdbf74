use domain::platform::keys::Purpose;
use leptos::prelude::*;

use crate::api::keys::{self, REASON};
use crate::asking::Asking;
use crate::ui::{Button, Dialog, Field, Kind, TextInput, toast};
use crate::{dom, t};

/// What somebody is about to do to a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Replace(Purpose),
    Withdraw(String),
}

impl Asked {
    fn title(&self) -> String {
        match self {
            Self::Replace(purpose) => t!(&format!("key.replacing.{}", purpose.word())),
            Self::Withdraw(id) => t!("key.withdraw-named", key = id),
        }
    }

    /// What will come of it.
    fn consequence(&self) -> String {
        match self {
            Self::Replace(purpose) => t!(&format!("key.replacing.{}-text", purpose.word())),
            Self::Withdraw(id) if id.starts_with(Purpose::Sign.word()) => t!("key.withdraw-sign-text"),
            Self::Withdraw(_) => t!("key.withdraw-seal-text"),
        }
    }

    fn button(&self) -> (String, Kind) {
        match self {
            Self::Replace(_) => (t!("key.replace"), Kind::Primary),
            Self::Withdraw(_) => (t!("key.withdraw"), Kind::Danger),
        }
    }

    /// Does it; answers what to tell then.
    async fn run(&self, reason: &str) -> crate::api::Result<String> {
        match self {
            Self::Replace(purpose) => keys::replace(*purpose, reason).await.map(|key| t!("key.was-made", key = key)),
            Self::Withdraw(id) => keys::withdraw(id, reason).await.map(|()| t!("key.was-withdrawn", key = id)),
        }
    }
}

/// Says what will happen, takes a reason if there is one, and does it.
#[component]
pub fn AskedDialog(
    asked: RwSignal<Option<Asked>>,
    open: RwSignal<bool>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let title = move || asked.with(|asked| asked.as_ref().map(Asked::title)).unwrap_or_default();
    view! {
        <Dialog open title=Signal::derive(title)>
            {move || asked.get().map(|asked| view! { <Form asked open on_done/> })}
        </Dialog>
    }
}

#[component]
fn Form(asked: Asked, open: RwSignal<bool>, on_done: Callback<()>) -> impl IntoView {
    let asking = Asking::new();
    let reason = RwSignal::new(String::new());
    let (label, kind) = asked.button();
    let consequence = asked.consequence();
    let send = move || {
        let asked = asked.clone();
        let work = async move { asked.run(reason.get_untracked().trim()).await };
        asking.send(work, move |told| {
            open.set(false);
            toast(told);
            // The button that asked for it may be gone with what it was about.
            dom::focus_soon("h1");
            on_done.run(());
        });
    };
    view! {
        <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); send(); }>
            {asking.banner()}
            <p>{consequence}</p>
            <Field label=t!("key.reason") hint=t!("key.reason-hint") error=asking.fault(REASON)><TextInput value=reason/></Field>
            <div class="form-foot">
                <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
                <Button label kind submit=true busy=asking.busy/>
            </div>
        </form>
    }
}
