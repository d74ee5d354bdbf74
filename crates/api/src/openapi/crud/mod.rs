//! The words for the generic verbs: paths and schemas of a resource, made from its declaration.

mod parts;
mod schemas;
mod words;

use domain::permission::Action;
use domain::resource::{Definition, Verb};
use serde_json::{Map, Value, json};
use utoipa::openapi::PathItem;
use utoipa::openapi::path::Paths;

pub use self::parts::reference;
pub use self::schemas::schemas;
use self::words::Words;
use crate::platform::{attachments, followers};
use crate::timeline;

/// `customer-types` is `CustomerType`.
pub fn type_name(definition: &Definition) -> String {
    let singular = match definition.name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => definition.name.trim_end_matches('s').to_owned(),
    };
    singular.split('-').map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `customer-types` is `customer type` in a sentence.
fn noun(definition: &Definition) -> String {
    let mut noun = String::new();
    for letter in type_name(definition).chars() {
        if letter.is_uppercase() && !noun.is_empty() {
            noun.push(' ');
        }
        noun.extend(letter.to_lowercase());
    }
    noun
}

pub fn paths(definition: &Definition) -> Paths {
    let mut paths = Paths::new();
    for (path, item) in items(definition) {
        // An operation that does not fit is left out here and missed by the test that compares routes and document.
        if let Ok(item) = serde_json::from_value::<PathItem>(item) {
            paths.paths.insert(path, item);
        }
    }
    paths
}

fn items(definition: &Definition) -> Vec<(String, Value)> {
    let words = Words::of(definition);
    let offers = |verb| definition.verbs.contains(&verb);
    let base = format!("/{}", definition.name);
    let mut items = Vec::new();
    let mut collection = Map::new();
    let mut record = Map::new();
    let mut action = |rest: &str, method: &str, operation: Value| {
        items.push((format!("{base}{rest}"), json!({method: operation})));
    };
    if offers(Verb::List) {
        collection.insert("get".into(), words.list());
        action("/search", "post", words.search());
        action("/summary", "post", words.summary());
    }
    if offers(Verb::Create) {
        collection.insert("post".into(), words.create());
    }
    if offers(Verb::Find) {
        record.insert("get".into(), words.find());
        action("/{id}/history", "get", words.history());
        if timeline::is_told(definition) {
            action("/{id}/timeline", "get", words.timeline());
        }
    }
    if attachments::belong_to(definition) {
        action("/{id}/attachments", "post", words.attach());
    }
    if offers(Verb::Update) {
        record.insert("patch".into(), words.update());
    }
    if definition.offers(Action::Assign) {
        action("/{id}/assign", "post", words.assign());
    }
    for act in definition.acts {
        action(&format!("/{{id}}/{}", act.noun), "post", words.act(act));
    }
    if offers(Verb::Delete) {
        record.insert("delete".into(), words.delete());
        action("/{id}/restore", "post", words.restore());
    }
    if definition.merged {
        action("/duplicates", "post", words.duplicates());
        action("/{id}/merge", "post", words.merge());
    }
    if definition.fields.iter().any(|field| field.personal) {
        action("/{id}/mask-reveal", "post", words.reveal());
    }
    if offers(Verb::Update) {
        action("/bulk", "post", words.bulk());
    }
    if offers(Verb::Create) && offers(Verb::Update) {
        action("/by-external/{system}/{external_id}", "patch", words.upsert());
    }
    if [Verb::Create, Verb::Update, Verb::Delete].into_iter().all(offers) {
        action("/batch", "post", words.batch());
    }
    if followers::follow(definition) {
        items.push((format!("{base}/{{id}}/follow"), words.following()));
    }
    items.push((base.clone(), Value::Object(collection)));
    items.push((format!("{base}/{{id}}"), Value::Object(record)));
    items
}
