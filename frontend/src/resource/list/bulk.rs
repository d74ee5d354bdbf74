//! What can be done with many records at once: asked about, rehearsed when they are many, and taken back.

mod lists;
mod merge;

use std::collections::HashSet;
use std::sync::Arc;

use domain::duplicates::MOST_MERGED;
use domain::permission::Action;
use domain::{Definition, field::Access};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::ListState;
use crate::api::bulk::{self, Begun, Change, Target};
use crate::api::operations::{self, Operation};
use crate::resource::entry::Entry;
use crate::resource::{acts, address, editor, labels, touch};
use crate::ui::{BulkBar, Button, Dialog, Field, Kind, Progress, SelectInput, toast, toast_error, toast_undo};
use crate::{dom, lazy, session, t, work};

/// More than this many are rehearsed first. The server works on so many at once and answers with what came of them.
const REHEARSED: usize = 200;

type Draw = fn(ListState) -> AnyView;

#[leptos::wasm_split::wasm_split(bulk, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|list| view! { <Bulk list/> }.into_any())
}

/// What can be done with the selected records, as soon as its code is there.
pub fn bar(list: ListState) -> AnyView {
    lazy::part(draw, move |draw: Draw| draw(list))
}

#[component]
fn Bulk(list: ListState) -> impl IntoView {
    let definition = list.definition;
    let (editing, deleting, assigning) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let lists = lists::all(definition);
    let buttons = lists.iter().map(|asking| asking.buttons()).collect_view();
    let merging = RwSignal::new(false);
    let rehearsal = RwSignal::new(None::<Rehearsal>);
    let count = Signal::derive(move || selected(list));
    let more = Signal::derive(move || {
        let (whole, shown) = list.page.with(|page| (page.info.total.unwrap_or_default(), page.items.len()));
        let page_selected = list.grid.selected.with(|selected| selected.len() >= shown);
        let beyond = usize::try_from(whole).is_ok_and(|whole| whole > shown);
        (page_selected && beyond && !list.all_matching.get()).then(|| whole.to_string())
    });
    let may = move |action| session::may(definition.name, action);
    let plan = Callback::new(move |change: Change| begin(list, change, rehearsal));
    view! {
        <BulkBar count all=more on_all=move |()| list.all_matching.set(true) on_clear=move |()| list.clear_selection()>
            {may(Action::Update).then(|| view! { <Button label=t!("bulk.edit") icon="pencil" kind=Kind::Quiet writes=true on_press=move |()| editing.set(true)/> })}
            {buttons}
            {acts::allowed(definition).map(|act| {
                let happen = move || match act.asks {
                    [] => plan.run(Change::Act(act.noun, serde_json::Map::new())),
                    _ => acts::ask(definition, act, Arc::new(move |asked| plan.run(Change::Act(act.noun, asked)))),
                };
                view! { <Button label=labels::act(definition, act) kind=Kind::Quiet writes=true on_press=move |()| happen()/> }
            }).collect_view()}
            {(definition.owned && may(Action::Assign)).then(|| view! { <Button label=t!("bulk.assign") icon="user-plus" kind=Kind::Quiet writes=true on_press=move |()| assigning.set(true)/> })}
            {(definition.merged && may(Action::Merge)).then(|| view! { <Button label=t!("merge.button") icon="git-merge" kind=Kind::Quiet writes=true on_press=move |()| compare(list)/> })}
            {merge::may(definition).then(|| view! { <Button label=t!("bulk.merge") icon="git-merge" kind=Kind::Quiet writes=true on_press=move |()| merging.set(true)/> })}
            {may(Action::Delete).then(|| view! { <Button label=t!("action.delete") icon="trash-2" kind=Kind::Quiet writes=true on_press=move |()| deleting.set(true)/> })}
        </BulkBar>
        <EditDialog definition open=editing on_apply=plan/>
        <AssignDialog definition open=assigning on_apply=plan/>
        {lists.iter().map(|asking| asking.dialogs(plan)).collect_view()}
        <merge::MergeDialog definition open=merging on_apply=plan/>
        <Dialog
            open=deleting
            title=Signal::derive(move || t!("bulk.delete-title", count = count.get(), resource = labels::counted(definition.name, count.get())))
            footer=move || view! {
                <Button label=t!("action.cancel") on_press=move |()| deleting.set(false)/>
                <Button
                    label=Signal::derive(move || t!("bulk.delete", count = count.get()))
                    kind=Kind::Danger
                    on_press=move |()| { deleting.set(false); plan.run(Change::Delete); }
                />
            }
        >
            <p>{t!("bulk.delete-text")}</p>
        </Dialog>
        <RehearsalDialog list rehearsal/>
    }
}

/// Shows the selected records side by side, to be put together.
fn compare(list: ListState) {
    let ids: Vec<String> = list.selected_items().into_iter().map(|item| item.id).collect();
    if list.all_matching.get_untracked() || !(2..=MOST_MERGED).contains(&ids.len()) {
        return toast_error(t!("merge.count", most = MOST_MERGED));
    }
    dom::follow(&format!("{}/merge?ids={}", address::list(list.definition.name), ids.join(",")));
}

fn selected(list: ListState) -> usize {
    if list.all_matching.get() {
        let total = list.page.with(|page| page.info.total);
        return total.and_then(|total| usize::try_from(total).ok()).unwrap_or_default();
    }
    list.grid.selected.with(HashSet::len)
}

/// One field, one value, for all selected records.
#[component]
fn EditDialog(definition: &'static Definition, open: RwSignal<bool>, on_apply: Callback<Change>) -> impl IntoView {
    let fields = move || {
        definition
            .fields
            .iter()
            .filter(|field| field.access == Access::Writable && !field.personal && field.key != definition.title)
    };
    let key = RwSignal::new(fields().next().map(|field| field.key.to_owned()).unwrap_or_default());
    let entry = Memo::new_with_compare(
        move |_| key.with(|key| definition.field(key)).map(|field| Entry::of(field, &serde_json::Map::new())),
        |_, _| true,
    );
    let options = fields().map(|field| (field.key.to_owned(), labels::field(definition, field))).collect::<Vec<_>>();
    let options = StoredValue::new(options);
    let apply = move || {
        let Some(entry) = entry.get_untracked() else { return };
        if untrack(|| entry.check()) {
            open.set(false);
            on_apply.run(Change::Edit(entry.field.key, untrack(|| entry.value())));
        }
    };
    view! {
        <Dialog open title=t!("bulk.edit") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("bulk.apply") kind=Kind::Primary on_press=move |()| apply()/>
        }>
            <Field label=t!("bulk.field")><SelectInput value=key options=Signal::stored(options.get_value())/></Field>
            {move || entry.get().map(|entry| editor::labelled(definition, entry))}
        </Dialog>
    }
}

/// Another owner for all selected records.
#[component]
fn AssignDialog(definition: &'static Definition, open: RwSignal<bool>, on_apply: Callback<Change>) -> impl IntoView {
    let Some(field) = definition.field("owner_id") else { return ().into_any() };
    let entry = Entry::of(field, &serde_json::Map::new());
    let apply = move || {
        let owner = untrack(|| entry.value());
        if owner.is_null() {
            entry.fault.set(Some(t!("bulk.owner-missing")));
            return;
        }
        open.set(false);
        on_apply.run(Change::Assign(owner));
    };
    view! {
        <Dialog open title=t!("bulk.assign") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("bulk.apply") kind=Kind::Primary on_press=move |()| apply()/>
        }>
            {editor::labelled(definition, entry)}
        </Dialog>
    }
    .into_any()
}

/// A change that was tried on all its records, waiting for the decision.
#[derive(Clone)]
struct Rehearsal {
    target: Target,
    change: Change,
    /// What would come of it, once it is known.
    outcome: Option<Operation>,
}

/// Change what is selected; when that is much, try it first and ask.
fn begin(list: ListState, change: Change, rehearsal: RwSignal<Option<Rehearsal>>) {
    let many = untrack(|| selected(list)) > REHEARSED;
    let target = if list.all_matching.get_untracked() {
        let listing = list.listing.get_untracked();
        Target::Matching { filter: listing.filter, q: listing.q }
    } else {
        let stays = |id: &String| !matches!(&change, Change::Replace(successor) if successor == id);
        Target::Ids(list.selected_items().into_iter().map(|item| item.id).filter(stays).collect())
    };
    if !many {
        return run(list, target, change);
    }
    rehearsal.set(Some(Rehearsal { target: target.clone(), change: change.clone(), outcome: None }));
    spawn_local(async move {
        let tried = match bulk::run(list.definition.name, &target, &change, true).await {
            Ok(begun) => settled(begun).await,
            Err(problem) => Err(problem),
        };
        match tried {
            Ok(outcome) => drop(rehearsal.try_update(|waiting| {
                if let Some(waiting) = waiting {
                    waiting.outcome = Some(outcome);
                }
            })),
            Err(problem) => {
                rehearsal.try_set(None);
                toast_error(format!("{} {}", problem.title, problem.detail));
            }
        }
    });
}

/// The operation when it has ended.
async fn settled(begun: Begun) -> crate::api::Result<Operation> {
    let id = match begun {
        Begun::Done(operation) => return Ok(operation),
        Begun::UnderWay(job) => job.operation_id.unwrap_or_default(),
    };
    loop {
        let operation = operations::find(&id).await?;
        if !operation.is_running() {
            return Ok(operation);
        }
        dom::pause(700).await;
    }
}

/// What would come of it, and whether it shall be done.
#[component]
fn RehearsalDialog(list: ListState, rehearsal: RwSignal<Option<Rehearsal>>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || open.set(rehearsal.with(Option::is_some)));
    let outcome = move || rehearsal.with(|waiting| waiting.as_ref().and_then(|waiting| waiting.outcome.clone()));
    let changed = move || outcome().map_or(0, |outcome| outcome.tally.changed());
    let go = move || {
        if let Some(Rehearsal { target, change, .. }) = rehearsal.get_untracked() {
            rehearsal.set(None);
            run(list, target, change);
        }
    };
    view! {
        <Dialog open title=t!("bulk.rehearsal") may_close=move |()| { rehearsal.set(None); true } footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| rehearsal.set(None)/>
            {move || (changed() > 0).then(|| view! {
                <Button label=t!("bulk.go", count = changed()) kind=Kind::Danger on_press=move |()| go()/>
            })}
        }>
            {move || match outcome() {
                None => view! { <Progress label=t!("bulk.trying") percent=Signal::stored(None)/> }.into_any(),
                Some(outcome) => view! {
                    <p>{t!("bulk.would")}</p>
                    <dl class="figures">
                        {outcome.tally.parts().into_iter().map(|(word, count)| view! {
                            <div class="figure"><dt>{t!(&format!("outcome.{word}"))}</dt><dd class="figure-number">{count}</dd></div>
                        }).collect_view()}
                    </dl>
                }.into_any(),
            }}
        </Dialog>
    }
}

/// Change the records for real, and offer to take it back.
fn run(list: ListState, target: Target, change: Change) {
    let definition = list.definition;
    list.clear_selection();
    spawn_local(async move {
        match bulk::run(definition.name, &target, &change, false).await {
            Ok(Begun::Done(operation)) => {
                touched(definition, &change);
                tell(definition, &change, &operation);
            }
            Ok(Begun::UnderWay(job)) => {
                toast(t!("bulk.under-way"));
                work::follow(job);
            }
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}

/// Says that records have changed, and with them those that named what gave way to another.
fn touched(definition: &'static Definition, change: &Change) {
    touch(definition.name);
    if let Change::Replace(_) = change {
        merge::naming(definition).for_each(touch);
    }
}

fn tell(definition: &'static Definition, change: &Change, operation: &Operation) {
    let (changed, troubled) = (operation.tally.changed(), operation.tally.troubled());
    let words = match troubled {
        0 => t!("bulk.done", count = changed),
        failed => t!("bulk.partly", count = changed, failed = failed),
    };
    if changed == 0 {
        return toast(words);
    }
    let (id, change) = (operation.id.clone(), change.clone());
    toast_undo(words, move || undo(definition, change.clone(), id.clone()));
}

fn undo(definition: &'static Definition, change: Change, operation: String) {
    spawn_local(async move {
        match bulk::undo(&operation).await {
            Ok(Begun::Done(_)) => toast(t!("bulk.undone")),
            Ok(Begun::UnderWay(job)) => work::follow(job),
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
        touched(definition, &change);
    });
}
