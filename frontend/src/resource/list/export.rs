//! The records of a view as a file: the same filter, and the columns one sees or all of them.

use domain::field::Access;
use domain::listing::{Listing, Sort};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::ListState;
use crate::api::exports::{self, Wish};
use crate::resource::labels;
use crate::ui::{Button, Dialog, Field, Kind, SelectInput, toast, toast_error};
use crate::{lazy, t, work};

type Draw = fn(ListState, RwSignal<bool>) -> AnyView;

#[leptos::wasm_split::wasm_split(filter, wasm_split_path = ::leptos::wasm_split, fallible)]
fn export_dialog() -> Result<Draw, lazy::Missing> {
    Ok(|list, open| view! { <Export list open/> }.into_any())
}

/// The dialog, fetched when somebody first wants it.
#[component]
pub fn ExportDialog(list: ListState, open: RwSignal<bool>) -> impl IntoView {
    lazy::overlay(open, export_dialog, move |draw: Draw| draw(list, open))
}

#[component]
fn Export(list: ListState, open: RwSignal<bool>) -> impl IntoView {
    let definition = list.definition;
    let (format, columns) = (RwSignal::new("csv".to_owned()), RwSignal::new("shown".to_owned()));
    let begin = move || {
        open.set(false);
        let Listing { filter, q, mut sort, .. } = list.listing.get_untracked();
        if sort.is_empty() {
            // What a list does without being told.
            sort.push(Sort { field: "updated_at".to_owned(), descending: true });
        }
        let chosen = columns.with_untracked(|columns| (columns == "shown").then(|| shown_columns(list)));
        let wish = Wish { resource: definition.name, filter, q, sort, columns: chosen, format: format.get_untracked() };
        spawn_local(async move {
            match exports::start(&wish).await {
                Ok(job) => {
                    toast(t!("export.begun"));
                    work::follow(job);
                }
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
        });
    };
    let formats = vec![("csv".to_owned(), t!("export.csv")), ("ndjson".to_owned(), t!("export.ndjson"))];
    let which = vec![("shown".to_owned(), t!("export.shown")), ("all".to_owned(), t!("export.all"))];
    let (formats, which) = (StoredValue::new(formats), StoredValue::new(which));
    view! {
        <Dialog open title=t!("export.title", resource = labels::plural(definition.name)) footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("export.begin") kind=Kind::Primary on_press=move |()| begin()/>
        }>
            <p class="muted">{move || t!("export.what", total = list.total.get())}</p>
            <Field label=t!("export.format")><SelectInput value=format options=Signal::stored(formats.get_value())/></Field>
            <Field label=t!("export.columns")><SelectInput value=columns options=Signal::stored(which.get_value())/></Field>
        </Dialog>
    }
}

/// The columns on screen that a file can hold: those that an import could bring back.
fn shown_columns(list: ListState) -> Vec<String> {
    list.fields.with_untracked(|fields| {
        let own = fields.iter().filter(|field| {
            field.access != Access::ReadOnly && list.definition.own_fields().any(|known| known.key == field.key)
        });
        own.map(|field| field.key.to_owned()).collect()
    })
}
