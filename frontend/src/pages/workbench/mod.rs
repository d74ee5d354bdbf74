//! Where the day begins: figures that open the list behind them, and what is due. Each widget fails alone.

mod panel;

use domain::filter::Op;
use domain::listing::{Listing, Sort};
use domain::permission::Action;
use domain::summary::{By, Summary};
use domain::{Filter, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use self::panel::Panel;
use crate::api::records;
use crate::resource::{address, labels, touches};
use crate::ui::{BarChart, EmptyState, Page, Point};
use crate::{edition, format, lazy, session, t};

lazy!(workbench, page, |_| view! { <Workbench/> }.into_any());

#[component]
fn Workbench() -> impl IntoView {
    let name = session::session().me.with_untracked(|me| me.name.clone());
    view! {
        <Page title=t!("page.workbench") note=t!("workbench.greeting", name = name)>
            {if ["customers", "tasks", "opportunities"].into_iter().any(|resource| session::may(resource, Action::Read)) {
                view! {
                    {today()}
                    {session::may("opportunities", Action::Read).then(deals)}
                    {session::may("customers", Action::Read).then(customers)}
                }.into_any()
            } else {
                view! { <EmptyState title=t!("workbench.empty") text=t!("workbench.empty-text") icon="layout-dashboard"/> }.into_any()
            }}
        </Page>
    }
}

/// What is for today and what should have been done before: whom to speak with, and what to do.
fn today() -> impl IntoView {
    let mine = |more: Filter| Filter::all(vec![Filter::test("owner_id", Op::Eq, "@me"), more]);
    let contact = |op| mine(Filter::test("next_contact_on", op, "@today"));
    let task = |op| {
        let open = Filter::test("status", Op::Eq, "open");
        mine(Filter::all(vec![open, Filter::test("due_on", op, "@today")]))
    };
    view! {
        <div class="figures">
            {session::may("customers", Action::Read).then(|| view! {
                <Figure label=t!("workbench.contact-today") filter=contact(Op::Eq)/>
                <Figure label=t!("workbench.contact-overdue") filter=contact(Op::Lt)/>
            })}
            {session::may("tasks", Action::Read).then(|| view! {
                <Figure label=t!("workbench.tasks-today") resource="tasks" filter=task(Op::Eq)/>
                <Figure label=t!("workbench.tasks-overdue") resource="tasks" filter=task(Op::Lt)/>
            })}
        </div>
    }
}

/// What is to be won: how much is open, what should close soon or should have closed, and how far it has come.
fn deals() -> impl IntoView {
    let open = |more: Vec<Filter>| {
        let mine = [Filter::test("owner_id", Op::Eq, "@me"), Filter::test("status", Op::Eq, "open")];
        Filter::all(mine.into_iter().chain(more).collect())
    };
    let latest = Listing {
        filter: open(Vec::new()),
        sort: vec![Sort { field: "updated_at".into(), descending: true }],
        ..Listing::default()
    };
    view! {
        <div class="figures">
            <Figure label=t!("workbench.open-deals") resource="opportunities" filter=open(Vec::new())/>
            <Figure label=t!("workbench.closing") resource="opportunities" filter=open(vec![Filter::test("close_on", Op::Eq, "@this_month")])/>
            <Figure label=t!("workbench.deals-late") resource="opportunities" filter=open(vec![Filter::test("close_on", Op::Lt, "@today")])/>
        </div>
        <div class="grid-cards">
            <Panel title=t!("workbench.new-deals") resource="opportunities" listing=latest detail="amount" empty=("handshake", t!("workbench.none-deals"))/>
            <section class="card"><div class="card-body chart-card"><ByStage filter=open(Vec::new())/></div></section>
        </div>
    }
}

/// The open deals by stage; each bar opens its list.
#[component]
fn ByStage(filter: Filter) -> impl IntoView {
    let points = RwSignal::new(Vec::<Point>::new());
    let touched = touches("opportunities");
    let summary = Summary { by: vec![By::Field("stage_id".into())], filter, ..Summary::default() };
    Effect::new(move || {
        touched.get();
        let summary = summary.clone();
        spawn_local(async move {
            let Ok(summed) = records::summary("opportunities", &summary, None).await else { return };
            let groups = summed["groups"].as_array().cloned().unwrap_or_default();
            let bar = |group: &Value| {
                let name = group["keys"][0]["title"].as_str().map_or_else(|| t!("value.none"), str::to_owned);
                let filter = serde_json::from_value(group["filter"].clone()).unwrap_or_default();
                let href = Some(address::filtered("opportunities", &filter));
                Point { name, value: group["figures"][0].as_f64().unwrap_or_default(), href }
            };
            points.try_set(groups.iter().map(bar).collect());
        });
    });
    move || {
        let points = points.get();
        (!points.is_empty()).then(|| view! { <BarChart title=t!("workbench.by-stage") points/> })
    }
}

fn customers() -> impl IntoView {
    let mine = || Filter::test("owner_id", Op::Eq, "@me");
    let due = || Filter::test("next_contact_on", Op::Lte, "@today");
    let coming = Filter::all(vec![mine(), due()]);
    let recent = Listing { sort: vec![Sort { field: "created_at".into(), descending: true }], ..Listing::default() };
    let next = Listing {
        filter: coming.clone(),
        sort: vec![Sort { field: "next_contact_on".into(), descending: false }],
        ..Listing::default()
    };
    view! {
        <div class="figures">
            <Figure label=t!("workbench.all") filter=Filter::everything()/>
            <Figure label=t!("workbench.mine") filter=mine()/>
            <Figure label=t!("workbench.due") filter=coming/>
            <Figure label=t!("workbench.new") filter=Filter::test("created_at", Op::Eq, "@this_month")/>
        </div>
        <div class="grid-cards">
            <Panel title=t!("workbench.next") resource="customers" listing=next detail="next_contact_on" empty=("calendar", t!("workbench.none-due"))/>
            <Panel title=t!("workbench.recent") resource="customers" listing=recent detail="created_at" empty=("building-2", t!("workbench.none-new"))/>
            <section class="card"><div class="card-body chart-card"><ByStatus/></div></section>
        </div>
    }
}

/// A number that is the length of a list, and leads to it.
#[component]
fn Figure(label: String, #[prop(default = "customers")] resource: &'static str, filter: Filter) -> impl IntoView {
    let count = RwSignal::new(None::<Option<i64>>);
    let href = address::filtered(resource, &filter);
    let summary = StoredValue::new(Summary { filter, ..Summary::default() });
    let touched = touches(resource);
    Effect::new(move || {
        touched.get();
        spawn_local(async move {
            let summed = records::summary(resource, &summary.get_value(), None).await;
            count.try_set(Some(summed.ok().and_then(|summed| summed["totals"]["figures"][0].as_i64())));
        });
    });
    view! {
        <a class="figure" href=href>
            <span class="meta">{label}</span>
            <strong class="figure-number">{move || match count.get() {
                None => "\u{2007}".to_owned(),
                Some(None) => format::EMPTY.to_owned(),
                Some(Some(total)) => format::count(total),
            }}</strong>
        </a>
    }
}

/// The customers by where the relation stands; each bar opens its list.
#[component]
fn ByStatus() -> impl IntoView {
    let points = RwSignal::new(Vec::<Point>::new());
    let touched = touches("customers");
    Effect::new(move || {
        touched.get();
        spawn_local(async move {
            let summary = Summary { by: vec![By::Field("status".into())], ..Summary::default() };
            if let Ok(summed) = records::summary("customers", &summary, None).await {
                points.try_set(bars("status", &summed));
            }
        });
    });
    move || {
        let points = points.get();
        (!points.is_empty()).then(|| view! { <BarChart title=t!("workbench.by-status") points/> })
    }
}

/// A bar for each word of a choice, also for those that no record bears.
fn bars(key: &str, summed: &Value) -> Vec<Point> {
    let found = edition::find("customers").and_then(|of| Some((of, of.field(key)?)));
    let Some((definition, field)) = found else { return Vec::new() };
    let Kind::Choice(words) = field.kind else { return Vec::new() };
    let groups = summed["groups"].as_array().map(Vec::as_slice).unwrap_or_default();
    let bar = |word: &&str| {
        let group = groups.iter().find(|group| group["keys"][0]["value"] == **word);
        let value = group.and_then(|group| group["figures"][0].as_f64()).unwrap_or_default();
        let href = Some(address::filtered("customers", &Filter::test(key, Op::Eq, *word)));
        Point { name: labels::choice(definition, field, word), value, href }
    };
    words.iter().map(bar).collect()
}
