//! The words that the server needs too: titles of problems, faults, names of resources, fields and choices.
//!
//! The browser fetches the same files; see `crates/domain/messages`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::field::Field;
use crate::platform::users::Locale;

type Catalogue = BTreeMap<String, String>;

pub const CHINESE: &str = include_str!("../messages/zh-CN.json");
pub const ENGLISH: &str = include_str!("../messages/en.json");

static CATALOGUES: LazyLock<[Catalogue; 2]> = LazyLock::new(|| {
    // The files are part of the program; a test reads them, so a broken one does not get here.
    [CHINESE, ENGLISH].map(|text| serde_json::from_str(text).unwrap_or_default())
});

/// The text at a key, with its placeholders filled in; the key itself where there is none.
pub fn text(locale: Locale, key: &str, params: &BTreeMap<String, String>) -> String {
    let mut text = lookup(locale, key).unwrap_or(key).to_owned();
    for (name, value) in params {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

pub fn lookup(locale: Locale, key: &str) -> Option<&'static str> {
    let catalogue = match locale {
        Locale::Chinese => &CATALOGUES[0],
        Locale::English => &CATALOGUES[1],
    };
    catalogue.get(key).map(String::as_str)
}

/// The label of a field: its own, or the one shared by all resources.
pub fn field_label(locale: Locale, resource: &str, field: &str) -> &'static str {
    let own = format!("field.{resource}.{field}");
    lookup(locale, &own).or_else(|| lookup(locale, &format!("field.{field}"))).unwrap_or("")
}

/// The label of a field, whoever made it.
pub fn label(locale: Locale, resource: &str, field: &Field) -> &'static str {
    field.made.map_or_else(|| field_label(locale, resource, field.key), |made| made.label(locale))
}

/// The label of a word of a choice: its own, or the one shared by all resources.
pub fn choice_label(locale: Locale, resource: &str, field: &Field, word: &str) -> Option<&'static str> {
    match field.made {
        Some(made) => made.word(locale, word),
        // A word may be the name of a resource.
        None => lookup(locale, &format!("choice.{resource}.{}.{word}", field.key))
            .or_else(|| lookup(locale, &format!("choice.{}.{word}", field.key)))
            .or_else(|| lookup(locale, &format!("resource.{word}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::field::Kind;
    use crate::permission::{Action, Right, Scope};
    use crate::platform::shipped_roles::shipped_roles;

    fn assert_complete(key: &str) {
        for locale in [Locale::Chinese, Locale::English] {
            assert!(lookup(locale, key).is_some(), "{key} has no words in {}", locale.word());
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let placeholders = |text: &str| -> Vec<String> {
            let mut found: Vec<_> =
                text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
            found.sort();
            found
        };
        let [chinese, english]: [Catalogue; 2] =
            [CHINESE, ENGLISH].map(|text| serde_json::from_str(text).expect("valid JSON"));
        assert!(chinese.keys().eq(english.keys()));
        for (key, text) in &chinese {
            assert_eq!(placeholders(text), placeholders(&english[key]), "{key}");
        }
    }

    #[test]
    fn everything_declared_has_words() {
        for code in Code::ALL {
            assert_complete(&format!("problem.{}", code.word()));
            assert_complete(&format!("problem.{}.detail", code.word()));
        }
        for resource in crate::CATALOGUE {
            assert_complete(&format!("area.{}", resource.area.word()));
            assert_complete(&format!("resource.{}", resource.name));
            assert_complete(&format!("resource.{}.one", resource.name));
            for act in resource.acts {
                assert_complete(&format!("act.{}.{}", resource.name, act.noun));
                assert_complete(&format!("act.{}.{}.note", resource.name, act.noun));
            }
            for preset in resource.presets {
                assert_complete(&format!("preset.{}.{}", resource.name, preset.word));
            }
            for field in resource.all_fields() {
                for locale in [Locale::Chinese, Locale::English] {
                    assert_ne!(field_label(locale, resource.name, field.key), "", "{}.{}", resource.name, field.key);
                }
                assert_complete(&format!("group.{}", field.group));
                if let Kind::Lines(columns) = field.kind {
                    for column in columns.fields {
                        for locale in [Locale::Chinese, Locale::English] {
                            assert_ne!(field_label(locale, "lines", column.key), "", "lines.{}", column.key);
                        }
                    }
                }
                if let Kind::Choice(words) = field.kind {
                    for (word, locale) in
                        words.iter().flat_map(|word| [(word, Locale::Chinese), (word, Locale::English)])
                    {
                        let label = choice_label(locale, resource.name, field, word);
                        assert!(label.is_some(), "{}.{}.{word}", resource.name, field.key);
                    }
                }
            }
        }
        crate::catalogue::FACILITIES
            .iter()
            .for_each(|facility| assert_complete(&format!("resource.{}", facility.name)));
        Action::WORDS.iter().for_each(|word| assert_complete(&format!("action.{word}")));
        Scope::WORDS.iter().for_each(|word| assert_complete(&format!("scope.{word}")));
        Right::WORDS.iter().for_each(|word| assert_complete(&format!("right.{word}")));
        shipped_roles().iter().for_each(|role| assert_complete(&format!("role.{}", role.key)));
        crate::filter::Op::WORDS.iter().for_each(|word| assert_complete(&format!("op.{word}")));
        crate::filter::RELATIVE_DATES.iter().for_each(|word| assert_complete(&format!("date.{}", &word[1..])));
    }
}
