//! Records made in passing, where another one is to name them, such as a tag that is not there yet.

use domain::permission::Action;
use domain::{Definition, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::{entry, touch};
use crate::api::records;
use crate::ui::{Choice, toast_error};
use crate::{edition, lazy, session, t};

type Make = fn(&'static Definition, String, RwSignal<Vec<Choice>>);

#[leptos::wasm_split::wasm_split(making, wasm_split_path = ::leptos::wasm_split, fallible)]
fn code() -> Result<Make, lazy::Missing> {
    Ok(make)
}

/// Makes a record out of what was typed in search of one, and chooses it: where a name is all that a new one needs, and
/// the caller may make it.
pub fn offered(resource: &'static str, chosen: RwSignal<Vec<Choice>>) -> Option<Callback<String>> {
    let of = edition::find(resource)?;
    let is_enough = of.own_fields().all(|field| !field.is_asked_of_new() || field.key == of.title);
    (is_enough && session::may(resource, Action::Create)).then(|| {
        Callback::new(move |typed: String| {
            spawn_local(async move {
                match code().await {
                    Ok(make) => make(of, typed, chosen),
                    Err(_) => toast_error(t!("state.network")),
                }
            });
        })
    })
}

fn make(of: &'static Definition, typed: String, chosen: RwSignal<Vec<Choice>>) {
    let mut document = records::one(of.title, typed.clone().into());
    document.extend(hue_of(of, &typed));
    spawn_local(async move {
        match records::create(of.name, &document).await {
            Ok(made) => {
                let choice = entry::choice_of(made, of.title, of.colour);
                // Whoever asked for it may be gone by now.
                let _ = chosen.try_update(|chosen| chosen.push(choice));
                touch(of.name);
            }
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}

/// A colour for a new record, always the same for the same name.
fn hue_of(of: &Definition, name: &str) -> Option<(String, Value)> {
    let field = of.field(of.colour?)?;
    let Kind::Choice(words) = field.kind else { return None };
    let sum = name.chars().fold(0, |sum, letter| sum + letter as usize);
    Some((field.key.to_owned(), (*words.get(sum % words.len().max(1))?).into()))
}
