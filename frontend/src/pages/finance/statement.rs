use domain::finance::receivables::{Statement, StatementLine};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::day_of_address;
use crate::api::{finance, records};
use crate::resource::{address, labels, record, touches};
use crate::ui::{
    Button, Crumb, DateInput, EmptyState, Field, Head, Load, Loaded, Page, SkeletonShape, ruled, toast_error,
};
use crate::{format, t};

/// What a customer owed before a day, what happened until another, and what was owed then.
#[component]
pub fn StatementPage(id: String) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let known = RwSignal::new((String::new(), Vec::<Statement>::new()));
    let today = format::today();
    let (from, from_typed) = day_of_address("from", format!("{}-01-01", &today[..4]));
    let (to, to_typed) = day_of_address("to", today);
    let id = StoredValue::new(id);
    let read = move || {
        let (id, from, to) = (id.get_value(), from.get_untracked(), to.get_untracked());
        spawn_local(async move {
            match found(&id, &from, &to).await {
                Ok(found) => {
                    known.try_set(found);
                    load.try_set(Load::Ready);
                }
                Err(problem) => drop(load.try_set(record::failed(&problem))),
            }
        });
    };
    let touched = [touches("invoices"), touches("payments")];
    Effect::new(move || {
        from.track();
        to.track();
        touched.iter().for_each(Track::track);
        read();
    });
    let save = move || {
        let (id, from, to) = (id.get_value(), from.get_untracked(), to.get_untracked());
        spawn_local(async move {
            if let Err(problem) = finance::save_statement(&id, &from, &to).await {
                toast_error(format!("{} {}", problem.title, problem.detail));
            }
        });
    };
    let name = Signal::derive(move || known.with(|(name, _)| name.clone()));
    let crumbs = vec![
        Crumb::new(labels::plural("customers"), address::list("customers")),
        Crumb::new(t!("statement.customer"), address::record("customers", &id.get_value())),
    ];
    view! {
        <Page
            title=t!("statement.title")
            crumbs
            actions=move || view! { <Button label=t!("statement.save") icon="download" on_press=move |()| save()/> }
        >
            <section class="card">
                <header class="card-head"><h2>{name}</h2></header>
                <div class="card-body stack">
                    <div class="form-row">
                        <Field label=t!("statement.from")><DateInput value=from_typed/></Field>
                        <Field label=t!("statement.to")><DateInput value=to_typed/></Field>
                    </div>
                    <Loaded state=load shape=SkeletonShape::Table on_retry=move |()| read()>
                        {move || known.with(|(_, all)| all.iter().map(table).collect_view())}
                        {move || known.with(|(_, all)| all.is_empty()).then(|| view! {
                            <EmptyState title=t!("statement.none") text=t!("statement.none-text") icon="receipt-text"/>
                        })}
                    </Loaded>
                </div>
            </section>
        </Page>
    }
}

/// The name of the customer, and the statements.
async fn found(id: &str, from: &str, to: &str) -> crate::api::Result<(String, Vec<Statement>)> {
    let statements = finance::statement(id, from, to).await?;
    let customer = records::find("customers", id, &[]).await?;
    let name = customer.document.get("name").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    Ok((name, statements))
}

fn table(statement: &Statement) -> AnyView {
    let Statement { currency, opening, lines, debit, credit, closing } = statement;
    let heads = [
        Head { said: false, ..Head::text(t!("statement.document")) },
        Head::text(t!("statement.on")),
        Head::number(t!("statement.debit")),
        Head::number(t!("statement.credit")),
        Head::number(t!("statement.balance")),
    ];
    let told = |amount: &str| format::amount(amount, currency).into_any();
    let strong = |text: String| view! { <strong>{text}</strong> }.into_any();
    let bare = || ().into_any();
    let mut rows = vec![vec![strong(t!("statement.opening")), bare(), bare(), bare(), told(opening)]];
    rows.extend(lines.iter().map(|entry| line(entry, currency)));
    let [debit, credit, closing] = [debit, credit, closing].map(|amount| strong(format::amount(amount, currency)));
    rows.push(vec![strong(t!("statement.closing")), bare(), debit, credit, closing]);
    ruled(&heads, rows)
}

fn line(entry: &StatementLine, currency: &str) -> Vec<AnyView> {
    let StatementLine { on, kind, resource, id, number, debit, credit, balance } = entry;
    let what = format!("{} {number}", t!(&format!("statement.kind.{kind}")));
    let link = view! { <a href=address::record(resource, &id.to_string())>{what}</a> }.into_any();
    let told = |amount: &Option<String>| amount.as_deref().map(|amount| format::amount(amount, currency)).into_any();
    let balance = format::amount(balance, currency).into_any();
    vec![link, on.to_string().into_any(), told(debit), told(credit), balance]
}
