//! The committed OpenAPI document: written from the code that serves it, compared in CI, read by Spectral. And what of
//! it was released, with which a contract test compares.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::server::{self, Profile};
use crate::shell;

/// `cargo xtask openapi`.
pub fn run(check: bool, release: bool) -> Result<()> {
    update(check)?;
    if release { self::release() } else { Ok(()) }
}

/// Makes the committed document the one that later ones may not break.
fn release() -> Result<()> {
    let folder = shell::workspace().join("openapi");
    let document = fs::read_to_string(folder.join("zhiyin.json")).context("cannot read openapi/zhiyin.json")?;
    let document: Value = serde_json::from_str(&document).context("openapi/zhiyin.json is not JSON")?;
    let file = folder.join("released.json");
    fs::write(&file, baseline(&document)).with_context(|| format!("cannot write {}", file.display()))?;
    shell::say("openapi/released.json: written");
    Ok(())
}

/// What says nothing about the form of a request or an answer.
const PROSE: [&str; 6] = ["description", "summary", "tags", "example", "examples", "security"];

/// The document without its prose and its failures, each operation and each schema in a line, so that a difference of
/// two releases can be read.
fn baseline(document: &Value) -> String {
    let lines = |members: &Value| {
        let members = members.as_object().into_iter().flatten();
        let lines = members.map(|(name, value)| format!("    {}: {}", json!(name), bare(value)));
        lines.collect::<Vec<_>>().join(",\n")
    };
    let paths = document["paths"].as_object().into_iter().flatten().map(|(path, item)| {
        let operations = lines(item).replace("    ", "      ");
        format!("    {}: {{\n{operations}\n    }}", json!(path))
    });
    let paths = paths.collect::<Vec<_>>().join(",\n");
    let schemas = lines(&document["components"]["schemas"]);
    format!("{{\n  \"paths\": {{\n{paths}\n  }},\n  \"components\": {{\"schemas\": {{\n{schemas}\n  }}}}\n}}\n")
}

fn bare(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let failure = |name: &str| name.len() == 3 && name.starts_with(['4', '5']);
            let kept = members.iter().filter(|(name, value)| !failure(name) && !is_prose(name, value));
            Value::Object(kept.map(|(name, value)| (name.clone(), bare(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}

/// A member of a record may be called `description` too; then it holds a schema.
fn is_prose(name: &str, value: &Value) -> bool {
    let is_schema = value.is_object() && (value.get("type").is_some() || value.get("$ref").is_some());
    PROSE.contains(&name) && !is_schema
}

/// Writes the document, or with `check` only compares it; then lints it where Node is there.
pub fn update(check: bool) -> Result<()> {
    let zhiyin = server::build(Profile::Debug)?;
    let served = shell::output(Command::new(zhiyin).arg("openapi"))?;
    let file = shell::workspace().join("openapi/zhiyin.json");
    let committed = fs::read_to_string(&file).unwrap_or_default();
    if served != committed {
        if check {
            bail!("openapi/zhiyin.json is out of date: {}; run `cargo xtask openapi`", difference(&committed, &served));
        }
        fs::write(&file, served).with_context(|| format!("cannot write {}", file.display()))?;
        shell::say("openapi/zhiyin.json: written");
    }
    lint()
}

/// Spectral with the rules of openapi/.spectral.yaml.
fn lint() -> Result<()> {
    if !shell::has("npm") {
        shell::say("openapi/zhiyin.json: not linted, because Node is not installed");
        return Ok(());
    }
    let folder = shell::workspace().join("openapi");
    if !folder.join("node_modules/.package-lock.json").exists() {
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
        shell::step("Installing Spectral", &mut install)?;
    }
    let mut spectral = Command::new("node_modules/.bin/spectral");
    spectral.args(["lint", "zhiyin.json", "--fail-severity=warn"]).current_dir(&folder);
    shell::step("Linting the OpenAPI document", &mut spectral)
}

/// The first line that differs, so that the reader need not run anything to see what happened.
fn difference(committed: &str, served: &str) -> String {
    let mut pairs = committed.lines().zip(served.lines()).enumerate();
    match pairs.find(|(_, (old, new))| old != new) {
        Some((number, (old, new))) => format!("line {} is `{}`, served is `{}`", number + 1, old.trim(), new.trim()),
        None => "one is longer than the other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_keeps_forms_and_forgets_prose() {
        let schema = json!({
            "type": "object", "description": "A role.", "example": {"description": "all"},
            "properties": {"description": {"type": "string", "examples": ["all"]}},
        });
        let post = json!({
            "summary": "Create a role.", "tags": ["platform"], "operationId": "create_role", "security": [],
            "responses": {"201": {"description": "Created.", "content": {}}, "422": {"$ref": "#/no"}},
        });
        let document = json!({"paths": {"/roles": {"post": post}}, "components": {"schemas": {"Role": schema}}});
        let released: Value = serde_json::from_str(&baseline(&document)).expect("JSON");
        let role = json!({"type": "object", "properties": {"description": {"type": "string"}}});
        let post = json!({"operationId": "create_role", "responses": {"201": {"content": {}}}});
        let expected = json!({"paths": {"/roles": {"post": post}}, "components": {"schemas": {"Role": role}}});
        assert_eq!(released, expected);
    }
}
