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
    #[prop(optional, into)] on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let patience = patience(state);
    move || match (state.get(), patience.get()) {
        (Load::Ready, _) => ().into_any(),
        (Load::Forbidden, _) => view! { <NoPermission/> }.into_any(),
        (Load::Missing, _) => {
            view! { <EmptyState title=t!("state.missing") text=t!("state.missing-text") icon="search"/> }.into_any()
        }
        (Load::Failed { text, request_id }, _) => {
            view! { <ErrorState title=t!("state.failed") text request_id on_retry/> }.into_any()
        }
        (Load::Waiting, Patience::Ended) => {
            view! { <ErrorState title=t!("state.too-long") text=t!("state.too-long-text") on_retry/> }.into_any()
        }
        (Load::Waiting, patience) => view! {
            <Skeleton shape lines/>
            {(patience == Patience::Long).then(|| view! { <StillLoading on_cancel/> })}
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
    Short,
    Long,
    Ended,
}

/// Grows with the time spent waiting and starts again with each new wait.
fn patience(state: Signal<Load>) -> RwSignal<Patience> {
    let patience = RwSignal::new(Patience::Short);
    let round = StoredValue::new(0_u32);
    Effect::new(move || {
        let waiting = state.with(|state| *state == Load::Waiting);
        let now = round.get_value() + 1;
        round.set_value(now);
        patience.set(Patience::Short);
        if !waiting {
            return;
        }
        for (seconds, next) in [(3, Patience::Long), (15, Patience::Ended)] {
            set_timeout(
                move || {
                    if round.try_get_value() == Some(now) {
                        patience.set(next);
                    }
                },
                Duration::from_secs(seconds),
            );
        }
    });
    patience
}
