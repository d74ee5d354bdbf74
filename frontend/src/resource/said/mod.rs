//! What people say about a record and the files that belong to it: panels on its page, fetched when the first record is
//! opened.

mod comments;
mod composer;
mod files;
mod follow;
mod words;

use domain::{Definition, catalogue};
use leptos::prelude::*;

use self::comments::Comments;
use self::files::Files;
use self::follow::Follow;
pub use self::words::plain;
use crate::lazy;

/// The record spoken of.
#[derive(Clone)]
struct Subject {
    definition: &'static Definition,
    id: String,
}

type Draw = fn(Subject) -> AnyView;

#[leptos::wasm_split::wasm_split(said, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|Subject { definition, id }| {
        view! { <Follow definition id=id.clone()/><Comments definition id=id.clone()/><Files definition id/> }
            .into_any()
    })
}

type DrawPicture = fn(String) -> AnyView;

#[leptos::wasm_split::wasm_split(said, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw_picture() -> Result<DrawPicture, lazy::Missing> {
    Ok(files::picture)
}

/// The picture that an attachment holds.
pub fn picture(attachment: String) -> AnyView {
    lazy::part(draw_picture, move |draw: DrawPicture| draw(attachment.clone()))
}

/// Whether one can speak of the records of a resource.
pub fn is_spoken_of(definition: &Definition) -> bool {
    catalogue::find("comments").is_some_and(|of| of.links_to(definition.name))
}

pub fn panel(definition: &'static Definition, id: String) -> AnyView {
    lazy::part(draw, move |draw: Draw| draw(Subject { definition, id: id.clone() }))
}
