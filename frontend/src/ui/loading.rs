//! The one way to wait for something: a skeleton after 150 ms, words after 3 s, an error after 15 s.

use std::time::Duration;

use leptos::prelude::*;

use super::states::StillLoading;
use super::{EmptyState, ErrorState, NoPermission, Skeleton, SkeletonShape};
use crate::t;

/// How far a load has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Load {
    #[default]
    Waiting,
    Ready,
    Forbidden,
    Missing,
    Failed {
        text: String,
        request_id: String,
    },
}

/// Shows what is due while `state` is not ready.
#[component]
pub fn Loading(
    #[prop(into)] state: Signal<Load>,
    #[prop(optional)] shape: SkeletonShape,
    #[prop(default = 8)] lines: usize,
    #[prop(into)] on_retry: Callback<()>,
) -> impl IntoView {
    let wait = Wait::over(state);
    let retry = Callback::new(move |()| {
        wait.begin();
        on_retry.run(());
    });
    move || match (state.get(), wait.patience.get()) {
        (Load::Ready, _) => ().into_any(),
        (Load::Forbidden, _) => view! { <NoPermission/> }.into_any(),
        (Load::Missing, _) => {
            view! { <EmptyState title=t!("state.missing") text=t!("state.missing-text") icon="search"/> }.into_any()
        }
        (Load::Failed { text, request_id }, Patience::Over) => {
            view! { <ErrorState title=t!("state.failed") text request_id on_retry=retry/> }.into_any()
        }
        (_, Patience::Ended) => {
            view! { <ErrorState title=t!("state.too-long") text=t!("state.too-long-text") on_retry=retry/> }.into_any()
        }
        (_, Patience::Given) => {
            view! { <ErrorState title=t!("state.stopped") text=t!("state.stopped-text") on_retry=retry/> }.into_any()
        }
        (_, patience) => view! {
            <Skeleton shape lines/>
            {(patience == Patience::Long).then(|| view! { <StillLoading on_cancel=move |()| wait.give_up()/> })}
        }
        .into_any(),
    }
}

/// Content once it is ready, and everything before that.
#[component]
pub fn Loaded(
    #[prop(into)] state: Signal<Load>,
    #[prop(optional)] shape: SkeletonShape,
    #[prop(into)] on_retry: Callback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let ready = Memo::new(move |_| state.with(|state| *state == Load::Ready));
    move || {
        if ready.get() { children().into_any() } else { view! { <Loading state shape on_retry/> }.into_any() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// Nothing is waited for: there is an answer, if only a refusal.
    Over,
    Short,
    Long,
    Ended,
    /// The person has stopped waiting.
    Given,
}

/// A wait for one thing; what is shown grows with the time spent.
#[derive(Clone, Copy)]
struct Wait {
    patience: RwSignal<Patience>,
    round: StoredValue<u32>,
}

impl Wait {
    /// Begins again with each new wait, and is over with each answer.
    fn over(state: Signal<Load>) -> Self {
        let wait = Self { patience: RwSignal::new(Patience::Short), round: StoredValue::new(0) };
        Effect::new(move || {
            if state.with(|state| *state == Load::Waiting) {
                wait.begin();
            } else {
                wait.rest(Patience::Over);
            }
        });
        wait
    }

    fn begin(self) {
        let now = self.rest(Patience::Short);
        for (seconds, next) in [(3, Patience::Long), (15, Patience::Ended)] {
            let later = move || {
                if self.round.try_get_value() == Some(now) {
                    self.patience.set(next);
                }
            };
            set_timeout(later, Duration::from_secs(seconds));
        }
    }

    fn give_up(self) {
        self.rest(Patience::Given);
    }

    /// What the timers of earlier rounds say no longer counts.
    fn rest(self, patience: Patience) -> u32 {
        let now = self.round.get_value() + 1;
        self.round.set_value(now);
        self.patience.set(patience);
        now
    }
}
