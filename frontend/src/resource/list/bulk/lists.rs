//! Records put on many others at once and taken off them, such as tags, whatever else is on each.

use domain::field::{Access, Field, Kind as Of};
use domain::permission::{Action, Right};
use domain::{Definition, Fault};
use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::api::bulk::Change;
use crate::resource::entry::{self, Entry, Typed};
use crate::resource::{editor, labels};
use crate::ui::{Button, Dialog, Kind};
use crate::{session, t};

/// A field that names several records, and whether it is asked which to put on and which to take off.
#[derive(Clone, Copy)]
pub struct Asking {
    definition: &'static Definition,
    field: &'static Field,
    adding: RwSignal<bool>,
    removing: RwSignal<bool>,
}

/// The fields of the kind that the caller may change.
pub fn all(definition: &'static Definition) -> Vec<Asking> {
    let changes = |field: &&'static Field| {
        let open = matches!(field.kind, Of::References(_)) && field.access == Access::Writable;
        open && session::right(definition.name, field) == Right::Write
    };
    let may = session::may(definition.name, Action::Update);
    let fields = definition.own_fields().filter(|_| may).filter(changes);
    let asking = |field| Asking { definition, field, adding: RwSignal::new(false), removing: RwSignal::new(false) };
    fields.map(asking).collect()
}

impl Asking {
    fn words(self) -> (String, String) {
        let name = labels::field(self.definition, self.field).to_lowercase();
        (t!("bulk.add", name = name), t!("bulk.remove", name = name))
    }

    pub fn buttons(self) -> AnyView {
        let ((add, remove), Self { adding, removing, .. }) = (self.words(), self);
        view! {
            <Button label=add icon="tag" kind=Kind::Quiet writes=true on_press=move |()| adding.set(true)/>
            <Button label=remove kind=Kind::Quiet writes=true on_press=move |()| removing.set(true)/>
        }
        .into_any()
    }

    pub fn dialogs(self, on_apply: Callback<Change>) -> AnyView {
        let ((add, remove), Self { definition, field, adding, removing }) = (self.words(), self);
        view! {
            {dialog(definition, field, adding, add, Callback::new(move |ids| on_apply.run(Change::Add(field.key, ids))))}
            {dialog(definition, field, removing, remove, Callback::new(move |ids| on_apply.run(Change::Remove(field.key, ids))))}
        }
        .into_any()
    }
}

/// Asks which records. What is not there yet can be made on the spot.
fn dialog(
    definition: &'static Definition,
    field: &'static Field,
    open: RwSignal<bool>,
    title: String,
    on_apply: Callback<Value>,
) -> AnyView {
    let entry = Entry::of(field, &Map::new());
    let apply = move || {
        let ids = untrack(|| entry.value());
        if ids.as_array().is_none_or(Vec::is_empty) {
            return entry.fault.set(Some(entry::sentence(&Fault::field(field.key, "required"))));
        }
        entry.fault.set(None);
        open.set(false);
        if let Typed::Several(chosen) = entry.typed {
            chosen.set(Vec::new());
        }
        on_apply.run(ids);
    };
    view! {
        <Dialog open title=title.clone() footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("bulk.apply") kind=Kind::Primary on_press=move |()| apply()/>
        }>
            {editor::labelled(definition, entry)}
        </Dialog>
    }
    .into_any()
}
