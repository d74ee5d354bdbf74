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

/// Two buttons for each field that names several records.
pub fn buttons(definition: &'static Definition, on_apply: Callback<Change>) -> AnyView {
    let changes = |field: &&'static Field| {
        let open = matches!(field.kind, Of::References(_)) && field.access == Access::Writable;
        open && session::right(definition.name, field) == Right::Write
    };
    let may = session::may(definition.name, Action::Update);
    let fields = definition.own_fields().filter(|_| may).filter(changes);
    fields
        .map(|field| {
            let (adding, removing) = (RwSignal::new(false), RwSignal::new(false));
            let name = labels::field(definition, field).to_lowercase();
            let add = t!("bulk.add", name = name);
            let remove = t!("bulk.remove", name = name);
            view! {
                <Button label=add.clone() icon="tag" kind=Kind::Quiet writes=true on_press=move |()| adding.set(true)/>
                <Button label=remove.clone() kind=Kind::Quiet writes=true on_press=move |()| removing.set(true)/>
                {dialog(definition, field, adding, add, Callback::new(move |ids| on_apply.run(Change::Add(field.key, ids))))}
                {dialog(definition, field, removing, remove, Callback::new(move |ids| on_apply.run(Change::Remove(field.key, ids))))}
            }
        })
        .collect_view()
        .into_any()
}

/// Asks which records. Those to be added can be made on the spot.
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
