//! What happened to a record, fetched when the first record is opened: the whole timeline where others tell of it, else
//! its own changes.

use domain::Definition;
use leptos::prelude::*;

use super::history::History;
use super::timeline::{RecordTimeline, is_told};
use crate::lazy;

/// Whose past it is; `version` makes it read again after a change.
#[derive(Clone)]
struct Asked {
    definition: &'static Definition,
    id: String,
    version: Signal<u64>,
}

type Draw = fn(Asked) -> AnyView;

#[leptos::wasm_split::wasm_split(past, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|Asked { definition, id, version }| match is_told(definition) {
        true => view! { <RecordTimeline definition id version/> }.into_any(),
        false => view! { <History definition id version/> }.into_any(),
    })
}

pub fn past(definition: &'static Definition, id: String, version: Signal<u64>) -> AnyView {
    lazy::part(draw, move |draw: Draw| draw(Asked { definition, id: id.clone(), version }))
}
