//! What stands where content would be: nothing yet, nothing found, not allowed, failed, on its way.

use leptos::prelude::*;

use super::{Button, Icon, IconButton, Kind, Tone};
use crate::{dom, t};

/// Nothing here: what it is for and the way out, given as buttons inside.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional, into)] icon: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let icon = if icon.is_empty() { "inbox".to_owned() } else { icon };
    view! {
        <div class="state">
            <span class="state-mark"><Icon name=icon size="large"/></span>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="button-group">{children()}</div> })}
        </div>
    }
}

/// Nothing in one panel among others: said quietly.
#[component]
pub fn Hollow(#[prop(into)] text: String, #[prop(optional, into)] icon: String) -> impl IntoView {
    view! {
        <div class="hollow">
            {(!icon.is_empty()).then(|| view! { <Icon name=icon size="large"/> })}
            <p>{text}</p>
        </div>
    }
}

/// What happened, what to do, and a request id to hand to who can help.
#[component]
pub fn ErrorState(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional, into)] request_id: String,
    #[prop(optional, into)] on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let copied = request_id.clone();
    view! {
        <div class="state" data-tone="bad" role="alert">
            <span class="state-mark"><Icon name="triangle-alert" size="large"/></span>
            <h2>{title}</h2>
            <p>{text}</p>
            {on_retry.map(|retry| view! {
                <div class="button-group"><Button label=t!("action.retry") icon="refresh-cw" on_press=retry/></div>
            })}
            {(!request_id.is_empty()).then(|| view! {
                <div class="request-id">
                    {t!("state.request-id", id = request_id)}
                    <IconButton label=t!("action.copy") icon="copy" small=true on_press=move |()| dom::copy(&copied)/>
                </div>
            })}
        </div>
    }
}

/// The caller may not see this; who could change that.
#[component]
pub fn NoPermission() -> impl IntoView {
    view! {
        <EmptyState title=t!("state.no-permission") text=t!("state.no-permission-text") icon="lock"/>
    }
}

/// What the skeleton imitates, so that nothing jumps when the content arrives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SkeletonShape {
    #[default]
    Text,
    Table,
}

/// Grey bones of the content to come. CSS holds them back for the first 150 ms.
#[component]
pub fn Skeleton(#[prop(optional)] shape: SkeletonShape, #[prop(default = 6)] lines: usize) -> impl IntoView {
    let shape = if shape == SkeletonShape::Table { "table" } else { "text" };
    view! {
        <div class="skeleton" data-shape=shape aria-hidden="true">
            {(0..lines).map(|_| view! { <span></span> }).collect_view()}
        </div>
    }
}

/// A notice inside the page, above what it is about.
#[component]
pub fn Banner(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    let icon = match tone {
        Tone::Ok => "circle-check",
        Tone::Warn => "triangle-alert",
        Tone::Bad => "circle-alert",
        _ => "info",
    };
    view! {
        <div class="banner" data-tone=tone.name()>
            <Icon name=icon/>
            <div class="banner-text">{children()}</div>
        </div>
    }
}

/// Words and a way out for a wait that has become long.
#[component]
pub fn StillLoading(#[prop(into)] on_cancel: Callback<()>) -> impl IntoView {
    view! {
        <div class="still-loading" role="status">
            <span class="spinner" aria-hidden="true"></span>
            {t!("state.still-loading")}
            <Button label=t!("action.cancel") kind=Kind::Link on_press=on_cancel/>
        </div>
    }
}
