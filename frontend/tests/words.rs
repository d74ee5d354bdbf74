//! The words of the screens: both languages say the same things, every key that is asked for exists, none is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Catalogue = BTreeMap<String, String>;

/// Families of keys whose last part is made at run time.
const FAMILIES: &[&str] = &[
    "gallery.",
    "relation.",
    "key.purpose.",
    "key.replacing.",
    "operation.",
    "outcome.",
    "work.",
    "help.group.",
    "prefs.theme.",
    "area.",
    "op.",
    "date.",
    "day.",
    "history.",
    "resource.",
    "group.",
    "field.",
    "action.",
    "scope.",
    "right.",
    "match.",
    "tree.",
    "receivables.part.",
    "statement.kind.",
];

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn catalogue(owner: &str, language: &str) -> Catalogue {
    let path = here().join(owner).join(format!("{language}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("a flat JSON object of texts")
}

fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(fs::read_to_string(&path).expect("a readable source"));
        }
    }
    texts
}

/// The literal keys of `t!("...")`, and those of the shortcut table, which are looked up later.
fn asked_keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for text in sources(&here().join("src")) {
        for (place, _) in text.match_indices("t!(") {
            let before = text[..place].chars().next_back();
            // `format!(` ends in the same three letters.
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
                continue;
            }
            let rest = text[place + 3..].trim_start();
            if let Some(key) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                keys.insert(key.to_owned());
            }
        }
        for piece in text.split("\"keys.").skip(1) {
            keys.insert(format!("keys.{}", piece.split('"').next().unwrap_or_default()));
        }
    }
    // The example in the macro's own documentation.
    keys.remove("list.count");
    keys
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    let (chinese, english) = (catalogue("messages", "zh-CN"), catalogue("messages", "en"));
    assert!(chinese.keys().eq(english.keys()), "the keys differ");
    for (key, text) in &chinese {
        assert_eq!(placeholders(text), placeholders(&english[key]), "{key}");
        assert!(!text.trim().is_empty() && !english[key].trim().is_empty(), "{key} is empty");
    }
}

#[test]
fn no_key_stands_in_two_catalogues() {
    let domain = catalogue("../crates/domain/messages", "en");
    let twice: Vec<String> = catalogue("messages", "en").into_keys().filter(|key| domain.contains_key(key)).collect();
    assert!(twice.is_empty(), "also in the domain: {twice:?}");
}

#[test]
fn every_key_that_is_asked_for_has_words() {
    let (own, domain) = (catalogue("messages", "en"), catalogue("../crates/domain/messages", "en"));
    let missing: Vec<String> =
        asked_keys().into_iter().filter(|key| !own.contains_key(key) && !domain.contains_key(key)).collect();
    assert!(missing.is_empty(), "without words: {missing:?}");
}

#[test]
fn no_words_are_left_over() {
    let asked = asked_keys();
    let own = catalogue("messages", "en");
    let idle: Vec<&String> = own
        .keys()
        .filter(|key| {
            !asked.contains(key.trim_end_matches(".one")) && !FAMILIES.iter().any(|family| key.starts_with(family))
        })
        .collect();
    assert!(idle.is_empty(), "never asked for: {idle:?}");
}

#[test]
fn every_help_article_exists_in_both_languages() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(here().join("help").join(folder)).expect("a help folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("zh"), names("en"));
}
