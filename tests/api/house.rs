//! Rules of the house that can be read off its source: what is declared is used, and what is used is declared.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::error::Code;
use domain::messages;
use domain::permission::Action;
use domain::platform::users::Locale;

use crate::contract::document::operations;

fn sources() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push((path.clone(), fs::read_to_string(&path).expect("text")));
            }
        }
    }
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = Vec::new();
    for name in ["domain", "store", "api"] {
        collect(&crates.join(name).join("src"), &mut found);
    }
    assert!(found.len() > 80, "most of the source was not found");
    found
}

#[test]
fn every_problem_code_is_used() {
    let sources = sources();
    for code in Code::ALL {
        let name = format!("Code::{code:?}");
        let used = sources.iter().any(|(path, text)| !path.ends_with("domain/src/error.rs") && text.contains(&name));
        assert!(used, "{name} is declared, but nothing answers with it");
    }
}

#[test]
fn every_fault_has_words_and_every_word_a_fault() {
    let sources = sources();
    let text: String = sources.iter().map(|(_, text)| text.as_str()).collect();
    let catalogue: serde_json::Value = serde_json::from_str(messages::ENGLISH).expect("JSON");
    for key in catalogue.as_object().expect("keys").keys().filter_map(|key| key.strip_prefix("fault.")) {
        assert!(text.contains(&format!("\"{key}\"")), "fault.{key} has words, but nothing finds this fault");
    }
    for call in ["Fault::field(", "Fault::new("] {
        for rest in text.split(call).skip(1) {
            let Some(code) = rest.split_once(", \"").and_then(|(_, rest)| rest.split_once('"')).map(|(code, _)| code)
            else {
                continue;
            };
            let plain = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
                && !rest[..rest.find(", \"").unwrap_or(0)].contains(')');
            let known = messages::lookup(Locale::English, &format!("fault.{code}")).is_some();
            assert!(!plain || known, "the fault {code} has no words");
        }
    }
}

#[test]
fn every_permission_opens_something_and_every_operation_names_a_real_one() {
    let mut opened = BTreeSet::new();
    for (method, path, operation) in operations() {
        let Some(permission) = operation.get("x-permission").and_then(serde_json::Value::as_str) else { continue };
        let (resource, action) = permission.split_once('.').unwrap_or_default();
        assert!(domain::catalogue::find(resource).is_some(), "{method} {path} needs {permission}, of no resource");
        opened.insert(Action::from_word(action).unwrap_or_else(|| panic!("{method} {path} needs {permission}")).word());
    }
    // Import and export are asked for by operations that serve all resources, whose documents name no single one.
    let sources = sources();
    for word in Action::WORDS {
        let action = Action::from_word(word).expect("an action");
        let asked = sources.iter().any(|(path, text)| {
            !path.starts_with("domain")
                && (text.contains(&format!("Action::{action:?}"))
                    || text.contains(&format!("R::{}", word.to_uppercase())))
        });
        assert!(opened.contains(word) || asked, "{word} can be granted, but opens nothing");
    }
}
