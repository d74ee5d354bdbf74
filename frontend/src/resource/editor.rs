//! The control that edits a field, by its kind.

use domain::{Definition, Kind};
use leptos::prelude::*;

use super::entry::{self, Entry, Speaks, Typed};
use super::lines::LineEntry;
use super::{labels, lines, making};
use crate::ui::{
    AmountInput, ChoiceChips, Combobox, DateInput, Field, Icon, InstantInput, SelectInput, Suggestions, Switch,
    TagInput, TextArea, TextInput,
};
use crate::{format, t};

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
        (Kind::References(resource), Typed::Several(chosen)) => {
            let on_create = making::offered(resource, chosen);
            view! { <Combobox chosen search=entry::searching(resource) many=true label on_create/> }.into_any()
        }
        (Kind::Choices(_), Typed::Several(chosen)) => {
            view! { <Combobox chosen search=entry::among(field) many=true label/> }.into_any()
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
        (Kind::Instant, Typed::Text(value)) => view! { <InstantInput value label/> }.into_any(),
        (Kind::Date, Typed::Text(value)) => view! { <DateInput value label/> }.into_any(),
        (Kind::Decimal | Kind::Amount | Kind::Percent, Typed::Text(value)) => {
            view! { <AmountInput value label/> }.into_any()
        }
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
    framed(definition, entry, move || control(definition, entry, None))
}

/// The same where a new record is written down in passing: a choice is one press, and so is a day that people plan with.
pub fn quick(definition: &'static Definition, entry: Entry) -> AnyView {
    let shown = move || match (entry.field.kind, entry.typed) {
        (Kind::Choice(words), Typed::Text(value)) if words.len() <= CHIPS => {
            let options = entry::options(definition, entry.field);
            view! { <ChoiceChips value options label=labels::field(definition, entry.field)/> }.into_any()
        }
        (Kind::Date, Typed::Text(value)) => {
            let offered = format::coming_days().map(|(key, day)| (t!(key), day)).to_vec();
            view! { {control(definition, entry, None)} <Suggestions value offered/> }.into_any()
        }
        _ => control(definition, entry, None),
    };
    framed(definition, entry, shown)
}

/// Most choices that are shown side by side.
const CHIPS: usize = 6;

fn framed(
    definition: &'static Definition,
    entry: Entry,
    control: impl FnOnce() -> AnyView + Send + 'static,
) -> AnyView {
    let field = entry.field;
    if let Kind::Lines(_) = field.kind {
        // Each cell has a name of its own.
        let fault = move || {
            let told = |text| view! { <p class="field-error" role="alert"><Icon name="circle-alert"/>{text}</p> };
            entry.fault.get().map(told)
        };
        let id = input_id(field.key);
        return view! { <div class="wide field" id=id tabindex="-1">{control()}{fault}</div> }.into_any();
    }
    let hint = match field.kind {
        Kind::Phones | Kind::Emails => t!("form.several"),
        Kind::Date => t!("form.date"),
        _ => labels::help(field),
    };
    view! {
        <Field
            label=labels::field(definition, field)
            id=input_id(field.key)
            required=entry.required && field.kind != Kind::Bool
            error=entry.fault
            hint
            wide=field.kind == Kind::LongText
        >
            {control()}
        </Field>
    }
    .into_any()
}

/// An amount that lines make, for reading: what stood there before them counts no more.
pub fn summed(
    definition: &'static Definition,
    entry: Entry,
    typed: RwSignal<Vec<LineEntry>>,
    speaks: Speaks,
) -> AnyView {
    let (label, id) = (labels::field(definition, entry.field), input_id(entry.field.key));
    let shown = lines::sum(id.clone(), entry.field.key, typed, speaks);
    view! { <Field label id hint=t!("lines.sum")>{shown}</Field> }.into_any()
}

/// The id of a field's control, so that a summary of faults can lead to it.
pub fn input_id(key: &str) -> String {
    format!("field-{key}")
}
