use domain::finance::receivables::{Opened, Receivable};
use domain::money;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::day_of_address;
use crate::api::finance;
use crate::resource::{address, record, touches};
use crate::ui::{DateInput, EmptyState, Field, Head, Load, Loaded, Page, SkeletonShape, ruled};
use crate::{format, t};

/// The word of a part, the resource that it is made of, and where it stands in what is owed.
type Part = (&'static str, &'static str, fn(&Receivable) -> &Opened);

/// The parts of what a customer owes, in the order of the columns.
pub const PARTS: [Part; 6] = [
    ("receivables.part.not-due", "invoices", |row| &row.not_due),
    ("receivables.part.1-30", "invoices", |row| &row.days_1_to_30),
    ("receivables.part.31-60", "invoices", |row| &row.days_31_to_60),
    ("receivables.part.61-90", "invoices", |row| &row.days_61_to_90),
    ("receivables.part.over-90", "invoices", |row| &row.over_90_days),
    ("receivables.part.on-account", "payments", |row| &row.on_account),
];

/// What all customers owed at a day, by how long it had been due.
#[component]
pub fn Ageing() -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let rows = RwSignal::new(Vec::<Receivable>::new());
    let (as_of, typed) = day_of_address("as_of", format::today());
    let read = move || {
        let day = as_of.get_untracked();
        spawn_local(async move {
            match finance::receivables(&day, None).await {
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
        as_of.get();
        touched.iter().for_each(Track::track);
        read();
    });
    view! {
        <Page title=t!("page.receivables") note=t!("receivables.what")>
            <section class="card">
                <div class="card-body stack">
                    <Field label=t!("receivables.as-of")><DateInput value=typed/></Field>
                    <Loaded state=load shape=SkeletonShape::Table on_retry=move |()| read()>
                        {move || if rows.with(Vec::is_empty) {
                            view! { <EmptyState title=t!("receivables.none") text=t!("receivables.none-text") icon="calendar-clock"/> }.into_any()
                        } else {
                            rows.with(|rows| table(rows, &as_of.get()))
                        }}
                    </Loaded>
                </div>
            </section>
        </Page>
    }
}

fn table(rows: &[Receivable], as_of: &str) -> AnyView {
    let parts = PARTS.iter().map(|(word, ..)| Head::number(t!(word)));
    let heads: Vec<Head> = [Head { said: false, ..Head::text(t!("receivables.customer")) }]
        .into_iter()
        .chain(parts)
        .chain([Head::number(t!("receivables.balance"))])
        .collect();
    let mut lines: Vec<Vec<AnyView>> = rows.iter().map(|row| line(row, as_of)).collect();
    lines.extend(totals(rows));
    ruled(&heads, lines)
}

fn line(row: &Receivable, as_of: &str) -> Vec<AnyView> {
    let id = row.customer_id.to_string();
    let name = row.customer_name.clone().unwrap_or_else(|| t!("value.hidden"));
    let customer = view! { <a href=address::record("customers", &id)>{name}</a> }.into_any();
    let balance = format::amount(&row.balance, &row.currency);
    let href = format!("/customers/{id}/statement?to={as_of}");
    let balance = view! { <a href=href title=t!("statement.title")>{balance}</a> }.into_any();
    [customer].into_iter().chain(PARTS.iter().map(|part| figure(row, part))).chain([balance]).collect()
}

/// A figure that opens its rows; of nothing there are none.
pub fn figure(row: &Receivable, (_, resource, part): &(&str, &str, fn(&Receivable) -> &Opened)) -> AnyView {
    let Opened { amount, filter } = part(row);
    let text = format::amount(amount, &row.currency);
    if amount.chars().all(|one| matches!(one, '0' | '.' | '-')) {
        return view! { <span class="muted">{text}</span> }.into_any();
    }
    view! { <a href=address::filtered(resource, filter)>{text}</a> }.into_any()
}

/// The sums of each currency.
fn totals(rows: &[Receivable]) -> Vec<Vec<AnyView>> {
    let mut currencies: Vec<&str> = Vec::new();
    for row in rows {
        if !currencies.contains(&row.currency.as_str()) {
            currencies.push(&row.currency);
        }
    }
    let line = |currency: &str| {
        let of = || rows.iter().filter(|row| row.currency == currency);
        let sum = |amounts: Vec<&str>| {
            let text = format::amount(&money::sum(&amounts), currency);
            view! { <strong>{text}</strong> }.into_any()
        };
        let name = view! { <strong>{t!("receivables.total", currency = currency)}</strong> }.into_any();
        let parts = PARTS.iter().map(|(.., part)| sum(of().map(|row| part(row).amount.as_str()).collect()));
        let balance = sum(of().map(|row| row.balance.as_str()).collect());
        [name].into_iter().chain(parts).chain([balance]).collect()
    };
    currencies.into_iter().map(line).collect()
}
