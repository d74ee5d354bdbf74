//! The ways in which the records of a resource are shown: as a list and, where there is one, as a board.

use domain::Definition;
use domain::listing::Listing;
use leptos::prelude::*;

use super::{address, boards};
use crate::api::records;
use crate::t;
use crate::ui::Segments;

/// The switch between list and board, which keeps search and filter; nothing for a resource without a board.
pub fn switch(
    definition: &'static Definition,
    on_board: bool,
    listing: impl Fn() -> Listing + Send + Sync + 'static,
) -> Option<AnyView> {
    boards::of(definition.name)?;
    let query = Memo::new(move |_| {
        let Listing { filter, q, sort, .. } = listing();
        records::encode(&Listing { filter, q, sort, ..Listing::default() }.to_query())
    });
    let href = move |path: String| {
        Signal::derive(move || {
            query.with(|query| if query.is_empty() { path.clone() } else { format!("{path}?{query}") })
        })
    };
    let places = vec![
        (t!("view.list"), "list", href(address::list(definition.name)), !on_board),
        (t!("view.board"), "square-kanban", href(address::board(definition.name)), on_board),
    ];
    Some(view! { <Segments label=t!("view.switch") places/> }.into_any())
}
