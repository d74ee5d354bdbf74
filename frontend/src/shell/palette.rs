//! The command palette: type a few letters of a place, an action or a record, press Enter.

use std::time::Duration;

use domain::Definition;
use domain::listing::Listing;
use domain::permission::Action;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::nav;
use crate::api::imports;
use crate::api::records;
use crate::keys::{self, Act, Place, SHORTCUTS};
use crate::resource::form::name_of;
use crate::resource::{address, labels};
use crate::ui::Icon;
use crate::{dom, edition, lazy, session, spelling, t};

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

type Draw = fn(RwSignal<bool>) -> AnyView;

#[leptos::wasm_split::wasm_split(palette, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|open| view! { <PaletteDialog open/> }.into_any())
}

/// The palette, fetched when somebody first wants it.
#[component]
pub fn Palette(open: RwSignal<bool>) -> impl IntoView {
    lazy::overlay(open, draw, move |draw: Draw| draw(open))
}

#[component]
fn PaletteDialog(open: RwSignal<bool>) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let all = StoredValue::new(entries());
    let hits = Hits::of(query);
    let own = Memo::new(move |_| query.with(|query| all.with_value(|all| matching(all, query))));
    let found = Memo::new(move |_| own.get().into_iter().chain(hits.found.get()).collect::<Vec<_>>());
    Effect::new(move || bring_into_view(active.get()));
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
                let at = active.get_untracked();
                // What was found for other words must not open by the Enter that was meant for these.
                let stale = hits.looking.get_untracked() && at >= own.with_untracked(Vec::len);
                if let Some(entry) = found.with_untracked(|found| found.get(at).cloned()).filter(|_| !stale) {
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
            <ul class="palette-list" id="palette-list" role="listbox" aria-label=t!("palette.label") aria-busy=move || hits.looking.get().to_string()>
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
                    <li class="listbox-note" role="option" aria-disabled="true" aria-selected="false">
                        {move || if hits.looking.get() { t!("palette.looking") } else { t!("palette.none") }}
                    </li>
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
    let bring_in = imports::transferred()
        .map(|definition| definition.name)
        .filter(|resource| imports::may_import(resource))
        .map(|resource| Entry {
            text: t!("import.title", resource = labels::plural(resource)),
            icon: "upload",
            keys: String::new(),
            note: String::new(),
            does: Does::Go(address::import(resource)),
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

/// The resources whose records are looked for while typing: what people work with, not what the house is set up by.
fn searched() -> impl Iterator<Item = &'static Definition> {
    edition::catalogue().iter().filter(|definition| definition.owned)
}

/// How many records of a resource the palette shows; its list shows the others.
const SHOWN: u16 = 5;

/// The records that fit what is typed, asked for a moment after the last letter.
#[derive(Clone, Copy)]
struct Hits {
    /// Those of the words before stay until the new ones are there.
    found: RwSignal<Vec<Entry>>,
    looking: RwSignal<bool>,
}

impl Hits {
    fn of(query: RwSignal<String>) -> Self {
        let hits = Self { found: RwSignal::new(Vec::new()), looking: RwSignal::new(false) };
        let round = StoredValue::new(0_u32);
        Effect::new(move || {
            let q = query.with(|query| query.trim().to_owned());
            let now = round.get_value() + 1;
            round.set_value(now);
            // One Latin letter fits too much; one Chinese character already says something.
            hits.looking.set(q.len() >= 2);
            if q.len() < 2 {
                hits.found.set(Vec::new());
                return;
            }
            let is_latest = move || round.try_get_value() == Some(now);
            let ask = move || {
                if is_latest() {
                    spawn_local(hits.look(q, is_latest));
                }
            };
            set_timeout(ask, Duration::from_millis(150));
        });
        hits
    }

    async fn look(self, q: String, is_latest: impl Fn() -> bool) {
        let mut found = Vec::new();
        for resource in searched() {
            found.extend(search(resource, &q).await);
        }
        if is_latest() {
            self.found.set(found);
            self.looking.set(false);
        }
    }
}

async fn search(definition: &'static Definition, q: &str) -> Vec<Entry> {
    if !session::may(definition.name, Action::Read) {
        return Vec::new();
    }
    let listing = Listing { q: Some(q.to_owned()), limit: Some(SHOWN), ..Listing::default() };
    let page = records::list(definition.name, &listing, None).await.unwrap_or_default();
    let entry = |text: String, path: String| Entry {
        text,
        icon: nav::icon(definition.name),
        keys: String::new(),
        note: labels::singular(definition.name),
        does: Does::Go(path),
    };
    let records = page.items.iter().map(|item| {
        let name = name_of(definition, item).unwrap_or_default();
        entry(name, address::record(definition.name, &item.id))
    });
    let rest = page.info.has_more.then(|| {
        let all = t!("palette.all", resource = labels::plural(definition.name), q = q);
        let query = records::encode(&[("q".to_owned(), q.to_owned())]);
        entry(all, format!("{}?{query}", address::list(definition.name)))
    });
    records.chain(rest).collect()
}

/// Arrows lead beyond what the palette shows at once.
fn bring_into_view(at: usize) {
    let option = document().get_element_by_id(&format!("palette-{at}"));
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    if let Some(option) = option {
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Entries in which all typed words occur, those that begin with the text first.
fn matching(entries: &[Entry], query: &str) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let found =
        entries.iter().filter(|entry| query.split_whitespace().all(|word| spelling::fits(&entry.text, word))).cloned();
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
