use domain::listing::{Listing, Sort};
use domain::permission::Action;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::nav::covers;
use super::waiting::Waiting;
use crate::keys::{self, Act};
use crate::resource::address;
use crate::resource::notes::NOTES;
use crate::ui::{Button, Dialog, Icon};
use crate::{edition, session, t};

/// The five places under the thumb.
#[component]
pub fn BottomBar() -> impl IntoView {
    let location = use_location();
    let offering = RwSignal::new(false);
    // On the page of a record one most often writes something down about it.
    let notes = || NOTES.iter().filter(|note| keys::is_on(note.act));
    let offer = move || match notes().next() {
        Some(_) => offering.set(true),
        None => {
            keys::run(Act::Create);
        }
    };
    let choose = move |act| {
        offering.set(false);
        // The sheet gives the focus back first; then the form may take it.
        request_animation_frame(move || {
            keys::run(act);
        });
    };
    let waiting = use_context::<Waiting>().unwrap_or_default();
    let link = |path: &'static str, href: &str, icon: &'static str, text: String| {
        let here = move || location.pathname.with(|now| covers(path, now));
        view! {
            <a class="bottom-link" href=href.to_owned() aria-current=move || here().then_some("page")>
                <Icon name=icon size="large"/>
                {waiting.mark(path.trim_start_matches('/'))}
                {text}
            </a>
        }
    };
    let my_tasks = my_tasks();
    view! {
        <Dialog open=offering title=t!("shell.create")>
            <div class="stack">
                {notes().map(|note| view! { <Button label=note.label() icon=note.icon wide=true on_press=move |()| choose(note.act)/> }).collect_view()}
                <Button label=t!("shell.create-other") icon="plus" wide=true on_press=move |()| choose(Act::Create)/>
            </div>
        </Dialog>
        <nav class="bottombar no-print" aria-label=t!("shell.bottom")>
            {link("/", "/", "layout-dashboard", t!("page.workbench"))}
            {link("/customers", "/customers", "building-2", t!("shell.customers"))}
            <button type="button" class="bottom-link" data-main="true" aria-label=t!("shell.create") on:click=move |_| offer()>
                <Icon name="plus"/>
            </button>
            {match session::may("tasks", Action::Read) {
                true => link("/tasks", &my_tasks, "list-todo", t!("shell.tasks")),
                false => link("/contacts", "/contacts", "contact", t!("shell.contacts")),
            }}
            {link("/me", "/me", "circle-user", t!("shell.mine"))}
        </nav>
    }
}

/// What one still has to do, in the order in which it is due.
fn my_tasks() -> String {
    let mine = edition::find("tasks").and_then(|tasks| tasks.preset("mine"));
    let sort = vec![Sort { field: "due_on".into(), descending: false }];
    let filter = mine.map(domain::Preset::filter).unwrap_or_default();
    address::showing("tasks", &Listing { filter, sort, ..Listing::default() })
}
