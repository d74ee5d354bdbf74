//! The words of the screens: one catalogue, fetched for the language in use, looked up by key.
//!
//! Switching the language fetches the other catalogue and draws the page anew; nothing is reloaded. That is
//! why `t!` answers a plain `String`: no text on the page has to watch for a change.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;

use crate::api::assets;
use crate::dom;

/// Look a text up: `t!("action.save")`, or with arguments `t!("list.count", count = 3)`.
#[macro_export]
macro_rules! t {
    ($key:expr) => { $crate::i18n::text($key) };
    ($key:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::text_with($key, &[$((stringify!($name), $value.to_string())),+])
    };
}

/// The languages of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Chinese,
    English,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The tag used in `lang`, in `Accept-Language` and in file names.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language's name in itself, so that one who reads only that language finds it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Chinese => "简体中文",
            Self::English => "English",
        }
    }

    pub fn from_tag(tag: &str) -> Self {
        if tag.starts_with("en") { Self::English } else { Self::Chinese }
    }
}

thread_local! {
    static WORDS: RefCell<HashMap<String, String>> = RefCell::new(HashMap::new());
    static LANGUAGE: ArcRwSignal<Language> = ArcRwSignal::new(Language::Chinese);
}

/// The text of `key`; the key itself when the catalogue lacks it, which a test prevents.
pub fn text(key: &str) -> String {
    find(key).unwrap_or_else(|| key.to_owned())
}

/// The text of `key`, or `None`: for words that the server may name and an older client may not know.
pub fn find(key: &str) -> Option<String> {
    WORDS.with_borrow(|words| words.get(key).cloned())
}

/// The text of `key` with its placeholders filled. When `count` is 1, `key.one` is taken if it exists.
pub fn text_with(key: &str, arguments: &[(&str, String)]) -> String {
    let single = arguments.iter().any(|(name, value)| *name == "count" && value == "1");
    let one = if single { find(&format!("{key}.one")) } else { None };
    fill(&one.unwrap_or_else(|| text(key)), arguments)
}

/// Replace each `{name}` by its argument, in one pass, so that an argument's own braces stay as typed.
pub fn fill(pattern: &str, arguments: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}').map(|length| start + length) else { break };
        filled.push_str(&rest[..start]);
        match arguments.iter().find(|(known, _)| *known == &rest[start + 1..end]) {
            Some((_, value)) => filled.push_str(value),
            None => filled.push_str(&rest[start..=end]),
        }
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    filled
}

/// The language in use, as a signal that the root of the page watches.
pub fn language() -> ArcRwSignal<Language> {
    LANGUAGE.with(Clone::clone)
}

/// The language in use, now.
pub fn current() -> Language {
    language().get_untracked()
}

/// Fetch the words of a language and make it the one in use.
pub async fn load(language: Language) -> Result<(), assets::Missing> {
    let words: HashMap<String, String> = assets::json(&format!("messages-{}", language.tag())).await?;
    WORDS.set(words);
    dom::set_root_attribute("lang", language.tag());
    self::language().set(language);
    Ok(())
}

/// Switch to a language and remember it on this device.
pub fn switch(language: Language) {
    leptos::task::spawn_local(async move {
        if load(language).await.is_ok() {
            dom::remember("language", language.tag());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn placeholders_are_filled_once_and_unknown_ones_stay() {
        let arguments = [("name", "{count}".to_owned()), ("count", "3".to_owned())];
        assert_eq!(fill("{name}: {count} of {total}", &arguments), "{count}: 3 of {total}");
        assert_eq!(fill("50% {", &[]), "50% {");
    }
}
