//! Short notices at the foot of the page. They wait while the pointer or the focus is on them.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;

use super::{Button, Icon, IconButton, Kind};
use crate::{keys, t};

#[derive(Clone)]
struct Notice {
    id: u32,
    text: String,
    failed: bool,
    undo: Option<Callback<()>>,
    /// Something else to do about it: what it is called, and what it does.
    offer: Option<(String, Callback<()>)>,
}

#[derive(Clone, Copy)]
struct Notices {
    list: RwSignal<Vec<Notice>>,
    held: RwSignal<bool>,
}

thread_local! {
    // Notices come from timers and answers too, which know no owner; the root's signals outlive them all.
    static NOTICES: Cell<Option<Notices>> = const { Cell::new(None) };
}

/// How long a notice stays.
const STAY: Duration = Duration::from_secs(10);
/// More than this many at once would hide the page.
const STACK: usize = 3;

/// Tell that something was done.
pub fn toast(text: impl Into<String>) {
    show(text.into(), false, None, None);
}

/// Tell that something failed.
pub fn toast_error(text: impl Into<String>) {
    show(text.into(), true, None, None);
}

/// Tell that something was done and offer to take it back, here and by Ctrl+Z.
pub fn toast_undo(text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
    show(text.into(), false, Some(Callback::new(move |()| undo())), None);
}

/// Tell that something is ready and offer the next step.
pub fn toast_offer(text: impl Into<String>, label: impl Into<String>, act: impl Fn() + Send + Sync + 'static) {
    show(text.into(), false, None, Some((label.into(), Callback::new(move |()| act()))));
}

/// The region of the notices; once on the page, and there from the start so that it is announced.
#[component]
pub fn Toasts() -> impl IntoView {
    let notices = Notices { list: RwSignal::new(Vec::new()), held: RwSignal::new(false) };
    NOTICES.set(Some(notices));
    let of_kind = move |failed: bool| {
        notices
            .list
            .get()
            .into_iter()
            .filter(move |notice| notice.failed == failed)
            .map(move |notice| one(notices, notice))
            .collect_view()
    };
    keys::on_if(keys::Act::Undo, move || notices.undo_last());
    view! {
        <div class="toasts no-print" on:mouseenter=move |_| notices.held.set(true) on:mouseleave=move |_| notices.held.set(false)
            on:focusin=move |_| notices.held.set(true) on:focusout=move |_| notices.held.set(false)>
            <div role="status">{move || of_kind(false)}</div>
            <div role="alert">{move || of_kind(true)}</div>
        </div>
    }
}

fn show(text: String, failed: bool, undo: Option<Callback<()>>, offer: Option<(String, Callback<()>)>) {
    let Some(notices) = NOTICES.get() else { return };
    let id = notices.list.with_untracked(|list| list.last().map_or(1, |last| last.id + 1));
    notices.list.update(|list| {
        list.push(Notice { id, text, failed, undo, offer });
        if list.len() > STACK {
            list.remove(0);
        }
    });
    notices.drop_later(id);
}

impl Notices {
    fn drop_later(self, id: u32) {
        set_timeout(
            move || match self.held.try_get_untracked() {
                Some(true) => self.drop_later(id),
                Some(false) => self.remove(id),
                None => {}
            },
            STAY,
        );
    }

    fn remove(self, id: u32) {
        let _ = self.list.try_update(|list| list.retain(|notice| notice.id != id));
        self.held.try_set(false);
    }

    fn undo_last(self) -> bool {
        let last = self.list.with_untracked(|list| list.iter().rev().find(|notice| notice.undo.is_some()).cloned());
        let Some(Notice { id, undo: Some(undo), .. }) = last else {
            return false;
        };
        self.remove(id);
        undo.run(());
        true
    }
}

fn one(notices: Notices, notice: Notice) -> impl IntoView {
    let Notice { id, text, failed, undo, offer } = notice;
    view! {
        <div class="toast">
            <Icon name=if failed { "circle-alert" } else { "circle-check" }/>
            <p>{text}</p>
            {undo.map(|undo| view! {
                <Button label=t!("action.undo") kind=Kind::Quiet on_press=move |()| { notices.remove(id); undo.run(()); }/>
            })}
            {offer.map(|(label, act)| view! {
                <Button label kind=Kind::Quiet on_press=move |()| { notices.remove(id); act.run(()); }/>
            })}
            <IconButton label=t!("action.close") icon="x" side="end" on_press=move |()| notices.remove(id)/>
        </div>
    }
}
