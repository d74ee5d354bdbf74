//! The pages and their addresses, in the order in which the API lists its services.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::pages;
use crate::shell::{Alone, Shell};

/// The parts of an address that a route leaves open, in order.
pub type Params = Vec<String>;

/// What stands around a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Navigation, search and the rest of the product.
    Shell,
    /// Nothing: the pages before one is inside.
    Bare,
}

pub struct Route {
    /// Segments in braces are open.
    pub path: &'static str,
    pub frame: Frame,
    pub view: fn(Params) -> AnyView,
}

const fn route(path: &'static str, view: fn(Params) -> AnyView) -> Route {
    Route { path, frame: Frame::Shell, view }
}

pub const ROUTES: &[Route] = &[
    route("/", |_| pages::workbench::Workbench().into_any()),
    route("/gallery", |_| pages::gallery::Gallery().into_any()),
];

/// Draws the page of the present address inside its frame.
#[component]
pub fn Outlet() -> impl IntoView {
    let location = use_location();
    let found = Memo::new(move |_| location.pathname.with(|path| find(path)));
    let frame = Memo::new(move |_| found.get().map_or(Frame::Shell, |(at, _)| ROUTES[at].frame));
    let page = move || match found.get() {
        Some((at, params)) => (ROUTES[at].view)(params),
        None => pages::not_found::NotFound().into_any(),
    };
    move || match frame.get() {
        Frame::Shell => view! { <Shell>{page}</Shell> }.into_any(),
        Frame::Bare => view! { <Alone>{page}</Alone> }.into_any(),
    }
}

/// The route of an address and what fills its open segments. Fixed words go before open segments.
fn find(path: &str) -> Option<(usize, Params)> {
    let fits = ROUTES.iter().enumerate().filter_map(|(at, route)| matched(route.path, path).map(|params| (at, params)));
    fits.min_by_key(|(_, params)| params.len())
}

fn matched(pattern: &str, path: &str) -> Option<Params> {
    let split = |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (pattern, path) = (split(pattern), split(path));
    if pattern.len() != path.len() {
        return None;
    }
    let mut params = Vec::new();
    for (expected, given) in pattern.iter().zip(path) {
        if expected.starts_with('{') {
            params.push(given);
        } else if *expected != given {
            return None;
        }
    }
    Some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_find_their_pages() {
        assert_eq!(matched("/{resource}/{id}", "/customers/7"), Some(vec!["customers".into(), "7".into()]));
        assert_eq!(matched("/users/new", "/users/new/"), Some(vec![]));
        assert_eq!(matched("/users/new", "/users"), None);
        assert_eq!(find("/gallery").map(|(at, _)| ROUTES[at].path), Some("/gallery"));
    }
}
