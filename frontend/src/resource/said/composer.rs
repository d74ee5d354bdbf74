//! Where a comment is written. After an `@` colleagues are offered as one types their names.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;

use super::words::{Sought, Words};
use crate::resource::entry;
use crate::ui::{Button, Choice, IconButton, Kind};
use crate::{dom, t};

#[derive(Clone, Copy)]
struct State {
    words: RwSignal<Words>,
    area: NodeRef<html::Textarea>,
    sought: RwSignal<Option<Sought>>,
    options: RwSignal<Vec<Choice>>,
    active: RwSignal<usize>,
    asked: StoredValue<u32>,
}

/// A text of several lines with mentions. Ctrl or Command with Enter sends.
#[component]
pub fn Composer(
    words: RwSignal<Words>,
    #[prop(into)] label: String,
    #[prop(into)] send: String,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_send: Callback<()>,
    #[prop(optional, into)] on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let state = State {
        words,
        area: NodeRef::new(),
        sought: RwSignal::new(None),
        options: RwSignal::new(Vec::new()),
        active: RwSignal::new(0),
        asked: StoredValue::new(0),
    };
    if on_cancel.is_some() {
        // Whoever asked to write something anew goes on in it.
        Effect::new(move || {
            if let Some(area) = state.area.get() {
                let _ = area.focus();
            }
        });
    }
    let list_id = dom::fresh_id("people");
    let (owned, active) = (list_id.clone(), list_id.clone());
    let empty = Signal::derive(move || words.with(|words| words.text.trim().is_empty()));
    let go = move || {
        if !empty.get_untracked() && !busy.get_untracked() {
            on_send.run(());
        }
    };
    view! {
        <div class="composer" on:focusout=move |_| state.close_soon()>
            <textarea
                class="input"
                rows="3"
                node_ref=state.area
                aria-label=label.clone()
                placeholder=label
                aria-autocomplete="list"
                aria-controls=move || state.is_open().then(|| owned.clone())
                aria-activedescendant=move || state.is_open().then(|| format!("{active}-{}", state.active.get()))
                prop:value=move || words.with(|words| words.text.clone())
                on:input=move |event| state.typed(event_target_value(&event))
                on:keydown=move |event| {
                    let sends = event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !dom::is_composing(&event);
                    if sends {
                        event.prevent_default();
                        event.stop_propagation();
                        go();
                    } else if event.key() == "Escape" && !state.is_open_now() && on_cancel.is_some() {
                        event.stop_propagation();
                        on_cancel.inspect(|cancel| cancel.run(()));
                    } else {
                        state.press(&event);
                    }
                }
            ></textarea>
            {move || state.is_open().then(|| state.list(&list_id))}
            <div class="composer-foot">
                <IconButton label=t!("comment.mention") icon="at-sign" small=true on_press=move |()| state.begin()/>
                <span class="meta grow"><span class="desk-only">{t!("comment.hint")}</span></span>
                {on_cancel.map(|cancel| view! { <Button label=t!("action.cancel") small=true on_press=cancel/> })}
                <Button label=send small=true kind=Kind::Primary writes=true busy disabled=empty on_press=move |()| go()/>
            </div>
        </div>
    }
}

impl State {
    fn is_open(self) -> bool {
        self.sought.with(Option::is_some) && !self.options.with(Vec::is_empty)
    }

    fn is_open_now(self) -> bool {
        untrack(|| self.is_open())
    }

    fn typed(self, text: String) {
        self.words.update(|words| words.text = text);
        let caret = self.area.get_untracked().and_then(|area| area.selection_start().ok().flatten());
        let sought = caret.and_then(|caret| self.words.with_untracked(|words| words.sought(caret as usize)));
        let name = sought.as_ref().map(|sought| sought.name.clone());
        self.sought.set(sought);
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        let Some(name) = name else { return self.options.set(Vec::new()) };
        set_timeout(
            move || {
                if self.asked.try_get_value() == Some(number) {
                    self.ask(name, number);
                }
            },
            Duration::from_millis(150),
        );
    }

    fn ask(self, name: String, number: u32) {
        let found = Callback::new(move |found: Vec<Choice>| {
            // An answer to an older question is late and wrong.
            if self.asked.try_get_value() == Some(number) {
                self.active.set(0);
                self.options.set(found.into_iter().take(MOST).collect());
            }
        });
        entry::searching("users")(name, found);
    }

    /// Begins a mention at the caret, for those who do not know the sign.
    fn begin(self) {
        let Some(area) = self.area.get_untracked() else { return };
        let text = self.words.with_untracked(|words| words.text.clone());
        let gap = if text.is_empty() || text.ends_with(char::is_whitespace) { "" } else { " " };
        let text = format!("{text}{gap}@");
        area.set_value(&text);
        let _ = area.focus();
        self.typed(text);
    }

    fn press(self, event: &web_sys::KeyboardEvent) {
        if dom::is_composing(event) || !self.is_open_now() {
            return;
        }
        let count = self.options.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" => self.active.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => self.active.update(|at| *at = (*at + count - 1) % count),
            "Enter" | "Tab" => self.pick(self.active.get_untracked()),
            "Escape" => self.close(),
            _ => return,
        }
        event.stop_propagation();
        event.prevent_default();
    }

    fn pick(self, at: usize) {
        let chosen = self.options.with_untracked(|options| options.get(at).cloned());
        let (Some(sought), Some(chosen)) = (self.sought.get_untracked(), chosen) else { return };
        let mut caret = 0;
        self.words.update(|words| caret = words.mention(&sought, &chosen.text, &chosen.value));
        self.close();
        let Some(area) = self.area.get_untracked() else { return };
        area.set_value(&self.words.with_untracked(|words| words.text.clone()));
        let caret = u32::try_from(caret).unwrap_or(u32::MAX);
        let _ = area.focus();
        let _ = area.set_selection_range(caret, caret);
    }

    fn close(self) {
        self.sought.try_set(None);
        self.options.try_set(Vec::new());
    }

    /// Not before a press on one of the people has counted.
    fn close_soon(self) {
        set_timeout(
            move || {
                let inside = self.area.try_get_untracked().flatten().is_some_and(|area| {
                    document().active_element().is_some_and(|active| active.is_same_node(Some(&area)))
                });
                if !inside {
                    self.close();
                }
            },
            Duration::from_millis(200),
        );
    }

    fn list(self, id: &str) -> impl IntoView + use<> {
        let options = self.options.get();
        let option = |(at, choice): (usize, Choice)| {
            let id = format!("{id}-{at}");
            view! {
                <li
                    class="option"
                    role="option"
                    id=id
                    aria-selected="false"
                    data-active=move || (self.active.get() == at).then_some("true")
                    on:mousedown=move |event| { event.prevent_default(); self.pick(at); }
                >
                    <span class="ellipsis">{choice.text}</span>
                    <span class="option-note">{choice.note}</span>
                </li>
            }
        };
        let options = options.into_iter().enumerate().map(option).collect_view();
        view! { <ul class="listbox" role="listbox" id=id.to_owned() aria-label=t!("comment.people")>{options}</ul> }
    }
}

/// So many people are offered at once.
const MOST: usize = 8;
