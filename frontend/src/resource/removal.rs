//! Deleting, with the way back.

use domain::Definition;
use leptos::task::spawn_local;

use super::form::name_of;
use super::{address, in_use, labels, touch};
use crate::api::records::{self, Item};
use crate::ui::{toast, toast_error, toast_undo};
use crate::{dom, t};

/// Delete a record at once, leave its page if one is on it, and offer to take it back. If others name the record, ask
/// what they shall name instead.
pub fn delete(definition: &'static Definition, item: Item, leave: bool) {
    spawn_local(async move {
        let name = name_of(definition, &item).unwrap_or_default();
        match records::delete(definition.name, &item.id, &item.etag).await {
            Ok(()) => {
                let id = item.id.clone();
                toast_undo(t!("record.deleted", name = name), move || restore(definition, id.clone()));
                // The page of the record would ask for it once more; the list reads itself anew when it opens.
                if leave {
                    dom::follow(&address::list(definition.name));
                } else {
                    touch(definition.name);
                }
            }
            Err(problem) if in_use::explain(definition, &item, leave, &problem) => {}
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}

/// Bring a deleted record back.
pub fn restore(definition: &'static Definition, id: String) {
    spawn_local(async move {
        bring_back(definition, &id).await;
    });
}

/// The same for who waits for it; tells whether the record is back.
pub async fn bring_back(definition: &'static Definition, id: &str) -> bool {
    match records::restore(definition.name, id).await {
        Ok(item) => {
            touch(definition.name);
            toast(t!("record.restored", name = name_of(definition, &item).unwrap_or_default()));
            true
        }
        Err(problem) => {
            toast_error(format!("{} {}", problem.title, problem.detail));
            false
        }
    }
}

/// Tell that a record was made, with the way back.
pub fn created(definition: &'static Definition, item: &Item) {
    let name = name_of(definition, item).unwrap_or_else(|| labels::singular(definition.name));
    let item = item.clone();
    toast_undo(t!("record.created", name = name), move || delete(definition, item.clone(), false));
}
