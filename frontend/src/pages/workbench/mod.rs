//! Where the day begins: figures that open the list behind them, and what is due. Each widget fails alone, says so, and
//! can be tried again.

mod chart;
mod figures;
mod panel;
mod scope;

use domain::listing::{Listing, Sort};
use domain::permission::Action;
use domain::{Area, Definition, Filter};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use self::chart::ByField;
use self::figures::Figures;
use self::panel::Panel;
use self::scope::Scope;
use crate::ui::{EmptyState, Page, Segments};
use crate::{edition, lazy, session, t};

lazy!(workbench, page, |_| view! { <Workbench/> }.into_any());

#[component]
fn Workbench() -> impl IntoView {
    let name = session::session().me.with_untracked(|me| me.name.clone());
    let search = use_location().search;
    let scope = Memo::new(move |_| search.with(|search| Scope::of(search)));
    view! {
        <Page title=t!("page.workbench") note=t!("workbench.greeting", name = name) actions=move || switch(scope)>
            {move || {
                let told = told();
                match told.is_empty() {
                    true => view! { <EmptyState title=t!("workbench.empty") text=t!("workbench.empty-text") icon="layout-dashboard"/> }.into_any(),
                    false => content(told, scope.get()),
                }
            }}
        </Page>
    }
}

/// Whose records are told of; nothing where there is no choice.
fn switch(scope: Memo<Scope>) -> Option<AnyView> {
    let offered = Scope::offered();
    (offered.len() > 1).then(|| {
        let shown = move || {
            let here = scope.get();
            let place = |one: &Scope| (one.label(), one.icon(), Signal::stored(one.href()), *one == here);
            view! { <Segments label=t!("workbench.scope") places=offered.iter().map(place).collect()/> }
        };
        shown.into_any()
    })
}

/// The resources of which something is told, what one has to do oneself first.
fn told() -> Vec<&'static Definition> {
    let told = edition::catalogue().iter().filter(|of| of.presets.iter().any(|preset| preset.told));
    let (own, others): (Vec<_>, Vec<_>) =
        told.filter(|of| session::may(of.name, Action::Read)).partition(|of| of.area == Area::Platform);
    own.into_iter().chain(others).collect()
}

fn content(told: Vec<&'static Definition>, scope: Scope) -> AnyView {
    let seen = |resource: &str| told.iter().copied().find(|of| of.name == resource);
    let view = view! {
        {told.iter().map(|definition| view! { <Figures definition scope/> }).collect_view()}
        <div class="grid-cards">
            {seen("tasks").map(|of| view! {
                <Panel title=t!("workbench.todo") resource="tasks" listing=ordered(of, "due", scope, "due_on") detail="due_on" empty=("list-todo", t!("workbench.none-todo"))/>
            })}
            {seen("customers").map(|of| view! {
                <Panel title=t!("workbench.next") resource="customers" listing=ordered(of, "due", scope, "next_contact_on") detail="next_contact_on" empty=("calendar", t!("workbench.none-due"))/>
            })}
            {seen("opportunities").map(|of| view! {
                <Panel title=t!("workbench.new-deals") resource="opportunities" listing=ordered(of, "mine", scope, "-updated_at") detail="amount" empty=("handshake", t!("workbench.none-deals"))/>
                <ByField definition=of key="stage_id" title=t!("workbench.by-stage") filter=within(of, "mine", scope)/>
            })}
            {seen("customers").map(|of| view! {
                <Panel title=t!("workbench.recent") resource="customers" listing=ordered(of, "mine", scope, "-created_at") detail="created_at" empty=("building-2", t!("workbench.none-new"))/>
                <ByField definition=of key="status" title=t!("workbench.by-status") filter=within(of, "mine", scope)/>
            })}
        </div>
    };
    view.into_any()
}

/// One of the lists that the domain declares, as far as the scope goes.
fn within(definition: &Definition, preset: &str, scope: Scope) -> Filter {
    definition.preset(preset).map(|preset| preset.within(scope.filter())).unwrap_or_default()
}

fn ordered(definition: &Definition, preset: &str, scope: Scope, by: &str) -> Listing {
    let sort = vec![Sort::from(by.to_owned())];
    Listing { filter: within(definition, preset, scope), sort, ..Listing::default() }
}
