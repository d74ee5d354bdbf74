//! Choosing from many: options come from a search (asynchronously), one or several may be chosen.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use super::field::Control;
use super::{Icon, Tag, control};
use crate::{dom, t};

/// One option: what is kept, what is shown, what is said beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub note: String,
    /// The colour in which it is shown, if it has one.
    pub hue: String,
}

/// Finds the options for a typed text and hands them to the callback, now or later.
pub type Search = Arc<dyn Fn(String, Callback<Vec<Choice>>) + Send + Sync>;

/// The state behind one combobox.
#[derive(Clone, Copy)]
struct State {
    chosen: RwSignal<Vec<Choice>>,
    many: bool,
    typed: RwSignal<String>,
    open: RwSignal<bool>,
    options: RwSignal<Vec<Choice>>,
    active: RwSignal<usize>,
    searching: RwSignal<bool>,
    search: StoredValue<Search>,
    asked: StoredValue<u32>,
    create: Option<Callback<String>>,
    /// Whether the focus is inside.
    here: StoredValue<bool>,
}

/// A text input over a list that follows what is typed. Arrows move, Enter picks, Escape closes.
#[component]
pub fn Combobox(
    chosen: RwSignal<Vec<Choice>>,
    search: Search,
    #[prop(optional)] many: bool,
    #[prop(optional_no_strip, into)] label: Option<String>,
    /// Offers to make what was typed and not found.
    #[prop(optional_no_strip, into)]
    on_create: Option<Callback<String>>,
) -> impl IntoView {
    let Control { id, described_by, invalid, required, label } = control(label);
    let list_id = format!("{id}-list");
    let state = State {
        chosen,
        many,
        typed: RwSignal::new(String::new()),
        open: RwSignal::new(false),
        options: RwSignal::new(Vec::new()),
        active: RwSignal::new(0),
        searching: RwSignal::new(false),
        search: StoredValue::new(search),
        asked: StoredValue::new(0),
        create: on_create,
        here: StoredValue::new(true),
    };
    let active_id = {
        let list_id = list_id.clone();
        move || state.open.get().then(|| format!("{list_id}-{}", state.active.get()))
    };
    view! {
        <div class="combobox" on:focusin=move |_| state.here.set_value(true) on:focusout=move |event| state.leave(&event)>
            <div class="input" aria-invalid=move || invalid.get().then_some("true")>
                {move || many.then(|| state.chips())}
                <input
                    id=id
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    aria-autocomplete="list"
                    aria-label=label
                    aria-controls=list_id.clone()
                    aria-expanded=move || state.open.get().to_string()
                    aria-activedescendant=active_id
                    aria-required=required.then_some("true")
                    aria-invalid=move || invalid.get().then_some("true")
                    aria-describedby=move || described_by.get()
                    prop:value=move || state.shown()
                    on:input=move |event| state.type_in(event_target_value(&event))
                    on:click=move |_| state.show()
                    on:keydown=move |event| state.press(&event)
                />
            </div>
            <span class="combobox-arrow"><Icon name="chevron-down"/></span>
            {move || state.open.get().then(|| state.list(list_id.clone()))}
        </div>
    }
}

impl State {
    /// The text in the input: what is being typed, else (single choice) the choice.
    fn shown(self) -> String {
        if self.open.get() || self.many {
            self.typed.get()
        } else {
            self.chosen.with(|chosen| chosen.first().map(|choice| choice.text.clone()).unwrap_or_default())
        }
    }

    fn show(self) {
        if !self.open.get_untracked() {
            self.typed.set(String::new());
            self.open.set(true);
            self.ask();
        }
    }

    fn type_in(self, text: String) {
        self.open.set(true);
        self.typed.set(text);
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        // Waiting a moment saves a request for each letter.
        set_timeout(
            move || {
                if self.asked.try_get_value() == Some(number) {
                    self.ask();
                }
            },
            Duration::from_millis(150),
        );
    }

    fn ask(self) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        self.searching.set(true);
        let answer = Callback::new(move |found: Vec<Choice>| {
            // An answer to an older question is late and wrong.
            if self.asked.try_get_value() == Some(number) {
                self.options.set(found);
                self.active.set(0);
                self.searching.set(false);
            }
        });
        self.search.with_value(|search| search(self.typed.get_untracked(), answer));
    }

    fn press(self, event: &web_sys::KeyboardEvent) {
        if dom::is_composing(event) || event.ctrl_key() || event.meta_key() {
            return;
        }
        let count = self.options.with_untracked(Vec::len) + usize::from(self.can_create());
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if !self.open.get_untracked() => self.show(),
            "ArrowDown" => self.active.update(|at| *at = (*at + 1) % count.max(1)),
            "ArrowUp" => self.active.update(|at| *at = (*at + count.max(1) - 1) % count.max(1)),
            "Enter" if self.open.get_untracked() => self.pick_active(),
            "Escape" if self.open.get_untracked() => {
                event.stop_propagation();
                self.close();
            }
            "Backspace" if self.typed.with_untracked(String::is_empty) => {
                self.chosen.update(|chosen| {
                    chosen.pop();
                });
                return;
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn can_create(self) -> bool {
        // What is there already is chosen, not made once more.
        let is_new = |typed: &str| {
            !typed.is_empty() && self.options.with(|options| options.iter().all(|option| option.text != typed))
        };
        self.create.is_some() && self.typed.with(|typed| is_new(typed.trim()))
    }

    fn pick_active(self) {
        let at = self.active.get_untracked();
        match self.options.with_untracked(|options| options.get(at).cloned()) {
            Some(choice) => self.pick(choice),
            None => self.make(),
        }
    }

    fn make(self) {
        if let (Some(create), true) = (self.create, self.can_create()) {
            create.run(self.typed.get_untracked().trim().to_owned());
            self.close();
        }
    }

    fn pick(self, choice: Choice) {
        if self.many {
            self.chosen.update(|chosen| match chosen.iter().position(|known| known.value == choice.value) {
                Some(at) => {
                    chosen.remove(at);
                }
                None => chosen.push(choice),
            });
            self.typed.set(String::new());
            self.ask();
        } else {
            self.chosen.set(vec![choice]);
            self.close();
        }
    }

    fn close(self) {
        // Leaving the input can be the input's own end, when its dialog closes.
        self.open.try_set(false);
        self.typed.try_set(String::new());
    }

    fn leave(self, event: &web_sys::FocusEvent) {
        use wasm_bindgen::JsCast;
        let inside = event
            .current_target()
            .zip(event.related_target())
            .is_some_and(|(own, to)| own.unchecked_ref::<web_sys::Node>().contains(to.dyn_ref::<web_sys::Node>()));
        if !inside {
            // Where the list makes room for itself, as in a dialog, what is being pressed would move from under the pointer.
            self.here.set_value(false);
            let close = move || {
                if self.here.try_get_value() == Some(false) {
                    self.close();
                }
            };
            set_timeout(close, Duration::from_millis(200));
        }
    }

    fn chips(self) -> impl IntoView {
        self.chosen
            .get()
            .into_iter()
            .map(|choice| {
                let value = choice.value.clone();
                let remove = move |()| self.chosen.update(|chosen| chosen.retain(|known| known.value != value));
                view! { <Tag text=choice.text hue=choice.hue on_remove=remove/> }
            })
            .collect_view()
    }

    fn list(self, id: String) -> impl IntoView {
        let options = self.options.get();
        let note = match (options.is_empty(), self.searching.get()) {
            (true, true) => Some(t!("state.loading")),
            (true, false) if !self.can_create() => Some(t!("combobox.none")),
            _ => None,
        };
        let count = options.len();
        view! {
            <ul class="listbox" role="listbox" id=id.clone() aria-multiselectable=self.many.then_some("true")>
                {options.into_iter().enumerate().map(|(at, choice)| self.option(&id, at, choice)).collect_view()}
                {self.can_create().then(|| view! {
                    <li
                        class="option"
                        role="option"
                        id=format!("{id}-{count}")
                        aria-selected="false"
                        data-active=move || (self.active.get() == count).to_string()
                        on:mousedown=move |event| { event.prevent_default(); self.make(); }
                    >
                        <Icon name="plus"/>
                        {t!("combobox.create", name = self.typed.get())}
                    </li>
                })}
                {note.map(|note| view! { <li class="listbox-note" role="option" aria-disabled="true" aria-selected="false">{note}</li> })}
            </ul>
        }
    }

    fn option(self, list_id: &str, at: usize, choice: Choice) -> impl IntoView + use<> {
        let selected = self.chosen.with(|chosen| chosen.iter().any(|known| known.value == choice.value));
        let picked = choice.clone();
        view! {
            <li
                class="option"
                role="option"
                id=format!("{list_id}-{at}")
                aria-selected=selected.to_string()
                data-active=move || (self.active.get() == at).to_string()
                on:mouseenter=move |_| self.active.set(at)
                // Before the input loses the focus, which would close the list.
                on:mousedown=move |event| { event.prevent_default(); self.pick(picked.clone()); }
            >
                {match choice.hue.is_empty() {
                    true => view! { <span class="ellipsis">{choice.text}</span> }.into_any(),
                    false => view! { <Tag text=choice.text hue=choice.hue/> }.into_any(),
                }}
                {(!choice.note.is_empty()).then(|| view! { <span class="option-note">{choice.note}</span> })}
                {selected.then(|| view! { <Icon name="check"/> })}
            </li>
        }
    }
}
