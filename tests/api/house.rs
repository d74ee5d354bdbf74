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
