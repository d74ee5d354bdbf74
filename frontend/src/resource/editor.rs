//! The control that edits a field, by its kind.

use domain::{Definition, Kind};
use leptos::prelude::*;

use super::entry::{self, Entry, Typed};
use super::{labels, lines};
use crate::t;
use crate::ui::{AmountInput, Combobox, DateInput, Field, SelectInput, Switch, TagInput, TextArea, TextInput};

/// The bare control; `label` names it where no field stands around it.
pub fn control(definition: &'static Definition, entry: Entry, label: Option<String>) -> AnyView {
    let field = entry.field;
    match (field.kind, entry.typed) {
        (Kind::Reference(resource), Typed::Picked(chosen)) => {
            view! { <Combobox chosen search=entry::searching(resource) label/> }.into_any()
        }
        (Kind::Reference(resource), Typed::Several(chosen)) => {
            view! { <Combobox chosen search=entry::searching(resource) many=true label/> }.into_any()
        }
        (Kind::Lines(columns), Typed::Lines(typed)) => lines::grid(definition, columns, typed),
        (_, Typed::Picked(_) | Typed::Several(_) | Typed::Lines(_)) => ().into_any(),
        (_, Typed::Flag(value)) => view! { <Switch value label/> }.into_any(),
        (_, Typed::Words(value)) => view! { <TagInput value label/> }.into_any(),
        (Kind::Choice(_), Typed::Text(value)) => {
            let empty = if field.required { None } else { Some(t!("value.none")) };
            let options = Signal::stored(entry::options(definition, field));
            view! { <SelectInput value options label empty/> }.into_any()
        }
        (Kind::Date, Typed::Text(value)) => view! { <DateInput value label/> }.into_any(),
        (Kind::Decimal | Kind::Amount, Typed::Text(value)) => view! { <AmountInput value label/> }.into_any(),
        (Kind::LongText, Typed::Text(value)) => view! { <TextArea value label/> }.into_any(),
        (kind, Typed::Text(value)) => {
            let kind_name = match kind {
                Kind::Email => "email",
                Kind::Phone => "tel",
                Kind::Url => "url",
                _ => "text",
            };
            view! { <TextInput value label kind=kind_name number=kind == Kind::Integer/> }.into_any()
        }
    }
}

/// The control with its label, hint and fault.
pub fn labelled(definition: &'static Definition, entry: Entry) -> AnyView {
    let field = entry.field;
    if let Kind::Lines(_) = field.kind {
        // Each cell has a name of its own.
        return view! { <div class="wide" id=input_id(field.key) tabindex="-1">{control(definition, entry, None)}</div> }.into_any();
    }
    let hint = match field.kind {
        Kind::Phones | Kind::Emails | Kind::Tags => t!("form.several"),
        Kind::Date => t!("form.date"),
        _ => String::new(),
    };
    view! {
        <Field
            label=labels::field(definition, field)
            id=input_id(field.key)
            required=entry.required
            error=entry.fault
            hint
            wide=field.kind == Kind::LongText
        >
            {control(definition, entry, None)}
        </Field>
    }
    .into_any()
}

/// The id of a field's control, so that a summary of faults can lead to it.
pub fn input_id(key: &str) -> String {
    format!("field-{key}")
}
