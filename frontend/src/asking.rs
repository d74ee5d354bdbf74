//! A question to the server from a form or a dialog: sent once at a time, refused in words at the right place.

use domain::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Result;
use crate::dom;
use crate::resource::entry::sentence;
use crate::ui::{Banner, Tone};

/// How a form stands whose answers the server may refuse.
#[derive(Clone, Copy)]
pub struct Asking {
    pub busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
}

impl Asking {
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// Sends once at a time. `done` gets what comes of it, unless it is refused.
    pub fn send<T: 'static>(self, question: impl Future<Output = Result<T>> + 'static, done: impl FnOnce(T) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            match question.await {
                Ok(answer) => done(answer),
                Err(refused) => {
                    // The dialog may have been closed meanwhile.
                    self.busy.try_set(false);
                    self.problem.try_set(Some(refused));
                    dom::focus_soon("dialog[open] .dialog-body input[aria-invalid]");
                }
            }
        });
    }

    /// What is wrong with a member.
    pub fn fault(self, member: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.problem.with(|problem| {
                let faults = problem.iter().flat_map(|problem| &problem.errors);
                faults.filter(|fault| fault.pointer.trim_start_matches('/') == member).map(sentence).next()
            })
        })
    }

    /// What is wrong with the whole.
    pub fn banner(self) -> impl IntoView {
        let text = move || {
            let problem = self.problem.get()?;
            match problem.errors.iter().find(|fault| fault.pointer.is_empty()) {
                Some(fault) => Some(sentence(fault)),
                None => problem.errors.is_empty().then(|| format!("{} {}", problem.title, problem.detail)),
            }
        };
        view! { <div role="alert">{move || text().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div> }
    }
}
