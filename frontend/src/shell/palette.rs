//! The command palette: type a few letters of a place, an action or a record, press Enter.

use std::time::Duration;

use domain::listing::Listing;
use domain::permission::Action;
use domain::{Definition, catalogue};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::nav;
use crate::api::imports::RESOURCES;
use crate::api::records::{self, Item};
use crate::keys::{self, Act, Place, SHORTCUTS};
use crate::pages::import;
use crate::resource::form::name_of;
use crate::resource::{address, labels};
use crate::ui::Icon;
use crate::{dom, session, t};

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    text: String,
    icon: &'static str,
    keys: String,
    /// What kind of thing it is, where the symbol does not say it.
    note: String,
    does: Does,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Does {
    Go(String),
    Run(Act),
}

#[component]
pub fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let all = StoredValue::new(entries());
    let hits = hits_of(query);
    let found = Memo::new(move |_| {
        let mut found = query.with(|query| all.with_value(|all| matching(all, query)));
        found.extend(hits.get());
        found
    });
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                query.set(String::new());
                active.set(0);
                drop(dialog.show_modal());
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let choose = move |entry: Entry| {
        open.set(false);
        // The dialog gives the focus back first; then the action may take it.
        request_animation_frame(move || match entry.does {
            Does::Go(path) => dom::follow(&path),
            Does::Run(act) => {
                keys::run(act);
            }
        });
    };
    let press = move |event: web_sys::KeyboardEvent| {
        if dom::is_composing(&event) {
            return;
        }
        let count = found.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => active.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => active.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                if let Some(entry) = found.with_untracked(|found| found.get(active.get_untracked()).cloned()) {
                    choose(entry);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <dialog class="palette" node_ref=node aria-label=t!("palette.label") on:close=move |_| open.set(false)
            on:click=move |event| {
                // A press on the veil around the palette closes it.
                if event.target() == event.current_target() { open.set(false); }
            }>
            <div class="palette-search">
                <Icon name="search"/>
                <input
                    type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" autofocus=true autocomplete="off"
                    aria-label=t!("palette.label") placeholder=t!("palette.hint")
                    aria-activedescendant=move || format!("palette-{}", active.get())
                    prop:value=move || query.get()
                    on:input=move |event| { query.set(event_target_value(&event)); active.set(0); }
                    on:keydown=press
                />
                <kbd>"Esc"</kbd>
            </div>
            <ul class="palette-list" id="palette-list" role="listbox" aria-label=t!("palette.label")>
                {move || found.get().into_iter().enumerate().map(|(at, entry)| {
                    let chosen = entry.clone();
                    view! {
                        <li
                            class="option" role="option" id=format!("palette-{at}")
                            aria-selected=move || (active.get() == at).to_string()
                            data-active=move || (active.get() == at).to_string()
                            on:mousemove=move |_| active.set(at)
                            on:click=move |_| choose(chosen.clone())
                        >
                            <Icon name=entry.icon/>
                            <span>{entry.text}</span>
                            <span class="option-note">{entry.note}{keys::caps(&entry.keys).into_iter().map(|cap| view! { <kbd>{cap}</kbd>" " }).collect_view()}</span>
                        </li>
                    }
                }).collect_view()}
                {move || found.with(Vec::is_empty).then(|| view! {
                    <li class="listbox-note" role="option" aria-disabled="true" aria-selected="false">{t!("palette.none")}</li>
                })}
            </ul>
        </dialog>
    }
}

/// Places first, then the actions that make sense anywhere.
fn entries() -> Vec<Entry> {
    let go = nav::groups().into_iter().flat_map(|group| group.places).map(|place| {
        let keys = nav::SHORTCUTS.iter().find(|(_, path)| *path == place.path).and_then(|(act, _)| keys::keys_of(*act));
        Entry {
            text: place.text,
            icon: place.icon,
            keys: keys.unwrap_or_default().to_owned(),
            note: String::new(),
            does: Does::Go(place.path),
        }
    });
    let bring_in = RESOURCES.into_iter().filter(|resource| import::may_import(resource)).map(|resource| Entry {
        text: t!("import.title", resource = labels::plural(resource)),
        icon: "upload",
        keys: String::new(),
        note: String::new(),
        does: Does::Go(import::start_of(resource)),
    });
    let help = Entry {
        text: t!("page.help"),
        icon: "file-text",
        keys: String::new(),
        note: String::new(),
        does: Does::Go("/help".to_owned()),
    };
    let run = SHORTCUTS
        .iter()
        .filter(|shortcut| {
            matches!(shortcut.act, Act::Create | Act::Keys | Act::Help) && shortcut.place == Place::Everywhere
        })
        .map(|shortcut| Entry {
            text: t!(shortcut.label),
            icon: match shortcut.act {
                Act::Create => "plus",
                Act::Keys => "keyboard",
                _ => "circle-question-mark",
            },
            keys: shortcut.keys.to_owned(),
            note: String::new(),
            does: Does::Run(shortcut.act),
        });
    go.chain(bring_in).chain([help]).chain(run).collect()
}

/// The resources whose records are looked for while typing.
const SEARCHED: [&str; 2] = ["customers", "contacts"];

/// The records that fit what is typed, asked for a moment after the last letter.
fn hits_of(query: RwSignal<String>) -> RwSignal<Vec<Entry>> {
    let hits = RwSignal::new(Vec::new());
    let round = StoredValue::new(0_u32);
    Effect::new(move || {
        let q = query.with(|query| query.trim().to_owned());
        let now = round.get_value() + 1;
        round.set_value(now);
        hits.set(Vec::new());
        // One Latin letter fits too much; one Chinese character already says something.
        if q.len() < 2 {
            return;
        }
        let ask = move || {
            if round.try_get_value() == Some(now) {
                spawn_local(async move {
                    for resource in SEARCHED.into_iter().filter_map(catalogue::find) {
                        let found = search(resource, &q).await;
                        if round.try_get_value() == Some(now) {
                            hits.update(|hits| hits.extend(found));
                        }
                    }
                });
            }
        };
        set_timeout(ask, Duration::from_millis(150));
    });
    hits
}

async fn search(definition: &'static Definition, q: &str) -> Vec<Entry> {
    if !session::may(definition.name, Action::Read) {
        return Vec::new();
    }
    let listing = Listing { q: Some(q.to_owned()), limit: Some(5), ..Listing::default() };
    let page = records::list(definition.name, &listing, None).await.unwrap_or_default();
    let entry = |item: &Item| Entry {
        text: name_of(definition, item).unwrap_or_default(),
        icon: nav::icon(definition.name),
        keys: String::new(),
        note: labels::singular(definition.name),
        does: Does::Go(address::record(definition.name, &item.id)),
    };
    page.items.iter().map(entry).collect()
}

/// Entries in which all typed words occur, those that begin with the text first.
fn matching(entries: &[Entry], query: &str) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let found = entries
        .iter()
        .filter(|entry| {
            let text = entry.text.to_lowercase();
            query.split_whitespace().all(|word| text.contains(word))
        })
        .cloned();
    let (mut found, rest): (Vec<Entry>, Vec<Entry>) =
        found.partition(|entry| entry.text.to_lowercase().starts_with(&query));
    found.extend(rest);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_typed_word_must_occur() {
        let entry = |text: &str| Entry {
            text: text.into(),
            icon: "",
            keys: String::new(),
            note: String::new(),
            does: Does::Run(Act::Help),
        };
        let all = [entry("Show help"), entry("Help"), entry("Customers")];
        let texts = |query: &str| matching(&all, query).into_iter().map(|entry| entry.text).collect::<Vec<_>>();
        assert_eq!(texts("help"), ["Help", "Show help"]);
        assert_eq!(texts("he sho"), ["Show help"]);
        assert_eq!(texts("").len(), 3);
    }
}
