//! Editing one value in its cell: saved at once, shown at once, and taken back if the server refuses.

use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Map;

use super::ListState;
use crate::api::records::{self, Item};
use crate::resource::entry::Entry;
use crate::resource::{editor, labels};
use crate::ui::{toast_error, toast_undo};
use crate::{dom, session, t};

pub fn cell_editor(list: ListState, row: usize, column: usize) -> AnyView {
    let found = list.page.with_untracked(|page| page.items.get(row).cloned());
    let field = list.fields.with_untracked(|fields| fields.get(column).copied());
    let (Some(item), Some(field)) = (found, field) else { return ().into_any() };
    if !session::may(list.definition.name, Action::Update) {
        return ().into_any();
    }
    let entry = Entry::of(field, &item.document);
    let item = StoredValue::new(item);
    let done = StoredValue::new(false);
    let commit = move || {
        // Ending the edit takes the editor off the page, which looks like leaving it once more.
        if done.try_get_value() != Some(false) {
            return;
        }
        if !untrack(|| entry.check()) {
            return;
        }
        done.set_value(true);
        list.grid.end_edit();
        save(list, item.get_value(), entry);
    };
    dom::focus_soon(".cell-editor input, .cell-editor select, .cell-editor textarea");
    view! {
        <div
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    done.set_value(true);
                }
                let ends = matches!(event.key().as_str(), "Enter" | "Tab");
                if ends && !dom::is_composing(&event) && !event.default_prevented() {
                    event.prevent_default();
                    event.stop_propagation();
                    commit();
                }
            }
            on:focusout=move |event| if crate::ui::focus_left(&event) { commit(); }
        >
            {editor::control(list.definition, entry, Some(labels::field(list.definition, field)))}
            {move || entry.fault.get().map(|fault| view! { <p class="field-error" role="alert">{fault}</p> })}
        </div>
    }
    .into_any()
}

fn save(list: ListState, before: Item, entry: Entry) {
    let key = entry.field.key;
    let value = untrack(|| entry.value());
    let old = before.document.get(key).cloned().unwrap_or_default();
    if value == old {
        return;
    }
    let mut shown = before.clone();
    shown.document.insert(key.to_owned(), value.clone());
    list.replace(&shown);
    spawn_local(async move {
        let patch = records::one(key, value);
        match records::update(list.definition.name, &before.id, &before.etag, &patch).await {
            Ok(saved) => {
                list.replace(&saved);
                // What else it names now has no name yet.
                if let domain::Kind::References(_) = entry.field.kind {
                    list.reload();
                }
                let back = records::one(key, old);
                toast_undo(t!("record.changed", name = labels::field(list.definition, entry.field)), move || {
                    take_back(list, saved.clone(), back.clone());
                });
            }
            Err(problem) => {
                list.replace(&before);
                let words = problem.errors.first().map(|fault| fault.detail.clone()).filter(|words| !words.is_empty());
                toast_error(words.unwrap_or_else(|| format!("{} {}", problem.title, problem.detail)));
                if problem.status == 412 {
                    list.reload();
                }
            }
        }
    });
}

fn take_back(list: ListState, item: Item, patch: Map<String, serde_json::Value>) {
    spawn_local(async move {
        match records::update(list.definition.name, &item.id, &item.etag, &patch).await {
            Ok(saved) => list.replace(&saved),
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
        list.reload();
    });
}
