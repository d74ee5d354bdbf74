//! Tells lists and panels that records of a resource changed elsewhere on this page.

use std::cell::Cell;

use leptos::prelude::*;

thread_local! {
    static TOUCHED: Cell<Option<RwSignal<(String, u32)>>> = const { Cell::new(None) };
}

fn signal() -> RwSignal<(String, u32)> {
    if let Some(known) = TOUCHED.get().filter(|known| !known.is_disposed()) {
        return known;
    }
    let fresh = RwSignal::new((String::new(), 0));
    TOUCHED.set(Some(fresh));
    fresh
}

/// Records of this resource changed.
pub fn touch(resource: &str) {
    let number = signal().with_untracked(|(_, number)| number + 1);
    signal().set((resource.to_owned(), number));
}

/// Grows with each change of the resource's records. Read it with `get`: a memo that is only tracked never looks.
pub fn touches(resource: &'static str) -> Memo<u32> {
    let signal = signal();
    Memo::new(move |before| {
        let before = before.copied().unwrap_or_default();
        signal.with(|(touched, number)| if touched == resource { *number } else { before })
    })
}

/// Make the signal belong to the root, so that it outlives every page.
pub fn start() {
    signal();
}
