//! The pages and their addresses, in the order in which the API lists its services.

use domain::Definition;
use domain::permission::{Action, Facility};
use domain::platform::keys;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::lazy::{self, Params, View};
use crate::resource::{FormPage, ListPage, RecordPage, board};
use crate::shell::{Alone, Shell};
use crate::{edition, pages, session};

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
    pub view: View,
}

const fn route(path: &'static str, view: View) -> Route {
    Route { path, frame: Frame::Shell, view }
}

const fn bare(path: &'static str, view: View) -> Route {
    Route { path, frame: Frame::Bare, view }
}

pub const ROUTES: &[Route] = &[
    bare("/setup", |params| lazy::page(params, pages::setup::page)),
    route("/", |params| lazy::page(params, pages::workbench::page)),
    route("/activity", |params| lazy::page(params, pages::activity::page)),
    // relations
    route("/customers/{id}", |params| resource("customers", |_| lazy::page(params, pages::finance::customer))),
    route("/customers/{id}/statement", |params| {
        resource("invoices", |_| lazy::page(params, pages::finance::statement))
    }),
    // sales
    route("/opportunities/board", |_| {
        resource("opportunities", |_| lazy::page(vec!["opportunities".into()], board::page))
    }),
    route("/opportunities/{id}", |params| resource("opportunities", |_| lazy::page(params, pages::sales::opportunity))),
    route("/pipelines/{id}", |params| resource("pipelines", |_| lazy::page(params, pages::sales::pipeline))),
    // catalog
    route("/product-categories/tree", |_| {
        resource("product-categories", |_| lazy::page(vec!["product-categories".into()], pages::tree::page))
    }),
    // finance
    route("/receivables", |_| resource("invoices", |_| lazy::page(Vec::new(), pages::finance::ageing))),
    // platform
    route("/departments", |_| resource("departments", |_| lazy::page(vec!["departments".into()], pages::tree::page))),
    route("/users/{id}", |params| resource("users", |_| lazy::page(params, pages::users::page))),
    route("/roles/{id}", |params| resource("roles", |_| lazy::page(params, pages::roles::page))),
    route("/roles/{id}/rights", |params| resource("roles", |_| lazy::page(params, pages::roles::rights))),
    route("/keys", |params| facility(&keys::FACILITY, || lazy::page(params, pages::keys::page))),
    route("/operations", |params| lazy::page(params, pages::operations::page)),
    route("/operations/{id}", |params| lazy::page(params, pages::operations::one)),
    route("/me", |params| lazy::page(params, pages::me::page)),
    route("/help", |params| lazy::page(params, pages::help::index)),
    route("/help/{article}", |params| lazy::page(params, pages::help::article)),
    #[cfg(feature = "gallery")]
    route("/gallery", |params| lazy::page(params, pages::gallery::page)),
    // every resource
    route("/{resource}", |params| resource(&params[0], |definition| view! { <ListPage definition/> }.into_any())),
    route("/{resource}/new", |params| {
        resource(&params[0], |definition| view! { <FormPage definition id=None/> }.into_any())
    }),
    route("/{resource}/import", |params| {
        let name = params[0].clone();
        resource(&name, |_| lazy::page(params, pages::import::page))
    }),
    route("/{resource}/merge", |params| {
        let name = params[0].clone();
        resource(&name, |_| lazy::page(params, pages::merge::page))
    }),
    route("/{resource}/bin", |params| {
        let name = params[0].clone();
        bin(&name, || lazy::page(params, pages::bin::page))
    }),
    route("/{resource}/{id}", |params| {
        let id = params[1].clone();
        resource(&params[0], |definition| view! { <RecordPage definition id/> }.into_any())
    }),
    route("/{resource}/{id}/edit", |params| {
        let id = Some(params[1].clone());
        resource(&params[0], |definition| view! { <FormPage definition id/> }.into_any())
    }),
];

/// The page of a resource, for those who may see its records.
pub fn resource(name: &str, page: impl FnOnce(&'static Definition) -> AnyView) -> AnyView {
    match edition::find(name) {
        Some(definition) if untrack(|| session::may(definition.name, Action::Read)) => page(definition),
        Some(_) => pages::not_found::NotAllowed().into_any(),
        None => pages::not_found::NotFound().into_any(),
    }
}

/// What was deleted of a resource, for those who may bring it back.
fn bin(name: &str, page: impl FnOnce() -> AnyView) -> AnyView {
    resource(name, |definition| match untrack(|| session::may(definition.name, Action::Delete)) {
        true => page(),
        false => pages::not_found::NotAllowed().into_any(),
    })
}

/// The page of what is no collection of records, for those who may see it.
fn facility(facility: &Facility, page: impl FnOnce() -> AnyView) -> AnyView {
    match untrack(|| session::may(facility.name, Action::Read)) {
        true => page(),
        false => pages::not_found::NotAllowed().into_any(),
    }
}

/// Draws the page of the present address inside its frame; before one is signed in, the way in.
#[component]
pub fn Outlet() -> impl IntoView {
    let location = use_location();
    let found = Memo::new(move |_| location.pathname.with(|path| find(path)));
    // The router waits with the address bar until somebody says that the page of a followed link is drawn; its own
    // `Routes` would.
    let browser = use_context::<BrowserUrl>();
    Effect::new(move || {
        location.pathname.track();
        if let Some(browser) = &browser {
            browser.ready_to_complete();
        }
    });
    let state = session::session().state;
    let inside = Memo::new(move |_| matches!(state.get(), session::State::In | session::State::Ended));
    let starting = Memo::new(move |_| state.get() == session::State::Starting);
    let unready = Memo::new(move |_| session::session().me.with(|me| me.must_change_password));
    // What is offered depends on what one may do, so a change of that draws everything anew.
    let rights = Memo::new(move |_| session::session().me.with(|me| (me.grants.clone(), me.fields.clone())));
    let bare = Memo::new(move |_| found.get().is_some_and(|(at, _)| ROUTES[at].frame == Frame::Bare));
    let page = move || match found.get() {
        Some((at, params)) => (ROUTES[at].view)(params),
        None => pages::not_found::NotFound().into_any(),
    };
    move || {
        if bare.get() {
            view! { <Alone>{page}</Alone> }.into_any()
        } else if inside.get() && unready.get() {
            view! { <Alone>{lazy::page(Vec::new(), pages::sign_in::own_password)}</Alone> }.into_any()
        } else if inside.get() {
            rights.get();
            edition::changes().track();
            view! { <Shell>{page}</Shell> }.into_any()
        } else if starting.get() {
            ().into_any()
        } else {
            view! { <Alone>{lazy::page(Vec::new(), pages::sign_in::page)}</Alone> }.into_any()
        }
    }
}

/// The route of an address and what fills its open segments. Fixed words go before open segments.
fn find(path: &str) -> Option<(usize, Params)> {
    let fits = ROUTES.iter().enumerate().filter_map(|(at, route)| matched(route.path, path).map(|params| (at, params)));
    // Of two that fit, the one with fewer open segments is meant.
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
        if expected == "{id}" && given == "new" {
            // The form of a new record, which no page of one record may take for its own.
            return None;
        } else if expected.starts_with('{') {
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
        assert_eq!(find("/departments").map(|(at, _)| ROUTES[at].path), Some("/departments"));
        assert_eq!(find("/users/7").map(|(at, _)| ROUTES[at].path), Some("/users/{id}"));
        assert_eq!(find("/users/new").map(|(at, _)| ROUTES[at].path), Some("/{resource}/new"));
        assert_eq!(find("/customers/7").map(|(at, _)| ROUTES[at].path), Some("/{resource}/{id}"));
        assert_eq!(find("/opportunities/board").map(|(at, _)| ROUTES[at].path), Some("/opportunities/board"));
        assert_eq!(find("/opportunities/7").map(|(at, _)| ROUTES[at].path), Some("/opportunities/{id}"));
        assert_eq!(find("/keys").map(|(at, _)| ROUTES[at].path), Some("/keys"));
    }
}
