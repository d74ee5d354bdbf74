use leptos::prelude::*;

use super::Icon;
use crate::{dom, t};

/// What a control inside a [`Field`] must know to be named and described by it.
#[derive(Debug, Clone)]
pub struct Control {
    pub id: String,
    pub described_by: Signal<Option<String>>,
    pub invalid: Signal<bool>,
    pub required: bool,
    /// A name of its own, for a control that stands without a field.
    pub label: Option<String>,
}

/// The control's part of the surrounding field; a control without a field brings its own label.
pub fn control(label: Option<String>) -> Control {
    match use_context::<Control>() {
        Some(control) if label.is_none() => control,
        _ => Control {
            id: dom::fresh_id("control"),
            described_by: Signal::default(),
            invalid: Signal::default(),
            required: false,
            label,
        },
    }
}

/// Label, control, hint and error. Any input of the kit placed inside is connected with all of them.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] id: String,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let id = if id.is_empty() { dom::fresh_id("field") } else { id };
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = {
        let hint_id = (!hint.is_empty()).then(|| hint_id.clone());
        let error_id = error_id.clone();
        Signal::derive(move || match (error.with(Option::is_some), &hint_id) {
            (true, Some(hint_id)) => Some(format!("{error_id} {hint_id}")),
            (true, None) => Some(error_id.clone()),
            (false, hint_id) => hint_id.clone(),
        })
    };
    provide_context(Control {
        id: id.clone(),
        described_by: described,
        invalid: Signal::derive(move || error.with(Option::is_some)),
        required,
        label: None,
    });
    view! {
        <div class="field" class:wide=wide>
            <label class="field-label" for=id>
                {label}
                {required.then(|| view! { <span class="field-required">{t!("field.required")}</span> })}
            </label>
            {children()}
            {(!hint.is_empty()).then(|| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {move || error.get().map(|text| view! {
                <p class="field-error" id=error_id.clone()><Icon name="circle-alert"/>{text}</p>
            })}
        </div>
    }
}
