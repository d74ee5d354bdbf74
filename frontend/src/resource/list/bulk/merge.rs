//! Records of a small list that give way to one of them, such as tags that mean the same: whatever names them names that one
//! from then on.

use domain::permission::Action;
use domain::{Definition, Fault};
use leptos::prelude::*;

use crate::api::bulk::Change;
use crate::resource::{entry, labels};
use crate::ui::{Button, Choice, Combobox, Dialog, Field, Kind};
use crate::{edition, session, t};

/// The resources whose records name these.
pub fn naming(definition: &'static Definition) -> impl Iterator<Item = &'static str> {
    let all = edition::catalogue().iter();
    let naming = all.filter(|other| other.references().any(|(_, to)| to == definition.name));
    naming.map(|other| other.name)
}

/// Of what somebody is in charge of, each is one of its own.
pub fn may(definition: &'static Definition) -> bool {
    let is_list = !definition.placed && definition.transferred;
    is_list && session::may(definition.name, Action::Delete) && naming(definition).next().is_some()
}

#[component]
pub fn MergeDialog(definition: &'static Definition, open: RwSignal<bool>, on_apply: Callback<Change>) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<Choice>::new());
    let fault = RwSignal::new(None::<String>);
    let apply = move || match chosen.with_untracked(|chosen| chosen.first().map(|choice| choice.value.clone())) {
        Some(successor) => {
            open.set(false);
            chosen.set(Vec::new());
            fault.set(None);
            on_apply.run(Change::Replace(successor));
        }
        None => fault.set(Some(entry::sentence(&Fault::new("", "required")))),
    };
    view! {
        <Dialog open title=t!("bulk.merge") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("bulk.merge-go") kind=Kind::Danger on_press=move |()| apply()/>
        }>
            <p>{t!("bulk.merge-text")}</p>
            <Field label=t!("bulk.merge-into", resource = labels::singular(definition.name)) required=true error=fault>
                <Combobox chosen search=entry::searching(definition.name)/>
            </Field>
        </Dialog>
    }
}
