//! The controls that hold one text: plain, search, password, amount, date, long text, short choice.
//!
//! None of them limits what can be typed: a browser would count otherwise than the house does, and cut without a word.
//! What is too long is told by the check of the field.

use leptos::prelude::*;

use super::field::Control;
use super::{Icon, IconButton, control};
use crate::{format, t};

/// One line of text.
#[component]
pub fn TextInput(
    value: RwSignal<String>,
    #[prop(optional)] kind: &'static str,
    #[prop(optional_no_strip, into)] label: Option<String>,
    #[prop(optional)] autocomplete: &'static str,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] number: bool,
    #[prop(optional, into)] on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let Control { id, described_by, invalid, required, label } = control(label);
    view! {
        <input
            class="input"
            class:number=number
            id=id
            type=if kind.is_empty() { "text" } else { kind }
            inputmode=number.then_some("decimal")
            autocomplete=if autocomplete.is_empty() { "off" } else { autocomplete }
            aria-label=label
            aria-required=required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described_by.get()
            disabled=move || disabled.get()
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
            on:blur=move |_| {
                if let Some(leave) = on_leave {
                    leave.run(());
                }
            }
        />
    }
}

/// A search text with its symbol and a way to clear it.
#[component]
pub fn SearchInput(
    value: RwSignal<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] id: String,
) -> impl IntoView {
    view! {
        <div class="input affix">
            <Icon name="search"/>
            <input
                type="text"
                id=id
                enterkeyhint="search"
                autocomplete="off"
                aria-label=label.clone()
                placeholder=label
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            {move || (!value.with(String::is_empty)).then(|| view! {
                <IconButton label=t!("action.clear") icon="x" small=true on_press=move |()| value.set(String::new())/>
            })}
        </div>
    }
}

/// A password that can be shown, and that says when caps lock is on.
#[component]
pub fn PasswordInput(value: RwSignal<String>, #[prop(optional)] autocomplete: &'static str) -> impl IntoView {
    let Control { id, described_by, invalid, required, .. } = control(None);
    let shown = RwSignal::new(false);
    let caps = RwSignal::new(false);
    view! {
        <div class="input affix" aria-invalid=move || invalid.get().then_some("true")>
            <input
                id=id
                type=move || if shown.get() { "text" } else { "password" }
                autocomplete=autocomplete
                spellcheck="false"
                autocapitalize="off"
                aria-required=required.then_some("true")
                aria-invalid=move || invalid.get().then_some("true")
                aria-describedby=move || described_by.get()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                on:keyup=move |event| caps.set(event.get_modifier_state("CapsLock"))
            />
            {move || {
                let (label, icon) = if shown.get() {
                    (t!("password.hide"), "eye-off")
                } else {
                    (t!("password.show"), "eye")
                };
                view! { <IconButton label icon small=true side="end" on_press=move |()| shown.update(|on| *on = !*on)/> }
            }}
        </div>
        <p class="field-hint" role="status" hidden=move || !caps.get()>{t!("password.caps-lock")}</p>
    }
}

/// An amount: grouped while idle, plain while editing, always kept as the decimal text that was typed.
#[component]
pub fn AmountInput(
    value: RwSignal<String>,
    #[prop(optional, into)] unit: String,
    #[prop(optional_no_strip, into)] label: Option<String>,
) -> impl IntoView {
    let Control { id, described_by, invalid, required, label } = control(label);
    let editing = RwSignal::new(false);
    let shown = move || {
        let text = value.get();
        match format::parse_amount(&text) {
            Some(plain) if !editing.get() => format::group_digits(&plain),
            _ => text,
        }
    };
    view! {
        <div class="input affix" aria-invalid=move || invalid.get().then_some("true")>
            {(!unit.is_empty()).then(|| view! { <span class="affix-text">{unit}</span> })}
            <input
                class="number"
                id=id
                type="text"
                inputmode="decimal"
                autocomplete="off"
                aria-label=label
                aria-required=required.then_some("true")
                aria-invalid=move || invalid.get().then_some("true")
                aria-describedby=move || described_by.get()
                prop:value=shown
                on:focus=move |event| {
                    // The plain text is put there before it is selected: to change it later would undo the selection.
                    let input: web_sys::HtmlInputElement = event_target(&event);
                    input.set_value(&value.get_untracked());
                    editing.set(true);
                    input.select();
                }
                on:input=move |event| value.set(event_target_value(&event))
                on:blur=move |_| {
                    let typed = value.try_get_untracked();
                    if let Some(plain) = typed.and_then(|typed| format::parse_amount(&typed)) {
                        value.set(plain);
                    }
                    editing.try_set(false);
                }
            />
        </div>
    }
}

/// A calendar day. `1121`, `明天` and `2026/1/5` are understood; the button opens the browser's calendar.
#[component]
pub fn DateInput(value: RwSignal<String>, #[prop(optional_no_strip, into)] label: Option<String>) -> impl IntoView {
    let Control { id, described_by, invalid, required, label } = control(label);
    let picker = NodeRef::<leptos::html::Input>::new();
    view! {
        <div class="input affix" aria-invalid=move || invalid.get().then_some("true")>
            <input
                id=id
                type="text"
                autocomplete="off"
                placeholder="2026-11-21"
                aria-label=label
                aria-required=required.then_some("true")
                aria-invalid=move || invalid.get().then_some("true")
                aria-describedby=move || described_by.get()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                on:blur=move |_| {
                    let typed = value.try_get_untracked();
                    if let Some(day) = typed.and_then(|typed| format::parse_day(&typed, &format::today())) {
                        value.set(day);
                    }
                }
            />
            <input
                class="sr-only"
                type="date"
                tabindex="-1"
                aria-hidden="true"
                node_ref=picker
                prop:value=move || value.get()
                on:change=move |event| value.set(event_target_value(&event))
            />
            <IconButton
                label=t!("date.pick")
                icon="calendar"
                small=true
                side="end"
                on_press=move |()| {
                    if let Some(picker) = picker.get_untracked() {
                        let _ = picker.show_picker();
                    }
                }
            />
        </div>
    }
}

/// A moment, typed and shown in the reader's own zone.
#[component]
pub fn InstantInput(value: RwSignal<String>, #[prop(optional_no_strip, into)] label: Option<String>) -> impl IntoView {
    let Control { id, described_by, invalid, required, label } = control(label);
    view! {
        <input
            class="input"
            id=id
            type="datetime-local"
            aria-label=label
            aria-required=required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described_by.get()
            prop:value=move || value.with(|instant| format::local_minute(instant))
            on:change=move |event| value.set(format::instant_of_local(&event_target_value(&event)))
        />
    }
}

/// Text of several lines.
#[component]
pub fn TextArea(value: RwSignal<String>, #[prop(optional_no_strip, into)] label: Option<String>) -> impl IntoView {
    let Control { id, described_by, invalid, required, label } = control(label);
    view! {
        <textarea
            class="input"
            id=id
            rows="3"
            aria-label=label
            aria-required=required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described_by.get()
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    }
}

/// One of a few: value and text of each option. Up to about a dozen; more wants a combobox.
#[component]
pub fn SelectInput(
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional_no_strip, into)] label: Option<String>,
    #[prop(optional_no_strip, into)] empty: Option<String>,
) -> impl IntoView {
    let Control { id, described_by, invalid, required, label } = control(label);
    view! {
        <div class="select">
            <select
                class="input"
                id=id
                aria-label=label
                aria-required=required.then_some("true")
                aria-invalid=move || invalid.get().then_some("true")
                aria-describedby=move || described_by.get()
                on:change=move |event| value.set(event_target_value(&event))
            >
                {empty.map(|text| view! { <option value="" selected=move || value.with(String::is_empty)>{text}</option> })}
                {move || options.get().into_iter().map(|(key, text)| {
                    let own = key.clone();
                    view! { <option value=key selected=move || value.with(|value| *value == own)>{text}</option> }
                }).collect_view()}
            </select>
            <Icon name="chevron-down"/>
        </div>
    }
}
