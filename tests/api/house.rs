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
fn every_permission_opens_something() {
    // Being named in the document is not enough: somewhere a connection must be asked for in its name.
    let asks = |line: &&str| line.contains("authorize(");
    let asked: String = sources().iter().flat_map(|(_, text)| text.lines().filter(asks)).collect();
    for word in Action::WORDS {
        let action = format!("Action::{:?}", Action::from_word(word).expect("an action"));
        let used = asked.contains(&action) || asked.contains(&format!("R::{}", word.to_uppercase()));
        assert!(used, "{word} can be granted, but opens nothing");
    }
}

#[test]
fn every_route_that_is_served_is_in_the_document() {
    let documented: BTreeSet<_> = operations().into_iter().map(|(_, path, _)| path).collect();
    let mut served = BTreeSet::new();
    for (file, text) in sources() {
        // What every resource is served by, once for all; customers have all of it.
        for rest in text.split("web::resource(").skip(1) {
            let path = rest.split('"').nth(1).expect("a path").replace("/{}", "").replace("{{", "{").replace("}}", "}");
            served.insert(format!("/api/v1/customers{path}"));
        }
        // Outside the API stand the pages about the server itself, and its keys at a well-known place.
        if file.components().any(|part| part.as_os_str() == "http") {
            continue;
        }
        for line in text.lines() {
            let attribute = ["get", "post", "put", "patch", "delete"].map(|method| format!("#[{method}(\""));
            if let Some(rest) = attribute.iter().find_map(|start| line.strip_prefix(start.as_str())) {
                let path = rest.split('"').next().unwrap_or_default();
                served.extend((!path.starts_with("/.well-known/")).then(|| format!("/api/v1{path}")));
            }
        }
    }
    assert!(served.len() > 30, "most of the routes were not found: {served:?}");
    let secret: Vec<_> = served.difference(&documented).collect();
    assert!(secret.is_empty(), "served, but not in the document: {secret:?}");
}

/// Every file below these folders with this ending.
fn texts(folders: &[&str], ending: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                // The head of a room bears the room's name.
                let named = if path.ends_with("mod.rs") { path.parent().unwrap_or(&path) } else { &path };
                let name = named.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found
}

#[test]
fn every_feature_that_is_said_to_work_is_shown_by_tests_that_exist() {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("features.md")).expect("the table");
    let rust = texts(&["tests/api", "tests/store", "crates", "frontend/src", "frontend/tests"], ".rs");
    let stories = texts(&["tests/browser/stories"], ".test.js");
    let exists = |name: &str| match name.split_once("::") {
        Some((file, test)) => {
            let head = format!("fn {test}()");
            rust.iter().any(|(found, text)| found == file && text.contains(&head))
        }
        None => stories.iter().any(|(_, text)| text.contains(&format!("test(\"{name}"))),
    };
    let mut rows = BTreeSet::new();
    for line in
        table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| row") && !line.contains("---"))
    {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [row, sentence, shown_by] = cells[..] else { panic!("{line} has other cells than the heading") };
        assert!(rows.insert(row.to_owned()), "{row} stands twice");
        assert!(!sentence.is_empty(), "{row} says nothing");
        let tests: Vec<&str> = shown_by.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{row} is shown by nothing");
        let missing: Vec<_> = tests.into_iter().filter(|name| !exists(name)).collect();
        assert!(missing.is_empty(), "{row} is said to be shown by {missing:?}");
    }
    assert!(rows.len() > 10, "most of the table was not read: {rows:?}");
}
