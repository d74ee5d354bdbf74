//! How this person likes the page on this device: theme, density, contrast, narrow navigation, single keys.

use std::cell::Cell;

use leptos::prelude::*;

use crate::dom;

thread_local! {
    static PREFS: Cell<Option<Prefs>> = const { Cell::new(None) };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or(Self::System)
    }
}

/// The settings as signals; whoever sets one finds it applied and remembered.
#[derive(Debug, Clone, Copy)]
pub struct Prefs {
    pub theme: RwSignal<Theme>,
    pub compact: RwSignal<bool>,
    pub contrast: RwSignal<bool>,
    pub narrow_nav: RwSignal<bool>,
    pub single_keys: RwSignal<bool>,
}

impl Prefs {
    /// Read what this device remembers and keep page and memory in step from now on.
    pub fn start() -> Self {
        let is = |name: &str, value: &str| dom::recall(name).as_deref() == Some(value);
        let prefs = Self {
            theme: RwSignal::new(Theme::from_name(&dom::recall("theme").unwrap_or_default())),
            compact: RwSignal::new(is("density", "compact")),
            contrast: RwSignal::new(dom::root_attribute("data-contrast").is_some()),
            narrow_nav: RwSignal::new(is("nav", "narrow")),
            single_keys: RwSignal::new(!is("keys", "off")),
        };
        prefs.apply_theme();
        keep(prefs.compact, "density", ["comfortable", "compact"], Some("data-density"));
        keep(prefs.contrast, "contrast", ["normal", "more"], Some("data-contrast"));
        keep(prefs.narrow_nav, "nav", ["wide", "narrow"], None);
        keep(prefs.single_keys, "keys", ["off", "on"], None);
        PREFS.set(Some(prefs));
        prefs
    }

    fn apply_theme(self) {
        Effect::watch(
            move || self.theme.get(),
            |theme, _, _| {
                let dark = match theme {
                    Theme::System => system_is_dark(),
                    chosen => *chosen == Theme::Dark,
                };
                dom::set_root_attribute("data-theme", if dark { "dark" } else { "light" });
                dom::remember("theme", theme.name());
            },
            false,
        );
    }
}

/// The settings of this page. The root starts them before anything is drawn.
pub fn prefs() -> Prefs {
    PREFS.get().unwrap_or_else(Prefs::start)
}

fn system_is_dark() -> bool {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
}

/// On every later change of a two-way setting: put it on the page and in the memory.
fn keep(signal: RwSignal<bool>, name: &'static str, words: [&'static str; 2], attribute: Option<&'static str>) {
    Effect::watch(
        move || signal.get(),
        move |on, _, _| {
            let word = words[usize::from(*on)];
            dom::remember(name, word);
            if let Some(attribute) = attribute {
                dom::set_root_attribute(attribute, word);
            }
        },
        false,
    );
}
