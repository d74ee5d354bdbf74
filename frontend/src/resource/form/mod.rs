//! The generic form: creates or edits a record from its field list.
//!
//! What the field list says is checked here as on the server; what only the server knows lands on the same fields.
//! Only changed members are sent, typed text is kept as a draft until it is saved, and a conflict with somebody
//! else's change is joined or asked.

mod page;
mod state;
mod summary;

use domain::permission::Right;
use domain::{Field, Kind};
use leptos::prelude::*;

pub use self::page::{FormPage, Restored, expansions, name_of};
pub use self::state::Form;
use self::summary::Summary;
use super::conflict_dialog::ConflictDialog;
use super::entry::{Entry, Said, Speaks};
use super::{alike, editor, labels};
use crate::edition;
use crate::session;

/// The fields of a form, in groups, with the summary of faults above them.
#[component]
pub fn FormFields(form: Form) -> impl IntoView {
    let entries = form.entries.get_value();
    provide_context(Said(Callback::new(move |()| form.whole())));
    let speaks = form.speaks();
    provide_context(speaks);
    let mut groups: Vec<&'static str> = Vec::new();
    for entry in &entries {
        if !groups.contains(&entry.field.group) {
            groups.push(entry.field.group);
        }
    }
    // A handful of fields needs no headings.
    let single = groups.len() < 2 || entries.len() <= 8;
    if single {
        groups.truncate(1);
    }
    view! {
        <Summary form/>
        {alike::told(form)}
        {groups.into_iter().map(|group| {
            let fields = entries.iter().filter(|entry| single || entry.field.group == group)
                .map(|entry| asked(form, *entry, speaks))
                .collect_view();
            let hidden = {
                let of_group = entries.iter().filter(|entry| single || entry.field.group == group);
                let of_group: Vec<_> = of_group.map(|entry| entry.field).collect();
                move || !of_group.iter().any(|field| form.applies(field))
            };
            view! {
                <section class="form-group" hidden=hidden>
                    {(!single).then(|| view! { <h2>{labels::group(group)}</h2> })}
                    <div class="form-grid">{fields}</div>
                </section>
            }
        }).collect_view()}
        <ConflictDialog definition=form.definition conflict=form.conflict on_resolved=move |(item, patch)| form.resolve(item, patch)/>
    }
}

/// A field, as long as it says anything of the record as it is typed so far. What was typed into it is not lost meanwhile.
fn asked(form: Form, entry: Entry, speaks: Speaks) -> AnyView {
    let control = move || match form.quick {
        true => editor::quick(form.definition, entry),
        false => editor::labelled(form.definition, entry),
    };
    if let Some(typed) = form.summed_in(entry.field) {
        let is_summed = Memo::new(move |_| !typed.with(Vec::is_empty));
        let shown = move || match is_summed.get() {
            true => editor::summed(form.definition, entry, typed, speaks),
            false => control(),
        };
        return shown.into_any();
    }
    if entry.field.only_when.is_none() {
        return control();
    }
    let applies = Memo::new(move |_| form.applies(entry.field));
    (move || applies.get().then(control)).into_any()
}

/// What a record is about is said where one makes it.
fn is_link(resource: &str, field: &Field) -> bool {
    let link = edition::find(resource).and_then(|definition| definition.link);
    link.is_some_and(|link| field.key == link.kind || field.key == link.id)
}

/// A number is given, and a picture is chosen among the files of the record.
fn is_made_elsewhere(field: &Field) -> bool {
    field.numbered.is_some() || field.kind == Kind::Reference("attachments")
}

fn is_state(resource: &str, field: &Field) -> bool {
    edition::find(resource).is_some_and(|definition| definition.state == Some(field.key))
}

/// Whether a form asks for this field at all.
fn is_asked(resource: &str, field: &Field, new: bool) -> bool {
    if session::right(resource, field) < Right::Write || is_link(resource, field) || is_made_elsewhere(field) {
        return false;
    }
    match field.access {
        domain::field::Access::Writable => true,
        // Where a record begins is not asked.
        domain::field::Access::CreateOnly => new && !is_state(resource, field),
        domain::field::Access::ReadOnly => false,
    }
}
