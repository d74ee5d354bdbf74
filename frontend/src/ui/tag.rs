use leptos::prelude::*;

use super::{Icon, control};
use crate::{dom, t};

/// What a colour means. A tag always says it in words too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Accent,
    Ok,
    Warn,
    Bad,
    Info,
}

impl Tone {
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Accent => "accent",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
        }
    }
}

/// A small word in a box, removable when it says what to do then.
#[component]
pub fn Tag(
    #[prop(into)] text: String,
    #[prop(optional)] tone: Tone,
    /// A colour that somebody chose for it.
    #[prop(optional, into)]
    hue: String,
    #[prop(optional, into)] on_remove: Option<Callback<()>>,
) -> impl IntoView {
    let remove = t!("action.remove-named", name = text);
    view! {
        <span class="tag" data-tone=tone.name() data-hue=(!hue.is_empty()).then_some(hue)>
            <span>{text}</span>
            {on_remove.map(|on_remove| view! {
                <button type="button" class="tag-remove" aria-label=remove on:click=move |_| on_remove.run(())>
                    <Icon name="x"/>
                </button>
            })}
        </span>
    }
}

/// Free words: Enter or a comma ends one, Backspace in the empty input takes the last one back.
#[component]
pub fn TagInput(value: RwSignal<Vec<String>>, #[prop(optional_no_strip, into)] label: Option<String>) -> impl IntoView {
    let control = control(label);
    let typed = RwSignal::new(String::new());
    let add = move || {
        // Leaving the input can be the input's own end, when its dialog closes.
        let Some(word) = typed.try_get_untracked().map(|word| word.trim().to_owned()) else { return };
        typed.set(String::new());
        if !word.is_empty() {
            value.update(|words| {
                if !words.contains(&word) {
                    words.push(word);
                }
            });
        }
    };
    view! {
        <div class="combobox">
            <div class="input">
                {move || value.get().into_iter().map(|word| {
                    let own = word.clone();
                    view! { <Tag text=word on_remove=move |()| value.update(|words| words.retain(|word| *word != own))/> }
                }).collect_view()}
                <input
                    type="text"
                    id=control.id
                    autocomplete="off"
                    aria-label=control.label
                    aria-describedby=move || control.described_by.get()
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:blur=move |_| add()
                    on:keydown=move |event| {
                        if dom::is_composing(&event) {
                            return;
                        }
                        // Ctrl+Enter submits the form, and takes along what is still being typed.
                        if event.ctrl_key() || event.meta_key() {
                            if event.key() == "Enter" {
                                add();
                            }
                            return;
                        }
                        match event.key().as_str() {
                            "Enter" if typed.with_untracked(String::is_empty) => {}
                            "Enter" | "," | "，" => {
                                event.prevent_default();
                                add();
                            }
                            "Backspace" if typed.with_untracked(String::is_empty) => {
                                value.update(|words| { words.pop(); });
                            }
                            _ => {}
                        }
                    }
                />
            </div>
        </div>
    }
}
