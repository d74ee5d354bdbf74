//! Every shortcut, once: this table feeds the handler, the list behind `?`, the tooltips and the palette.
//!
//! A page says what a shortcut does while the page is there (`keys::on`). A single letter never fires inside
//! an input, and nothing fires while an input method composes.

use std::cell::Cell;

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::{dom, prefs, t};

/// What a shortcut asks for; the page in view decides what that means there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Palette,
    Search,
    Keys,
    Help,
    Create,
    Undo,
    GoWorkbench,
    GoCustomers,
    GoContacts,
    GoOpportunities,
    Next,
    Previous,
    Preview,
    Open,
    Select,
    Edit,
    Filter,
    FollowUp,
    Task,
    PageBack,
    PageOn,
    Move,
    Submit,
    SaveStay,
}

/// Where a shortcut belongs, for grouping in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Everywhere,
    Lists,
    Boards,
    Records,
    Forms,
}

#[derive(Debug)]
pub struct Shortcut {
    pub act: Act,
    /// Keys as they are pressed one after the other; `Mod` is Ctrl, on a Mac Command.
    pub keys: &'static str,
    pub label: &'static str,
    pub place: Place,
}

const fn key(act: Act, keys: &'static str, label: &'static str, place: Place) -> Shortcut {
    Shortcut { act, keys, label, place }
}

pub const SHORTCUTS: &[Shortcut] = &[
    key(Act::Palette, "Mod+k", "keys.palette", Place::Everywhere),
    key(Act::Search, "/", "keys.search", Place::Everywhere),
    key(Act::Keys, "?", "keys.keys", Place::Everywhere),
    key(Act::Help, "F1", "keys.help", Place::Everywhere),
    key(Act::Create, "c", "keys.create", Place::Everywhere),
    key(Act::Undo, "Mod+z", "keys.undo", Place::Everywhere),
    key(Act::GoWorkbench, "g w", "keys.go-workbench", Place::Everywhere),
    key(Act::GoCustomers, "g c", "keys.go-customers", Place::Everywhere),
    key(Act::GoContacts, "g o", "keys.go-contacts", Place::Everywhere),
    key(Act::GoOpportunities, "g d", "keys.go-opportunities", Place::Everywhere),
    key(Act::Next, "j", "keys.next", Place::Lists),
    key(Act::Previous, "k", "keys.previous", Place::Lists),
    key(Act::Preview, "Space", "keys.preview", Place::Lists),
    key(Act::Open, "Enter", "keys.open", Place::Lists),
    key(Act::Select, "x", "keys.select", Place::Lists),
    key(Act::Edit, "e", "keys.edit", Place::Lists),
    key(Act::Filter, "f", "keys.filter", Place::Lists),
    key(Act::PageBack, "[", "keys.page-back", Place::Lists),
    key(Act::PageOn, "]", "keys.page-on", Place::Lists),
    key(Act::Move, "m", "keys.move", Place::Boards),
    key(Act::FollowUp, "n", "keys.follow-up", Place::Records),
    key(Act::Task, "t", "keys.task", Place::Records),
    key(Act::Submit, "Mod+Enter", "keys.submit", Place::Forms),
    key(Act::SaveStay, "Mod+s", "keys.save-stay", Place::Forms),
];

/// The keys of an act, for a tooltip.
pub fn keys_of(act: Act) -> Option<&'static str> {
    SHORTCUTS.iter().find(|shortcut| shortcut.act == act).map(|shortcut| shortcut.keys)
}

/// The keys as caps to draw, one text each.
pub fn caps(keys: &str) -> Vec<String> {
    keys.split([' ', '+'])
        .filter(|cap| !cap.is_empty())
        .map(|cap| match cap {
            "Mod" => t!("keys.mod"),
            "Space" => t!("keys.space"),
            one if one.chars().count() == 1 => one.to_uppercase(),
            named => named.to_owned(),
        })
        .collect()
}

/// Says whether the act was really taken; if not, the browser keeps the key.
type Handler = Callback<(), bool>;

#[derive(Clone, Copy)]
struct Handlers(StoredValue<Vec<(u32, Act, Handler)>>);

thread_local! {
    static HANDLERS: Cell<Option<Handlers>> = const { Cell::new(None) };
}

/// Do `handler` on `act` for as long as the calling component lives. The latest handler wins.
pub fn on(act: Act, handler: impl Fn() + Send + Sync + 'static) {
    on_if(act, move || {
        handler();
        true
    });
}

/// As [`on`], for an act that sometimes has nothing to do.
pub fn on_if(act: Act, handler: impl Fn() -> bool + Send + Sync + 'static) {
    let Some(Handlers(list)) = HANDLERS.get() else {
        return;
    };
    let id = list.with_value(|list| list.last().map_or(1, |(id, _, _)| id + 1));
    list.update_value(|list| list.push((id, act, Callback::new(move |()| handler()))));
    on_cleanup(move || {
        let _ = list.try_update_value(|list| list.retain(|(own, _, _)| *own != id));
    });
}

/// Whether something on the page would do the act.
pub fn is_on(act: Act) -> bool {
    HANDLERS.get().is_some_and(|Handlers(list)| list.with_value(|list| list.iter().any(|(_, known, _)| *known == act)))
}

/// Do an act as if its keys had been pressed.
pub fn run(act: Act) -> bool {
    HANDLERS.get().is_some_and(|handlers| handlers.run(act))
}

impl Handlers {
    fn run(self, act: Act) -> bool {
        let handler = self
            .0
            .with_value(|list| list.iter().rev().find(|(_, known, _)| *known == act).map(|(_, _, handler)| *handler));
        handler.is_some_and(|handler| handler.run(()))
    }
}

/// Listen to the keyboard; called once by the root of the page.
pub fn start() {
    let handlers = Handlers(StoredValue::new(Vec::new()));
    HANDLERS.set(Some(handlers));
    let prefs = prefs::prefs();
    let before = StoredValue::new((String::new(), 0.0_f64));
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if dom::is_composing(&event) || event.default_prevented() {
            return;
        }
        let pressed = Pressed::of(&event);
        let typing = dom::is_typing(&event);
        if !pressed.modified && (typing || !prefs.single_keys.get_untracked()) && pressed.key != "F1" {
            return;
        }
        // Undo inside a text field is the field's, Enter and Space on a button are the button's.
        let presses = matches!(pressed.key.as_str(), "Enter" | "Space") && !pressed.modified;
        if (typing && pressed.name() == "Mod+z") || (presses && dom::is_pressable(&event)) {
            return;
        }
        let (last, at) = before.get_value();
        let prefix = if event.time_stamp() - at < 1200.0 { last } else { String::new() };
        before.set_value((pressed.name(), event.time_stamp()));
        if find(&prefix, &pressed.name()).is_some_and(|act| handlers.run(act)) {
            event.prevent_default();
            before.set_value((String::new(), 0.0));
        }
    });
    on_cleanup(move || listener.remove());
}

/// The act of a key after the key before it: a pair such as `g c` goes before the single key.
fn find(before: &str, now: &str) -> Option<Act> {
    let pair = format!("{before} {now}");
    let by = |keys: &str| SHORTCUTS.iter().find(|shortcut| shortcut.keys == keys).map(|shortcut| shortcut.act);
    by(&pair).or_else(|| by(now))
}

struct Pressed {
    key: String,
    modified: bool,
}

impl Pressed {
    fn of(event: &KeyboardEvent) -> Self {
        let key = match event.key().as_str() {
            " " => "Space".to_owned(),
            "ArrowDown" => "j".to_owned(),
            "ArrowUp" => "k".to_owned(),
            "F2" => "e".to_owned(),
            one if one.chars().count() == 1 => one.to_lowercase(),
            named => named.to_owned(),
        };
        Self { key, modified: event.ctrl_key() || event.meta_key() }
    }

    fn name(&self) -> String {
        if self.modified { format!("Mod+{}", self.key) } else { self.key.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_goes_before_its_last_key() {
        assert_eq!(find("g", "c"), Some(Act::GoCustomers));
        assert_eq!(find("", "c"), Some(Act::Create));
        assert_eq!(find("j", "c"), Some(Act::Create));
        assert_eq!(find("", "Mod+k"), Some(Act::Palette));
        assert_eq!(find("", "q"), None);
    }

    #[test]
    fn no_two_shortcuts_share_keys_and_none_takes_the_browsers_own() {
        for (index, one) in SHORTCUTS.iter().enumerate() {
            assert!(SHORTCUTS[index + 1..].iter().all(|other| other.keys != one.keys), "{}", one.keys);
            for forbidden in ["Mod+w", "Mod+t", "Mod+n", "Mod+h", "Mod+l", "Mod+Space", "Mod+."] {
                assert_ne!(one.keys, forbidden);
            }
        }
    }
}
