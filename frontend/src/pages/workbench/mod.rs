//! Where the day begins: figures that open the list behind them, and what is due. Each widget fails alone.

mod panel;

use domain::Filter;
use domain::filter::Op;
use domain::listing::{Count, Listing, Sort};
use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::panel::Panel;
use crate::api::records;
use crate::resource::{address, labels, touches};
use crate::ui::{BarChart, EmptyState, Page, Point};
use crate::{format, lazy, session, t};

lazy!(workbench, page, |_| view! { <Workbench/> }.into_any());

#[component]
fn Workbench() -> impl IntoView {
    let name = session::session().me.with_untracked(|me| me.name.clone());
    view! {
        <Page title=t!("page.workbench") note=t!("workbench.greeting", name = name)>
            {if ["customers", "tasks"].into_iter().any(|resource| session::may(resource, Action::Read)) {
                view! {
                    {today()}
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
    let count = RwSignal::new(None::<Option<Counted>>);
    let href = href(resource, &filter);
    let filter = StoredValue::new(filter);
    let touched = touches(resource);
    Effect::new(move || {
        touched.get();
        spawn_local(async move {
            let found = count_of(resource, filter.get_value()).await;
            count.set(Some(found));
        });
    });
    view! {
        <a class="figure" href=href>
            <span class="meta">{label}</span>
            <strong class="figure-number">{move || match count.get() {
                None => "\u{2007}".to_owned(),
                Some(None) => format::EMPTY.to_owned(),
                Some(Some(Counted { total, is_about: false })) => format::count(total),
                Some(Some(Counted { total, is_about: true })) => t!("value.about", count = format::count(total)),
            }}</strong>
        </a>
    }
}

/// The customers by where the relation stands; each bar opens its list.
#[component]
fn ByStatus() -> impl IntoView {
    let points = RwSignal::new(Vec::<Point>::new());
    let found =
        domain::catalogue::find("customers").and_then(|definition| Some((definition, definition.field("status")?)));
    spawn_local(async move {
        let Some((definition, field)) = found else { return };
        let domain::Kind::Choice(words) = field.kind else { return };
        let mut counted = Vec::new();
        for word in words {
            let filter = Filter::test("status", Op::Eq, *word);
            let href = Some(href("customers", &filter));
            let Counted { total, is_about } = count_of("customers", filter).await.unwrap_or_default();
            #[expect(clippy::cast_precision_loss, reason = "a chart needs no more than a float holds")]
            let value = total as f64;
            counted.push(Point { name: labels::choice(definition, field, word), value, is_about, href });
        }
        points.set(counted);
    });
    move || {
        let points = points.get();
        (!points.is_empty()).then(|| view! { <BarChart title=t!("workbench.by-status") points/> })
    }
}

/// How many records a list has, as that list says it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Counted {
    total: i64,
    is_about: bool,
}

async fn count_of(resource: &str, filter: Filter) -> Option<Counted> {
    let (count, fields) = (Count::Estimate, Some(vec!["id".into()]));
    let listing = Listing { filter, limit: Some(1), count, fields, ..Listing::default() };
    let info = records::list(resource, &listing, None).await.ok()?.info;
    Some(Counted { total: info.total?, is_about: info.estimated })
}

fn href(resource: &str, filter: &Filter) -> String {
    let listing = Listing { filter: filter.clone(), ..Listing::default() };
    let query = records::encode(&listing.to_query());
    if query.is_empty() { address::list(resource) } else { format!("{}?{query}", address::list(resource)) }
}
