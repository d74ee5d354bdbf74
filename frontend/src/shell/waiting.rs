//! How many records wait for the person, told in the menu beside the places where they are: tasks that are due.

use std::time::Duration;

use domain::Preset;
use domain::permission::Action;
use domain::summary::Summary;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::records;
use crate::resource::touches;
use crate::{edition, format, session, t};

/// How often a page that stays open asks again: days begin, and colleagues assign.
const ROUND: Duration = Duration::from_secs(60);

/// The numbers by resource. The shell asks once for all places that tell them.
#[derive(Clone, Default)]
pub struct Waiting(Vec<(&'static str, RwSignal<i64>)>);

impl Waiting {
    pub fn start() -> Self {
        let counted = edition::catalogue().iter().filter(|of| session::may(of.name, Action::Read));
        let counted = counted.filter_map(|of| Some((of.name, of.presets.iter().find(|preset| preset.counted)?)));
        Self(counted.map(|(resource, preset)| (resource, number(resource, preset))).collect())
    }

    /// The number beside a place, and what it says to those who only hear it.
    pub fn mark(&self, resource: &str) -> Option<AnyView> {
        let (_, number) = self.0.iter().find(|(known, _)| *known == resource).copied()?;
        let mark = move || {
            let count = number.get();
            (count > 0).then(|| {
                view! {
                    <span class="count-mark" aria-hidden="true">{format::count(count)}</span>
                    <span class="sr-only">{t!("nav.waiting", count = count)}</span>
                }
            })
        };
        Some(mark.into_any())
    }
}

fn number(resource: &'static str, preset: &Preset) -> RwSignal<i64> {
    let number = RwSignal::new(0);
    let summary = StoredValue::new(Summary { filter: preset.filter(), ..Summary::default() });
    let read = move || {
        let Some(summary) = summary.try_get_value() else { return };
        spawn_local(async move {
            // Without an answer what is known stays; that the server is gone is said elsewhere.
            if let Ok(summed) = records::summary(resource, &summary, None).await {
                number.try_set(summed["totals"]["figures"][0].as_i64().unwrap_or_default());
            }
        });
    };
    let touched = touches(resource);
    Effect::new(move || {
        touched.get();
        read();
    });
    if let Ok(round) = set_interval_with_handle(read, ROUND) {
        on_cleanup(move || round.clear());
    }
    number
}
