use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::button::Kind;
use super::{Icon, Tooltip};
use crate::{dom, keys};

/// A button that opens a list of actions. Arrows move, letters jump, Escape closes and gives the focus back.
#[component]
pub fn Menu(
    #[prop(into)] label: String,
    #[prop(optional, into)] icon: String,
    /// Show only the symbol; the label is read aloud and shown as a tooltip.
    #[prop(optional)]
    icon_only: bool,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] small: bool,
    /// Align with the button's end instead of its start.
    #[prop(optional)]
    end: bool,
    /// Something other than symbol and label inside the button.
    #[prop(optional, into)]
    face: Option<ViewFn>,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    provide_context(MenuState { open, button });
    Effect::new(move || {
        if open.get() && list.get().is_some() {
            focus_first(list);
        }
    });
    let face_label = label.clone();
    let trigger = move || {
        view! {
            <button
                class="button"
                type="button"
                node_ref=button
                data-kind=kind.name()
                data-size=small.then_some("small")
                data-icon-only=icon_only.then_some("true")
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-label=icon_only.then(|| face_label.clone())
                on:click=move |_| open.update(|open| *open = !*open)
                on:keydown=move |event| if event.key() == "ArrowDown" { event.prevent_default(); open.set(true); }
            >
                {match face.clone() {
                    Some(face) => face.run().into_any(),
                    None => view! {
                        {(!icon.is_empty()).then(|| view! { <Icon name=icon.clone()/> })}
                        {(!icon_only).then(|| view! { <span class="button-label">{face_label.clone()}</span> })}
                    }.into_any(),
                }}
            </button>
        }
    };
    view! {
        <div class="menu-anchor" on:focusout=move |event| if left(&event) { open.try_set(false); }>
            {if icon_only {
                view! { <Tooltip text=label.clone() side=if end { "end" } else { "" }>{trigger()}</Tooltip> }.into_any()
            } else {
                trigger().into_any()
            }}
            {move || open.get().then(|| view! {
                <div
                    class="menu"
                    role="menu"
                    node_ref=list
                    data-end=end.then_some("true")
                    aria-label=label.clone()
                    tabindex="-1"
                    on:keydown=move |event| menu_key(&event, list, open, button)
                >
                    {children()}
                </div>
            })}
        </div>
    }
}

#[derive(Clone, Copy)]
struct MenuState {
    open: RwSignal<bool>,
    button: NodeRef<html::Button>,
}

/// One action of a menu.
#[component]
pub fn MenuItem(
    #[prop(into)] label: String,
    #[prop(optional, into)] icon: String,
    #[prop(optional, into)] keys: String,
    #[prop(optional)] danger: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For an item that is one of several or on and off.
    #[prop(optional, into)]
    checked: Option<Signal<bool>>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let menu = use_context::<MenuState>();
    view! {
        <button
            type="button"
            class="menu-item"
            role=if checked.is_some() { "menuitemcheckbox" } else { "menuitem" }
            tabindex="-1"
            data-danger=danger.then_some("true")
            aria-checked=move || checked.map(|checked| checked.get().to_string())
            disabled=move || disabled.get()
            on:click=move |_| {
                if let Some(menu) = menu {
                    menu.open.set(false);
                    if let Some(button) = menu.button.get_untracked() {
                        let _ = button.focus();
                    }
                }
                on_press.run(());
            }
        >
            {(!icon.is_empty()).then(|| view! { <Icon name=icon/> })}
            <span>{label}</span>
            {(!keys.is_empty()).then(|| view! { <kbd>{keys::caps(&keys).join(" ")}</kbd> })}
        </button>
    }
}

fn focus_first(list: NodeRef<html::Div>) {
    request_animation_frame(move || {
        if let Some(list) = list.get_untracked() {
            dom::rove(&list, ".menu-item:not(:disabled)", "Home", true);
        }
    });
}

fn menu_key(
    event: &web_sys::KeyboardEvent,
    list: NodeRef<html::Div>,
    open: RwSignal<bool>,
    button: NodeRef<html::Button>,
) {
    let Some(list) = list.get_untracked() else {
        return;
    };
    let key = event.key();
    if key == "Escape" {
        event.stop_propagation();
        open.set(false);
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    } else if key.chars().count() == 1 && key != " " {
        jump(&list, &key);
    } else if !dom::rove(&list, ".menu-item:not(:disabled)", &key, true) {
        return;
    }
    event.prevent_default();
}

/// Focus the next item whose text starts with the letter.
fn jump(list: &web_sys::Element, letter: &str) {
    let Ok(items) = list.query_selector_all(".menu-item:not(:disabled)") else {
        return;
    };
    let found = (0..items.length())
        .filter_map(|at| items.item(at))
        .find(|item| item.text_content().is_some_and(|text| text.to_lowercase().starts_with(&letter.to_lowercase())));
    if let Some(item) = found.and_then(|item| item.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = item.focus();
    }
}

/// Whether the focus left the element that listens.
pub fn left(event: &web_sys::FocusEvent) -> bool {
    let own = event.current_target();
    let to = event.related_target();
    !own.zip(to).is_some_and(|(own, to)| own.unchecked_ref::<web_sys::Node>().contains(to.dyn_ref::<web_sys::Node>()))
}
