//! The names of records that are known only by their id, such as those in an address bar. Each is asked once.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;

use crate::api::records;
use crate::edition;
use crate::t;

thread_local! {
    static NAMES: RefCell<HashMap<String, Called>> = RefCell::new(HashMap::new());
}

/// What a record is called, and the colour that it has, if it has one; both empty until they are known.
#[derive(Clone, Default)]
pub struct Called {
    pub name: ArcRwSignal<String>,
    pub hue: ArcRwSignal<String>,
}

/// The name, empty until it is known.
pub fn name_of(resource: &'static str, id: &str) -> ArcRwSignal<String> {
    if id == "@me" {
        return ArcRwSignal::new(t!("filter.me"));
    }
    called(resource, id).name
}

pub fn called(resource: &'static str, id: &str) -> Called {
    if let Some(known) = NAMES.with_borrow(|names| names.get(id).cloned()) {
        return known;
    }
    let called = Called::default();
    NAMES.with_borrow_mut(|names| names.insert(id.to_owned(), called.clone()));
    let (id, answer) = (id.to_owned(), called.clone());
    leptos::task::spawn_local(async move {
        let (title, colour) = edition::find(resource).map_or(("name", None), |of| (of.title, of.colour));
        let found = records::find(resource, &id, &[]).await.ok();
        let text = |key: &str| found.as_ref()?.document.get(key)?.as_str().map(str::to_owned);
        answer.hue.set(colour.and_then(text).unwrap_or_default());
        answer.name.set(text(title).unwrap_or_else(|| t!("value.hidden")));
    });
    called
}
