//! Tells lists and panels that records of a resource changed elsewhere on this page.

use std::cell::Cell;

use leptos::prelude::*;

/// How often records of each resource changed: several may change at once, and none of them is forgotten.
type Touched = Vec<(String, u32)>;

thread_local! {
    static TOUCHED: Cell<Option<RwSignal<Touched>>> = const { Cell::new(None) };
}

fn signal() -> RwSignal<Touched> {
    if let Some(known) = TOUCHED.get().filter(|known| !known.is_disposed()) {
        return known;
    }
    let fresh = RwSignal::new(Touched::new());
    TOUCHED.set(Some(fresh));
    fresh
}

/// Records of this resource changed.
pub fn touch(resource: &str) {
    signal().update(|touched| match touched.iter_mut().find(|(known, _)| known == resource) {
        Some((_, number)) => *number += 1,
        None => touched.push((resource.to_owned(), 1)),
    });
}

/// Grows with each change of the resource's records. Read it with `get`: a memo that is only tracked never looks.
pub fn touches(resource: &'static str) -> Memo<u32> {
    let signal = signal();
    Memo::new(move |_| {
        signal.with(|touched| touched.iter().find(|(known, _)| known == resource).map_or(0, |(_, number)| *number))
    })
}

/// Make the signal belong to the root, so that it outlives every page.
pub fn start() {
    signal();
}
