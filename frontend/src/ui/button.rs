use leptos::prelude::*;

use super::{Icon, Tooltip};
use crate::{net, t};

/// How loud a button is. One view has at most one primary button.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    Primary,
    #[default]
    Default,
    Quiet,
    Danger,
    Link,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Default => "default",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
            Self::Link => "link",
        }
    }
}

/// A button with a text. While busy it keeps its width and takes no second press.
#[component]
pub fn Button(
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] kind: Kind,
    #[prop(optional, into)] icon: String,
    #[prop(optional)] small: bool,
    #[prop(optional)] wide: bool,
    /// On phones only the symbol is seen; the text is still read aloud.
    #[prop(optional)]
    compact: bool,
    #[prop(optional)] submit: bool,
    /// It changes something at the server, so it waits for the network. A submit button always does.
    #[prop(optional)]
    writes: bool,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] pressed: Option<Signal<bool>>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    let waits = move || (submit || writes) && net::is_lost();
    view! {
        <button
            class="button"
            type=if submit { "submit" } else { "button" }
            data-kind=kind.name()
            data-size=small.then_some("small")
            data-wide=wide.then_some("true")
            data-phone=compact.then_some("icon")
            disabled=move || disabled.get() || waits()
            title=move || waits().then(|| t!("state.no-writing"))
            aria-busy=move || busy.get().then_some("true")
            aria-pressed=move || pressed.map(|pressed| pressed.get().to_string())
            on:click=move |_| {
                if let (Some(press), false) = (on_press, busy.get_untracked()) {
                    press.run(());
                }
            }
        >
            {(!icon.is_empty()).then(|| view! { <Icon name=icon/> })}
            <span class="button-label">{move || label.get()}</span>
            {move || busy.get().then(|| view! { <span class="spinner" aria-hidden="true"></span> })}
        </button>
    }
}

/// A button that is only a symbol: its label is read aloud and shown as a tooltip.
#[component]
pub fn IconButton(
    #[prop(into)] label: String,
    #[prop(into)] icon: String,
    #[prop(optional)] kind: Option<Kind>,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] keys: String,
    #[prop(optional)] side: &'static str,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <Tooltip text=label.clone() keys side>
            <button
                class="button"
                type="button"
                data-kind=kind.unwrap_or(Kind::Quiet).name()
                data-icon-only="true"
                data-size=small.then_some("small")
                aria-label=label
                disabled=move || disabled.get()
                on:click=move |_| {
                    if let Some(press) = on_press {
                        press.run(());
                    }
                }
            >
                <Icon name=icon/>
            </button>
        </Tooltip>
    }
}

/// A link that looks like a button: it leads somewhere, so it is a link for every tool.
#[component]
pub fn LinkButton(
    #[prop(into)] label: String,
    #[prop(into)] href: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional, into)] icon: String,
) -> impl IntoView {
    view! {
        <a class="button" href=href data-kind=kind.name()>
            {(!icon.is_empty()).then(|| view! { <Icon name=icon/> })}
            <span class="button-label">{label}</span>
        </a>
    }
}

/// A link that is only a symbol: its label is read aloud and shown as a tooltip.
#[component]
pub fn IconLink(#[prop(into)] label: String, #[prop(into)] icon: String, #[prop(into)] href: String) -> impl IntoView {
    // Other programs take over from here; another site gets a tab of its own and does not learn where one came from.
    let (target, rel) = href.starts_with("http").then_some(("_blank", "noopener noreferrer")).unzip();
    view! {
        <Tooltip text=label.clone()>
            <a class="button" href=href target=target rel=rel data-kind="quiet" data-icon-only="true" data-size="small" aria-label=label>
                <Icon name=icon/>
            </a>
        </Tooltip>
    }
}
