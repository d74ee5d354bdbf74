use domain::finance::receivables::Receivable;
use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::ageing::{PARTS, figure};
use crate::api::finance;
use crate::resource::{record, touches};
use crate::ui::{Hollow, Kind, LinkButton, Load, Loaded};
use crate::{format, session, t};

/// What a customer owes today, by how long it has been due, with the way to the statement.
#[component]
pub fn Owing(id: String) -> impl IntoView {
    if !session::may("invoices", Action::Read) {
        return None;
    }
    let load = RwSignal::new(Load::Waiting);
    let rows = RwSignal::new(Vec::<Receivable>::new());
    let href = format!("/customers/{id}/statement");
    let id = StoredValue::new(id);
    let read = move || {
        let id = id.get_value();
        spawn_local(async move {
            match finance::receivables(&format::today(), Some(&id)).await {
                Ok(found) => {
                    rows.try_set(found);
                    load.try_set(Load::Ready);
                }
                Err(problem) => drop(load.try_set(record::failed(&problem))),
            }
        });
    };
    let touched = [touches("invoices"), touches("payments")];
    Effect::new(move || {
        touched.iter().for_each(Track::track);
        read();
    });
    Some(view! {
        <section class="card">
            <header class="card-head">
                <h2>{t!("page.receivables")}</h2>
                <LinkButton label=t!("statement.title") href kind=Kind::Link/>
            </header>
            <div class="card-body">
                <Loaded state=load on_retry=move |()| read()>
                    {move || rows.with(|rows| rows.iter().map(facts).collect_view())}
                    {move || rows.with(Vec::is_empty).then(|| view! { <Hollow text=t!("receivables.none")/> })}
                </Loaded>
            </div>
        </section>
    })
}

fn facts(row: &Receivable) -> AnyView {
    let fact = |name: String, value: AnyView| view! { <div class="fact"><dt>{name}</dt><dd>{value}</dd></div> };
    let balance = format::amount(&row.balance, &row.currency);
    let balance = view! { <strong>{balance}</strong> }.into_any();
    view! {
        <dl class="facts">
            {fact(t!("receivables.balance"), balance)}
            {PARTS.iter().map(|part| fact(t!(part.0), figure(row, part))).collect_view()}
        </dl>
    }
    .into_any()
}
