//! What can be done with many records at once.

use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::ListState;
use crate::api::bulk::{self, Target};
use crate::resource::entry::Entry;
use crate::resource::{editor, labels, touch};
use crate::ui::{BulkBar, Button, Dialog, Field, Kind, SelectInput, toast, toast_error, toast_undo};
use crate::{session, t};

#[component]
pub fn Bulk(list: ListState) -> impl IntoView {
    let definition = list.definition;
    let (editing, deleting) = (RwSignal::new(false), RwSignal::new(false));
    let count = Signal::derive(move || match list.all_matching.get() {
        true => {
            list.page.with(|page| page.info.total.and_then(|total| usize::try_from(total).ok())).unwrap_or_default()
        }
        false => list.grid.selected.with(std::collections::HashSet::len),
    });
    let more = Signal::derive(move || {
        let (whole, shown) = list.page.with(|page| (page.info.total.unwrap_or_default(), page.items.len()));
        let page_selected = list.grid.selected.with(|selected| selected.len() >= shown);
        let beyond = usize::try_from(whole).is_ok_and(|whole| whole > shown);
        (page_selected && beyond && !list.all_matching.get()).then(|| whole.to_string())
    });
    let may = move |action| session::may(definition.name, action);
    view! {
        <BulkBar count all=more on_all=move |()| list.all_matching.set(true) on_clear=move |()| list.clear_selection()>
            {may(Action::Update).then(|| view! { <Button label=t!("bulk.edit") icon="pencil" kind=Kind::Quiet on_press=move |()| editing.set(true)/> })}
            {may(Action::Delete).then(|| view! { <Button label=t!("action.delete") icon="trash-2" kind=Kind::Quiet on_press=move |()| deleting.set(true)/> })}
        </BulkBar>
        <BulkEdit list open=editing/>
        <Dialog
            open=deleting
            title=Signal::derive(move || t!("bulk.delete-title", count = count.get(), resource = labels::plural(definition.name)))
            footer=move || view! {
                <Button label=t!("action.cancel") on_press=move |()| deleting.set(false)/>
                <Button
                    label=Signal::derive(move || t!("bulk.delete", count = count.get()))
                    kind=Kind::Danger
                    on_press=move |()| { deleting.set(false); run(list, None); }
                />
            }
        >
            <p>{t!("bulk.delete-text")}</p>
        </Dialog>
    }
}

/// One field, one value, for all selected records.
#[component]
fn BulkEdit(list: ListState, open: RwSignal<bool>) -> impl IntoView {
    let definition = list.definition;
    let fields = move || {
        definition.fields.iter().filter(|field| {
            field.access == domain::field::Access::Writable && !field.personal && field.key != definition.title
        })
    };
    let key = RwSignal::new(fields().next().map(|field| field.key.to_owned()).unwrap_or_default());
    let entry = Memo::new_with_compare(
        move |_| key.with(|key| definition.field(key)).map(|field| Entry::of(field, &serde_json::Map::new())),
        |_, _| true,
    );
    let options = fields().map(|field| (field.key.to_owned(), labels::field(definition, field))).collect::<Vec<_>>();
    let options = StoredValue::new(options);
    let apply = move || {
        let Some(entry) = entry.get_untracked() else { return };
        if untrack(|| entry.check()) {
            open.set(false);
            run(list, Some((entry.field.key.to_owned(), untrack(|| entry.value()))));
        }
    };
    view! {
        <Dialog open title=t!("bulk.edit") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("bulk.apply") kind=Kind::Primary on_press=move |()| apply()/>
        }>
            <Field label=t!("bulk.field")><SelectInput value=key options=Signal::stored(options.get_value())/></Field>
            {move || entry.get().map(|entry| editor::labelled(definition, entry))}
        </Dialog>
    }
}

/// Change (or, without a change, delete) what is selected, and offer to take it back.
fn run(list: ListState, change: Option<(String, serde_json::Value)>) {
    let definition = list.definition;
    let target = if list.all_matching.get_untracked() {
        let listing = list.listing.get_untracked();
        Target::Matching { filter: listing.filter, q: listing.q }
    } else {
        Target::Items(list.selected_items())
    };
    list.clear_selection();
    spawn_local(async move {
        match bulk::run(definition.name, target, change).await {
            Ok(outcome) => {
                touch(definition.name);
                let words = if outcome.failed == 0 {
                    t!("bulk.done", count = outcome.done)
                } else {
                    t!("bulk.partly", count = outcome.done, failed = outcome.failed)
                };
                match outcome.operation {
                    Some(operation) => toast_undo(words, move || undo(definition.name, operation.clone())),
                    None => toast(words),
                }
            }
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}

fn undo(resource: &'static str, operation: String) {
    spawn_local(async move {
        match bulk::undo(&operation).await {
            Ok(()) => toast(t!("bulk.undone")),
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
        touch(resource);
    });
}
