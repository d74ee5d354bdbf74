//! One operation: how far it is, what came of its rows, which rows want a look, and taking the whole back.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::name_of;
use crate::api::bulk::{self, Begun};
use crate::api::operations::{self, Operation, Reason, Row, SHOWN, Tally};
use crate::resource::{address, entry, names, record, touch};
use crate::ui::{Banner, Button, Dialog, Kind, Load, Loaded, Progress, Tag, Tone, toast, toast_error};
use crate::{dom, format, t, work};

/// Between two questions how far it has come.
const POLL: i32 = 700;

/// Shows an operation and follows it while it runs. `seen` tells whoever draws it what is known. Whoever can mend rows
/// draws them with `mending`.
#[component]
pub fn OperationPanel(
    id: String,
    seen: RwSignal<Option<Operation>>,
    #[prop(optional, into)] mending: Option<Callback<Row, AnyView>>,
) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let rows = RwSignal::new(Vec::<Row>::new());
    let id = StoredValue::new(id);
    let read = move || {
        spawn_local(async move {
            let Some(id) = id.try_get_value() else { return };
            loop {
                match operations::find(&id).await {
                    Ok(operation) => {
                        let running = operation.is_running();
                        if !running && operation.tally.troubled() > 0 {
                            rows.try_set(operations::troubled_rows(&id, mending.is_some()).await.unwrap_or_default());
                        }
                        load.try_set(Load::Ready);
                        // The page may have been left meanwhile.
                        if seen.try_set(Some(operation)).is_some() || !running {
                            return;
                        }
                    }
                    Err(problem) => {
                        load.try_set(record::failed(&problem));
                        return;
                    }
                }
                dom::pause(POLL).await;
            }
        });
    };
    read();
    view! {
        <Loaded state=load on_retry=move |()| { load.set(Load::Waiting); read(); }>
            {move || seen.get().map(|operation| view! {
                <div class="stack">
                    {operation.is_running().then(|| under_way(&operation))}
                    {outcome(&operation)}
                    {facts(&operation)}
                    {move || (!rows.with(Vec::is_empty)).then(|| trouble(id.get_value(), &operation, rows.get(), mending))}
                    <UndoButton operation=seen on_undone=move |()| read()/>
                </div>
            })}
        </Loaded>
    }
}

/// How many rows came to what, each with its word.
pub fn tally_tags(tally: &Tally) -> AnyView {
    let tags = tally.parts().into_iter().map(|(outcome, count)| {
        let text = format!("{} {count}", t!(&format!("outcome.{outcome}")));
        view! { <Tag text tone=tone_of(outcome)/> }
    });
    view! { <span class="tag-list">{tags.collect_view()}</span> }.into_any()
}

fn tone_of(outcome: &str) -> Tone {
    match outcome {
        "created" | "restored" => Tone::Ok,
        "updated" => Tone::Info,
        "failed" => Tone::Bad,
        "deleted" | "skipped" => Tone::Warn,
        _ => Tone::Plain,
    }
}

fn under_way(operation: &Operation) -> AnyView {
    let label = t!("operations.under-way", count = operation.tally.seen());
    view! {
        <Progress label percent=Signal::stored(operation.percent())/>
        <p class="muted">{t!("operations.safe-to-leave")}</p>
    }
    .into_any()
}

/// The counts, as figures.
fn outcome(operation: &Operation) -> AnyView {
    let parts = operation.tally.parts();
    if parts.is_empty() {
        return (!operation.is_running())
            .then(|| view! { <Banner tone=Tone::Info>{t!("operations.nothing")}</Banner> })
            .into_any();
    }
    view! {
        <dl class="figures">
            {parts.into_iter().map(|(outcome, count)| view! {
                <div class="figure" data-tone=tone_of(outcome).name()>
                    <dt>{t!(&format!("outcome.{outcome}"))}</dt>
                    <dd class="figure-number">{count}</dd>
                </div>
            }).collect_view()}
        </dl>
    }
    .into_any()
}

fn facts(operation: &Operation) -> AnyView {
    let who = operation.user_id.as_deref().map(|id| names::name_of("users", id));
    let (name, at) = (name_of(operation), format::date_time(&operation.created_at));
    let undo_of = operation.undo_of.clone();
    view! {
        <p class="meta">
            {name}" · "{move || who.as_ref().map(|who| format!("{} · ", who.get()))}{at}
            {undo_of.map(|id| view! { " · "<a href=format!("/operations/{id}")>{t!("operations.takes-back")}</a> })}
        </p>
    }
    .into_any()
}

/// The rows that failed or were left alone, with their reasons.
fn trouble(id: String, operation: &Operation, rows: Vec<Row>, mending: Option<Callback<Row, AnyView>>) -> AnyView {
    let (resource, whole, shown) = (operation.resource.clone(), operation.tally.troubled(), rows.len());
    let save = move || {
        let id = id.clone();
        spawn_local(async move {
            if let Err(problem) = operations::save_errors(&id).await {
                toast_error(format!("{} {}", problem.title, problem.detail));
            }
        });
    };
    view! {
        <section class="card">
            <header class="card-head">
                <h2>{t!("operations.trouble", count = whole)}</h2>
                {(operation.tally.failed > 0).then(|| view! { <Button label=t!("operations.errors") icon="download" small=true on_press=move |()| save()/> })}
            </header>
            {why(operation)}
            <ul>{rows.into_iter().map(|row| mending.map_or_else(|| trouble_row(&resource, &row), |draw| draw.run(row.clone()))).collect_view()}</ul>
            {(shown == SHOWN).then(|| view! { <p class="card-body muted">{t!("operations.first", count = SHOWN)}</p> })}
        </section>
    }
    .into_any()
}

/// The reasons for which rows failed, where there is more than a row or two to read.
fn why(operation: &Operation) -> AnyView {
    if operation.tally.failed < 3 {
        return ().into_any();
    }
    let line = |reason: &Reason| {
        let (text, count) = (entry::reason(&operation.resource, &reason.fault()), reason.count);
        view! { <li class="spread-line"><span class="grow">{text}</span><span class="number">{t!("operations.rows", count = count)}</span></li> }
    };
    view! {
        <div class="card-body">
            <h3>{t!("operations.reasons")}</h3>
            <ul>{operation.reasons.iter().map(line).collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn trouble_row(resource: &str, row: &Row) -> AnyView {
    let reasons: Vec<String> = row.faults.iter().map(|fault| entry::reason(resource, fault)).collect();
    let link = row.record_id.as_deref().map(|id| address::record(resource, id));
    view! {
        <li class="card-row">
            <span class="row-number">{t!("operations.row", number = row.row)}</span>
            <span class="grow">{reasons.join(t!("list.semicolon").as_str())}</span>
            <Tag text=t!(&format!("outcome.{}", row.outcome)) tone=tone_of(&row.outcome)/>
            {link.map(|href| view! { <a href=href>{t!("record.open")}</a> })}
        </li>
    }
    .into_any()
}

/// Takes the whole back, after asking.
#[component]
fn UndoButton(operation: RwSignal<Option<Operation>>, #[prop(into)] on_undone: Callback<()>) -> impl IntoView {
    let (asking, busy) = (RwSignal::new(false), RwSignal::new(false));
    let can = Memo::new(move |_| operation.with(|operation| operation.as_ref().is_some_and(Operation::can_be_undone)));
    let count = move || operation.with(|operation| operation.as_ref().map_or(0, |operation| operation.tally.changed()));
    let undo = move || {
        let Some(operation) = operation.get_untracked() else { return };
        asking.set(false);
        busy.set(true);
        spawn_local(async move {
            take_back(&operation).await;
            busy.try_set(false);
            if !busy.is_disposed() {
                on_undone.run(());
            }
        });
    };
    view! {
        {move || can.get().then(|| view! {
            <div><Button label=t!("operations.undo") icon="undo-2" busy writes=true on_press=move |()| asking.set(true)/></div>
        })}
        <Dialog
            open=asking
            title=Signal::derive(move || t!("operations.undo-title", count = count()))
            footer=move || view! {
                <Button label=t!("action.cancel") on_press=move |()| asking.set(false)/>
                <Button label=Signal::derive(move || t!("operations.undo-count", count = count())) kind=Kind::Danger on_press=move |()| undo()/>
            }
        >
            <p>{t!("operations.undo-text")}</p>
        </Dialog>
    }
}

/// Take an operation back and tell what came of it.
async fn take_back(operation: &Operation) {
    match bulk::undo(&operation.id).await {
        Ok(Begun::UnderWay(job)) => work::follow(job),
        Ok(Begun::Done(undo)) => {
            // An undo counts every record that it touches; people count the rows that they saw.
            toast(match undo.tally.troubled() {
                0 => t!("operations.undone", count = operation.tally.changed()),
                skipped => t!("operations.undone-partly", count = undo.tally.changed(), skipped = skipped),
            });
        }
        Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
    }
    touch(&operation.resource);
}
