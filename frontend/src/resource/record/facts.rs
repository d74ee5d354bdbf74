//! The facts of a record in their groups; each is edited where it stands, and shown in the clear to those who may.

use domain::field::Access;
use domain::permission::{Action, Right};
use domain::{Definition, Field, Kind, masking};
use leptos::prelude::*;
use serde_json::Value;

use super::RecordState;
use super::reveal::Reveal;
use crate::api::records::Item;
use crate::resource::entry::Entry;
use crate::resource::{cells, editor, labels};
use crate::ui::IconButton;
use crate::{dom, net, session, t};

/// The facts in their groups, each a card.
pub fn facts_cards(state: RecordState) -> AnyView {
    let definition = state.definition;
    let may_edit = session::may(definition.name, Action::Update);
    groups(definition)
        .into_iter()
        .map(|group| {
            let told_of = move |item: &Item| definition.own_fields().any(|field| field.group == group && says(field, item));
            view! {
                <section class="card" hidden=move || !state.item.with(told_of)>
                    <header class="card-head"><h2>{labels::group(group)}</h2></header>
                    <dl class="card-body facts">
                        {definition.own_fields().filter(|field| field.group == group).filter_map(|field| {
                            let right = session::right(definition.name, field);
                            let editable = may_edit && !matches!(field.kind, Kind::Id | Kind::Reference("attachments")) && !is_kind_of_link(definition, field) && field.access == Access::Writable && right == Right::Write;
                            (right > Right::None).then(|| told(state, field, editable))
                        }).collect_view()}
                    </dl>
                </section>
            }
        })
        .collect_view()
        .into_any()
}

/// Whether the field says where a link leads, which is said when the record is made.
fn is_kind_of_link(definition: &Definition, field: &Field) -> bool {
    definition.link.is_some_and(|link| link.kind == field.key)
}

/// The groups of a resource's fields, in the order of the field list.
fn groups(definition: &Definition) -> Vec<&'static str> {
    let mut groups = Vec::new();
    for field in definition.own_fields() {
        if !groups.contains(&field.group) {
            groups.push(field.group);
        }
    }
    groups
}

/// Whether a field says something of a record; where the reader may not know the case, whether it is filled in.
fn says(field: &Field, item: &Item) -> bool {
    field.applies(&item.document) || !item.document.get(field.key).is_none_or(is_empty)
}

/// A field as long as it says something of the record.
fn told(state: RecordState, field: &'static Field, editable: bool) -> AnyView {
    if field.only_when.is_none() {
        return fact(state, field, editable);
    }
    let says = Memo::new(move |_| state.item.with(|item| says(field, item)));
    (move || says.get().then(|| fact(state, field, editable))).into_any()
}

fn fact(state: RecordState, field: &'static Field, editable: bool) -> AnyView {
    let definition = state.definition;
    let label = labels::field(definition, field);
    let hint = t!("record.edit-field", name = label.clone());
    let revealing = RwSignal::new(false);
    let may_reveal = field.personal && session::may(definition.name, Action::Reveal);
    let masked = Memo::new(move |_| may_reveal && state.item.with(|item| is_masked(item.document.get(field.key))));
    let value = move || state.item.with(|item| cells::whole(definition, field, &item.document));
    let shown = move || {
        if state.editing.get() == Some(field.key) {
            return fact_editor(state, field);
        }
        // A link inside a button would be two controls in one.
        let is_issued = state.item.with(|item| definition.is_issued(&item.document));
        if !editable || is_issued || net::is_lost() || masked.get() || matches!(field.kind, Kind::Reference(_)) {
            return view! { <span class="fact-value">{value()}</span> }.into_any();
        }
        view! {
            <button type="button" class="fact-value" title=hint.clone() on:click=move |_| state.editing.set(Some(field.key))>
                {value()}
            </button>
        }
        .into_any()
    };
    if let Kind::Lines(_) = field.kind {
        // The card is headed by what they are, and has room for them; they are edited on the form.
        return view! { <div class="fact" data-lines="true"><dt class="sr-only">{label}</dt><dd>{value}</dd></div> }
            .into_any();
    }
    let reveal_label = t!("reveal.show", name = label.clone());
    view! {
        <div class="fact" data-wide=(field.kind == Kind::LongText).then_some("true")>
            <dt>{label}</dt>
            <dd>
                {shown}
                {move || (state.editing.get() != Some(field.key)).then(|| {
                    let ways = state.item.with(|item| cells::ways(field, &item.document));
                    (!ways.is_empty()).then(|| view! { <span class="fact-ways">{ways}</span> })
                })}
                {move || masked.get().then(|| view! {
                    <IconButton label=reveal_label.clone() icon="eye" small=true on_press=move |()| revealing.set(true)/>
                    <Reveal state field open=revealing/>
                })}
            </dd>
        </div>
    }
    .into_any()
}

/// Whether a value, or one of its values, is hidden in part.
fn is_masked(value: Option<&Value>) -> bool {
    match value {
        Some(Value::String(text)) => text.contains(masking::MARK),
        Some(Value::Array(items)) => items.iter().any(|item| is_masked(Some(item))),
        _ => false,
    }
}

fn fact_editor(state: RecordState, field: &'static Field) -> AnyView {
    let entry = state.item.with_untracked(|item| Entry::of(field, &item.document));
    let done = StoredValue::new(false);
    let commit = move || {
        // Ending the edit takes the editor off the page, which looks like leaving it once more.
        if done.try_get_value() == Some(false) && untrack(|| entry.check()) {
            done.set_value(true);
            state.save(entry);
        }
    };
    dom::focus_soon(".fact-editor input, .fact-editor select, .fact-editor textarea");
    view! {
        <div
            class="fact-editor"
            on:keydown=move |event| {
                if dom::is_composing(&event) || event.default_prevented() {
                    return;
                }
                match event.key().as_str() {
                    "Enter" if field.kind != Kind::LongText => { event.prevent_default(); commit(); }
                    "Escape" => {
                        event.prevent_default();
                        done.set_value(true);
                        state.editing.set(None);
                    }
                    _ => {}
                }
            }
            on:focusout=move |event| if crate::ui::focus_left(&event) { commit(); }
        >
            {editor::control(state.definition, entry, Some(labels::field(state.definition, field)))}
            {move || entry.fault.get().map(|fault| view! { <p class="field-error" role="alert">{fault}</p> })}
        </div>
    }
    .into_any()
}

/// The facts of a record for reading only.
pub fn facts(definition: &'static Definition, item: &Item) -> AnyView {
    let document = &item.document;
    let shown = definition
        .fields
        .iter()
        .filter(|field| field.key != definition.title && !document.get(field.key).is_none_or(is_empty));
    view! {
        <dl>
            {shown.map(|field| view! {
                <div class="fact"><dt>{labels::field(definition, field)}</dt><dd>{cells::whole(definition, field, document)}</dd></div>
            }).collect_view()}
        </dl>
    }.into_any()
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}
