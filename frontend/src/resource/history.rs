//! What happened to a record, newest first, read from the change log.

use domain::{Definition, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::record::failed;
use super::{cells, labels, lines};
use crate::api::records::{self, Change};
use crate::ui::{Button, Load, Loaded, Moment, Timeline, Tone};
use crate::{format, t};

/// The history of a record; `version` makes it read again after a change.
#[component]
pub fn History(
    definition: &'static Definition,
    #[prop(into)] id: String,
    #[prop(into)] version: Signal<u64>,
) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let changes = RwSignal::new(Vec::<Change>::new());
    let more = RwSignal::new(false);
    let id = StoredValue::new(id);
    let read = move |before: Option<i64>| {
        // Whoever asked may be gone before the request is.
        let id = id.get_value();
        spawn_local(async move {
            match records::history(definition.name, &id, before).await {
                Ok(found) => {
                    more.set(found.len() >= PAGE);
                    changes.update(|known| {
                        if before.is_none() {
                            known.clear();
                        }
                        known.extend(found);
                    });
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(failed(&problem)),
            }
        })
    };
    Effect::new(move || {
        version.get();
        read(None);
    });
    view! {
        <Loaded state=load on_retry=move |()| { load.set(Load::Waiting); read(None); }>
            {move || view! { <Timeline moments=changes.with(|changes| changes.iter().map(|change| moment(definition, change)).collect())/> }}
            {move || more.get().then(|| view! {
                <Button label=t!("history.more") small=true on_press=move |()| read(changes.with_untracked(|changes| changes.last().map(|change| change.sequence)))/>
            })}
        </Loaded>
    }
}

/// The server's page of a history.
const PAGE: usize = 50;

pub(super) fn moment(definition: &'static Definition, change: &Change) -> Moment {
    let (icon, tone) = match change.operation.as_str() {
        "create" => ("plus", Tone::Ok),
        "delete" | "purge" => ("trash-2", Tone::Bad),
        "restore" => ("undo-2", Tone::Accent),
        "reveal" => ("eye", Tone::Plain),
        _ => ("pencil", Tone::Plain),
    };
    // A new record changed every field from nothing; its facts stand beside the history anyway.
    let changes = match change.operation.as_str() {
        "reveal" => change.changed.keys().filter_map(|key| seen(definition, key, change)).collect(),
        "update" => change.changed.iter().flat_map(|(key, pair)| lines_of(definition, key, pair)).collect(),
        _ => Vec::new(),
    };
    Moment {
        icon,
        tone,
        who: change.actor_name.clone().unwrap_or_else(|| t!("history.system")),
        what: t!(&format!("history.{}", deed(change).unwrap_or(&change.operation))),
        at: change.at.clone(),
        changes,
        text: String::new(),
        way: None,
        link: None,
    }
}

/// What was done where no field shows it: the reason says so.
fn deed(change: &Change) -> Option<&str> {
    let known =
        ["second_factor_on", "second_factor_off", "second_factor_removed", "recovery_codes_renewed", "session_stolen"];
    change.reason.as_deref().filter(|reason| change.changed.is_empty() && known.contains(reason))
}

/// A field that somebody looked at in the clear, with the reason that was given.
fn seen(definition: &'static Definition, key: &str, change: &Change) -> Option<(String, String, String)> {
    let name = labels::field(definition, definition.field(key)?);
    Some((name, String::new(), change.reason.clone().unwrap_or_default()))
}

/// One changed field: its name, its value before, its value after. Of the lines of a document, what changed in them.
fn lines_of(definition: &'static Definition, key: &str, pair: &Value) -> Vec<(String, String, String)> {
    let Some(field) = definition.field(key) else { return Vec::new() };
    if matches!(field.key, "version" | "updated_at" | "updated_by") {
        return Vec::new();
    }
    let shown = |value: &Value| match (field.kind, value) {
        (Kind::Reference(resource), Value::String(id)) => super::names::name_of(resource, id).get(),
        _ => cells::value_text(definition, field, value),
    };
    let (before, after) = match pair {
        Value::Array(pair) => (pair.first(), pair.get(1)),
        pair => (pair.get("before").or_else(|| pair.get("old")), pair.get("after").or_else(|| pair.get("new"))),
    };
    let (before, after) = (before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null));
    if let Kind::Lines(columns) = field.kind {
        return lines::changes(definition, field, columns, (before, after));
    }
    // From nothing to something: the arrow would start nowhere.
    let before = shown(before);
    let before = if before == format::EMPTY { String::new() } else { before };
    vec![(labels::field(definition, field), before, shown(after))]
}
