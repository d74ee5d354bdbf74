//! The pages and their addresses, in the order in which the API lists its services.

use domain::permission::{Action, Facility};
use domain::platform::keys;
use domain::{Definition, catalogue};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::resource::{FormPage, ListPage, RecordPage};
use crate::shell::{Alone, Shell};
use crate::{pages, session};

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

const fn bare(path: &'static str, view: fn(Params) -> AnyView) -> Route {
    Route { path, frame: Frame::Bare, view }
}

pub const ROUTES: &[Route] = &[
    bare("/setup", |_| pages::setup::SetUp().into_any()),
    route("/", |_| pages::workbench::Workbench().into_any()),
    // platform
    route("/departments", |_| pages::departments::Departments().into_any()),
    route("/users/{id}", |mut params| pages::users::user(params.remove(0))),
    route("/roles/{id}", |mut params| pages::roles::role(params.remove(0))),
    route("/roles/{id}/rights", |mut params| pages::roles::rights(params.remove(0))),
    route("/keys", |_| facility(&keys::FACILITY, || view! { <pages::keys::Keys/> }.into_any())),
    route("/operations", |_| pages::operations::Operations().into_any()),
    route("/operations/{id}", |mut params| {
        let id = params.remove(0);
        view! { <pages::operations::OperationPage id/> }.into_any()
    }),
    route("/me", |_| pages::me::MePage().into_any()),
    route("/help", |_| pages::help::HelpIndex().into_any()),
    route("/help/{article}", |params| {
        let name = params[0].clone();
        view! { <pages::help::HelpArticle name/> }.into_any()
    }),
    route("/gallery", |_| pages::gallery::Gallery().into_any()),
    // every resource
    route("/{resource}", |params| resource(&params[0], |definition| view! { <ListPage definition/> }.into_any())),
    route("/{resource}/new", |params| {
        resource(&params[0], |definition| view! { <FormPage definition id=None/> }.into_any())
    }),
    route("/{resource}/import", |params| {
        resource(&params[0], |definition| view! { <pages::import::ImportPage definition/> }.into_any())
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
    match catalogue::find(name) {
        Some(definition) if untrack(|| session::may(definition.name, Action::Read)) => page(definition),
        Some(_) => pages::not_found::NotAllowed().into_any(),
        None => pages::not_found::NotFound().into_any(),
    }
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
            view! { <Alone><pages::sign_in::OwnPassword/></Alone> }.into_any()
        } else if inside.get() {
            rights.get();
            view! { <Shell>{page}</Shell> }.into_any()
        } else if starting.get() {
            ().into_any()
        } else {
            view! { <Alone><pages::sign_in::SignIn/></Alone> }.into_any()
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
        assert_eq!(find("/keys").map(|(at, _)| ROUTES[at].path), Some("/keys"));
        assert_eq!(find("/gallery").map(|(at, _)| ROUTES[at].path), Some("/gallery"));
    }
}
