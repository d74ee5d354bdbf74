//! A list without an end in sight: it goes on as one scrolls, and what is shown stays whatever becomes of the rest.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::record::failed;
use crate::api;
use crate::ui::{Button, Load};
use crate::{dom, t};

/// Entries that are asked for at once, and most that are read anew after a change.
const PAGE: usize = 20;
const MOST: usize = 200;

/// Entries, and where the next ones begin.
pub type Answer<T> = api::Result<(Vec<T>, Option<String>)>;
type Coming<T> = Pin<Box<dyn Future<Output = Answer<T>>>>;
type Fetch<T> = Box<dyn Fn(Option<String>, usize) -> Coming<T>>;

/// What such a list knows.
pub struct Stream<T: Send + Sync + 'static> {
    pub items: RwSignal<Vec<T>>,
    pub load: RwSignal<Load>,
    next: RwSignal<Option<String>>,
    /// Why the entries that should have followed did not come.
    missed: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    round: StoredValue<u32>,
    fetch: StoredValue<Fetch<T>, LocalStorage>,
}

impl<T: Send + Sync + 'static> Clone for Stream<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Stream<T> {}

impl<T: Send + Sync + 'static> Stream<T> {
    /// `fetch` asks for so many entries behind a place.
    pub fn of<F>(fetch: impl Fn(Option<String>, usize) -> F + 'static) -> Self
    where
        F: Future<Output = Answer<T>> + 'static,
    {
        Self {
            items: RwSignal::new(Vec::new()),
            load: RwSignal::new(Load::Waiting),
            next: RwSignal::new(None),
            missed: RwSignal::new(None),
            busy: RwSignal::new(false),
            round: StoredValue::new(0),
            fetch: StoredValue::new_local(Box::new(move |before, limit| Box::pin(fetch(before, limit)))),
        }
    }

    /// Reads from the beginning on: another list, or as much of the same as was there already.
    pub fn read(self, afresh: bool) {
        let known = if afresh { 0 } else { self.items.with_untracked(Vec::len) };
        self.ask(None, known.clamp(PAGE, MOST));
    }

    /// Begins anew after it failed.
    pub fn retry(self) {
        self.load.set(Load::Waiting);
        self.read(true);
    }

    /// Reads on, unless that is under way.
    fn read_on(self) {
        let next = self.next.get_untracked();
        if let Some(next) = next.filter(|_| !self.busy.get_untracked()) {
            self.ask(Some(next), PAGE);
        }
    }

    fn ask(self, before: Option<String>, limit: usize) {
        let now = self.round.get_value() + 1;
        self.round.set_value(now);
        self.busy.set(true);
        self.missed.set(None);
        let Some(coming) = self.fetch.try_with_value(|fetch| fetch(before.clone(), limit)) else { return };
        spawn_local(async move {
            let answer = coming.await;
            // What was asked for meanwhile counts.
            if self.round.try_get_value() != Some(now) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok((found, beyond)) => {
                    self.items.update(|known| {
                        if before.is_none() {
                            known.clear();
                        }
                        known.extend(found);
                    });
                    self.next.set(beyond);
                    self.load.set(Load::Ready);
                }
                // What is shown stays.
                Err(problem) if before.is_some() => self.missed.set(Some(problem.detail)),
                Err(problem) => self.load.set(failed(&problem)),
            }
        });
    }

    /// The end of what is shown: what follows comes when it is scrolled to, or by the button.
    pub fn end(self) -> AnyView {
        let more = Memo::new(move |_| self.next.with(Option::is_some));
        (move || more.get().then(|| self.further())).into_any()
    }

    fn further(self) -> AnyView {
        let end = NodeRef::<leptos::html::Div>::new();
        let sight = StoredValue::new_local(None::<dom::Sight>);
        Effect::new(move || {
            // What came may have been too little to lead out of sight.
            self.items.track();
            let Some(end) = end.get() else { return };
            // After a failure nobody is asked again and again.
            let seen = move || {
                if self.missed.try_with_untracked(Option::is_none) == Some(true) {
                    self.read_on();
                }
            };
            sight.set_value(dom::Sight::of(&end, seen));
        });
        let missed = move || self.missed.get().map(|why| t!("timeline.more-failed", why = why));
        let label = move || if self.missed.with(Option::is_some) { t!("action.retry") } else { t!("timeline.more") };
        view! {
            <div class="timeline-end" node_ref=end>
                <span role="alert">{missed}</span>
                <Button label=Signal::derive(label) small=true busy=self.busy on_press=move |()| self.read_on()/>
            </div>
        }
        .into_any()
    }
}
