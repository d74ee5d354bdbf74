//! The navigation at the left: places grouped by area, each group collapsible, the whole thing too.

use std::collections::HashSet;

use domain::catalogue;
use domain::permission::Action;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::Brand;
use super::waiting::Waiting;
use crate::keys::Act;
use crate::prefs::prefs;
use crate::resource::{address, boards, labels};
use crate::ui::{Icon, IconButton};
use crate::{dom, session, t};

/// A place one can go to.
#[derive(Debug, Clone)]
pub struct Place {
    pub path: String,
    pub icon: &'static str,
    pub text: String,
}

/// Places of one area; those without an area stand on top.
#[derive(Debug, Clone)]
pub struct Group {
    pub area: &'static str,
    pub places: Vec<Place>,
}

/// Addresses that have keys of their own.
pub const SHORTCUTS: [(Act, &str); 4] = [
    (Act::GoWorkbench, "/"),
    (Act::GoCustomers, "/customers"),
    (Act::GoContacts, "/contacts"),
    (Act::GoOpportunities, "/opportunities"),
];

/// The symbol of a resource in menus.
pub fn icon(resource: &str) -> &'static str {
    match resource {
        "customers" => "building-2",
        "contacts" => "contact",
        "leads" => "magnet",
        "contact-records" => "message-square-text",
        "customer-types" => "shapes",
        "tags" => "tag",
        "opportunities" => "handshake",
        "quotes" => "file-text",
        "orders" => "shopping-cart",
        "contracts" => "file-check",
        "invoices" => "receipt-text",
        "payment-plans" => "calendar-clock",
        "payments" => "banknote",
        "service-requests" => "headset",
        "tickets" => "ticket",
        "pipelines" => "route",
        "stages" => "milestone",
        "products" => "package",
        "product-categories" => "folder-tree",
        "tasks" => "list-todo",
        "comments" => "message-square-text",
        "notifications" => "bell",
        "attachments" => "paperclip",
        "users" => "users",
        "departments" => "network",
        "roles" => "shield",
        "fields" => "columns-3",
        "number-rules" => "hash",
        "duplicate-rules" => "copy",
        "keys" => "key-round",
        _ => "list",
    }
}

/// All places that the person may go to, in the order of the catalogue.
pub fn groups() -> Vec<Group> {
    let top = Place { path: "/".to_owned(), icon: "layout-dashboard", text: t!("page.workbench") };
    let stream = Place { path: "/activity".to_owned(), icon: "rows-3", text: t!("page.activity") };
    let mut groups = vec![Group { area: "", places: vec![top, stream] }];
    let mut add = |area: &'static str, place| match groups.iter_mut().find(|group| group.area == area) {
        Some(group) => group.places.push(place),
        None => groups.push(Group { area, places: vec![place] }),
    };
    let own = domain::platform::operations::FACILITY.name;
    let seen = |granted: &catalogue::Grantable| granted.name != own && session::may(granted.name, Action::Read);
    for granted in catalogue::grantable().filter(seen) {
        let place =
            Place { path: address::list(granted.name), icon: icon(granted.name), text: labels::plural(granted.name) };
        // What one has to do is everybody's, and no matter of administration.
        add(if granted.name == "tasks" { "" } else { granted.area.word() }, place);
        if boards::of(granted.name).is_some() {
            let text = t!("board.title", resource = labels::plural(granted.name));
            add(granted.area.word(), Place { path: address::board(granted.name), icon: "square-kanban", text });
        }
    }
    if session::may("invoices", Action::Read) {
        let text = t!("page.receivables");
        add("finance", Place { path: "/receivables".to_owned(), icon: "hand-coins", text });
    }
    // Everybody has operations of their own, whatever else they may see.
    add("platform", Place { path: "/operations".to_owned(), icon: "history", text: t!("page.operations") });
    groups
}

#[component]
pub fn Nav() -> impl IntoView {
    let narrow = prefs().narrow_nav;
    let closed = RwSignal::new(remembered());
    view! {
        <nav class="nav no-print" aria-label=t!("shell.nav")>
            <a class="brand" href="/"><Brand/><span>{t!("app.name")}</span></a>
            {groups().into_iter().map(|group| view! { <NavGroup group closed/> }).collect_view()}
            <div class="nav-foot">
                {move || {
                    let label = if narrow.get() { t!("shell.nav-widen") } else { t!("shell.nav-narrow") };
                    view! { <IconButton label icon="panel-left" side="right" on_press=move |()| narrow.update(|on| *on = !*on)/> }
                }}
            </div>
        </nav>
    }
}

#[component]
fn NavGroup(group: Group, closed: RwSignal<HashSet<String>>) -> impl IntoView {
    let area = group.area;
    let narrow = prefs().narrow_nav;
    let open = Memo::new(move |_| area.is_empty() || narrow.get() || !closed.with(|closed| closed.contains(area)));
    let places = StoredValue::new(group.places);
    view! {
        {(!area.is_empty()).then(|| view! {
            <button
                type="button"
                class="nav-area"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| toggle(closed, area)
            >
                {t!(&format!("area.{area}"))}
                <Icon name="chevron-right"/>
            </button>
        })}
        {move || open.get().then(|| places.with_value(|places| {
            places.iter().cloned().map(|place| view! { <NavLink place/> }).collect_view()
        }))}
    }
}

#[component]
fn NavLink(place: Place) -> impl IntoView {
    let location = use_location();
    let path = place.path.clone();
    let here = move || location.pathname.with(|now| covers(&path, now));
    let narrow = prefs().narrow_nav;
    let title = place.text.clone();
    let waiting = use_context::<Waiting>().and_then(|waiting| waiting.mark(place.path.trim_start_matches('/')));
    view! {
        <a
            class="nav-link"
            href=place.path
            title=move || narrow.get().then(|| title.clone())
            aria-current=move || here().then_some("page")
        >
            <Icon name=place.icon/>
            <span>{place.text}</span>
            {waiting}
        </a>
    }
}

/// Whether an address lies at or under a place. The top place covers only itself, and a list not the board beside it.
pub fn covers(place: &str, address: &str) -> bool {
    match address.strip_prefix(place) {
        Some("") => true,
        Some("/board") => false,
        Some(rest) => place != "/" && rest.starts_with('/'),
        None => false,
    }
}

fn toggle(closed: RwSignal<HashSet<String>>, area: &str) {
    closed.update(|closed| {
        if !closed.remove(area) {
            closed.insert(area.to_owned());
        }
        let areas: Vec<&str> = closed.iter().map(String::as_str).collect();
        dom::remember("nav-closed", &areas.join(" "));
    });
}

fn remembered() -> HashSet<String> {
    let words = dom::recall("nav-closed").unwrap_or_default();
    words.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_place_covers_what_lies_under_it() {
        assert!(covers("/customers", "/customers/7"));
        assert!(!covers("/customers", "/customers-types"));
        assert!(!covers("/opportunities", "/opportunities/board"));
        assert!(covers("/opportunities/board", "/opportunities/board"));
        assert!(covers("/", "/"));
        assert!(!covers("/", "/customers"));
    }
}
