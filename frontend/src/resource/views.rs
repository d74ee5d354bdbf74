//! The ways in which the records of a resource are shown: as a list and, where there is one, as a board or a tree.

use domain::listing::Listing;
use domain::{Definition, Kind};
use leptos::prelude::*;

use super::{address, boards};
use crate::api::records;
use crate::t;
use crate::ui::Segments;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    List,
    Board,
    Tree,
}

/// Whether the records of a resource lie one below the other, and are shown so besides the list.
fn is_tree(definition: &Definition) -> bool {
    definition.name == "product-categories"
        && definition.fields.iter().any(|field| field.kind == Kind::Reference(definition.name))
}

/// The switch between the ways, which keeps search and filter; nothing for a resource that is only listed.
pub fn switch(
    definition: &'static Definition,
    here: Shown,
    listing: impl Fn() -> Listing + Send + Sync + 'static,
) -> Option<AnyView> {
    let other = match boards::of(definition.name) {
        Some(_) => (t!("view.board"), "square-kanban", address::board(definition.name), Shown::Board),
        None if is_tree(definition) => (t!("view.tree"), "folder-tree", address::tree(definition.name), Shown::Tree),
        None => return None,
    };
    let query = Memo::new(move |_| {
        let Listing { filter, q, sort, .. } = listing();
        records::encode(&Listing { filter, q, sort, ..Listing::default() }.to_query())
    });
    let href = move |path: String| {
        Signal::derive(move || {
            query.with(|query| if query.is_empty() { path.clone() } else { format!("{path}?{query}") })
        })
    };
    let list = (t!("view.list"), "list", address::list(definition.name), Shown::List);
    let places = [list, other].map(|(text, icon, path, way)| (text, icon, href(path), way == here)).to_vec();
    Some(view! { <Segments label=t!("view.switch") places/> }.into_any())
}
