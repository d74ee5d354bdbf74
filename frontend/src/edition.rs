//! The resources and their fields as this page knows them: those of the program, and those that administrators made. The
//! page is drawn anew when there are others.

use std::cell::Cell;

use domain::Definition;
use domain::catalogue::Catalogue;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError as Missing;
use serde_json::Value;

use crate::api::Call;
use crate::upkeep;

/// Makes an edition out of what the server tells of fields.
type Read = fn(Value) -> &'static Catalogue;

thread_local! {
    static CURRENT: Cell<Option<&'static Catalogue>> = const { Cell::new(None) };
    static TOLD: Cell<Option<StoredValue<Value>>> = const { Cell::new(None) };
    static CHANGES: Cell<Option<RwSignal<u32>>> = const { Cell::new(None) };
}

/// Counts the editions. The root asks first, so that the signal is its own.
pub fn changes() -> RwSignal<u32> {
    if let Some(known) = CHANGES.get() {
        return known;
    }
    let (fresh, told) = (RwSignal::new(0), StoredValue::new(Value::Null));
    CHANGES.set(Some(fresh));
    TOLD.set(Some(told));
    fresh
}

pub fn catalogue() -> &'static Catalogue {
    CURRENT.get().unwrap_or_else(Catalogue::built)
}

pub fn find(name: &str) -> Option<&'static Definition> {
    catalogue().find(name)
}

/// Asks which fields there are. Should that fail, those that are known stay.
pub async fn learn() {
    let Ok(mut answer) = Call::get("/meta").send().await else { return };
    let (changes, Some(told)) = (changes(), TOLD.get()) else { return };
    let fields = answer.body["fields"].take();
    let is_first = CURRENT.get().is_none() && fields.as_array().is_none_or(Vec::is_empty);
    if is_first || told.with_value(|known| *known == fields) {
        return;
    }
    match read().await {
        Ok(read) => {
            CURRENT.set(Some(read(fields.clone())));
            told.set_value(fields);
            changes.update(|count| *count += 1);
        }
        // The next look brings it, unless there is a newer client.
        Err(_) => drop(upkeep::is_replaced().await),
    }
}

/// Few houses make no field, but nobody waits for what reads them before the first page.
#[leptos::wasm_split::wasm_split(edition, wasm_split_path = ::leptos::wasm_split, fallible)]
fn read() -> Result<Read, Missing> {
    Ok(|fields| {
        let made: Vec<domain::platform::CustomField> = serde_json::from_value(fields).unwrap_or_default();
        let made: Vec<_> = made.iter().map(|field| (field.resource.as_str(), field.declared())).collect();
        Catalogue::with(&made)
    })
}
