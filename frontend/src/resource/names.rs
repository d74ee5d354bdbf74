//! The names of records that are known only by their id, such as those in an address bar. Each is asked once.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;
use serde_json::Value;

use crate::api::records;
use crate::edition;
use crate::t;

thread_local! {
    static NAMES: RefCell<HashMap<String, ArcRwSignal<String>>> = RefCell::new(HashMap::new());
}

/// The name, empty until it is known.
pub fn name_of(resource: &'static str, id: &str) -> ArcRwSignal<String> {
    if id == "@me" {
        return ArcRwSignal::new(t!("filter.me"));
    }
    if let Some(known) = NAMES.with_borrow(|names| names.get(id).cloned()) {
        return known;
    }
    let name = ArcRwSignal::new(String::new());
    NAMES.with_borrow_mut(|names| names.insert(id.to_owned(), name.clone()));
    let (id, answer) = (id.to_owned(), name.clone());
    leptos::task::spawn_local(async move {
        let title = edition::find(resource).map_or("name", |definition| definition.title);
        let found = records::find(resource, &id, &[]).await.ok();
        let text = found.and_then(|item| item.document.get(title).and_then(Value::as_str).map(str::to_owned));
        answer.set(text.unwrap_or_else(|| t!("value.hidden")));
    });
    name
}
