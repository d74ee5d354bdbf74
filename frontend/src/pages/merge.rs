//! Records that are one, side by side: which stays, and whose value of each field stays with it.

use domain::field::Access;
use domain::permission::{Action, Right};
use domain::{Definition, Field};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use serde_json::{Map, Value};

use crate::api::records::{self, Item};
use crate::api::{bulk, duplicates};
use crate::resource::form::{expansions, name_of};
use crate::resource::{address, cells, labels, record, touch};
use crate::ui::{
    Banner, Button, Crumb, EmptyState, Kind, LinkButton, Load, Loaded, Page, PickRow, Picks, Tone, toast, toast_error,
    toast_undo,
};
use crate::{dom, edition, format, lazy, session, t};

lazy!(making, page, |params| match edition::find(&params[0]) {
    Some(definition) => view! { <Merge definition/> }.into_any(),
    None => ().into_any(),
});

/// Most records that are put together at once.
const MOST: usize = domain::duplicates::MOST_MERGED;

/// A field of which the records hold different values.
#[derive(Clone, Copy)]
struct Dispute {
    field: &'static Field,
    /// What somebody chose; until then what suits the record that stays.
    said: RwSignal<Option<usize>>,
}

#[component]
fn Merge(definition: &'static Definition) -> impl IntoView {
    let ids: Vec<String> = use_location().search.with_untracked(|search| asked(search));
    let list = address::list(definition.name);
    let crumbs = vec![Crumb::new(labels::plural(definition.name), list.clone())];
    let title = t!("merge.title", resource = labels::plural(definition.name));
    if !(2..=MOST).contains(&ids.len()) || !session::may(definition.name, Action::Merge) {
        let text = t!("merge.count", most = MOST);
        return view! {
            <Page title crumbs>
                <EmptyState title=t!("merge.none") text icon="git-merge">
                    <LinkButton label=labels::plural(definition.name) href=list/>
                </EmptyState>
            </Page>
        }
        .into_any();
    }
    let (load, items) = (RwSignal::new(Load::Waiting), RwSignal::new(Vec::<Item>::new()));
    let ids = StoredValue::new(ids);
    let read = move || {
        load.set(Load::Waiting);
        let ids = ids.get_value();
        spawn_local(async move {
            let mut found = Vec::new();
            for id in &ids {
                match records::find(definition.name, id, &expansions(definition)).await {
                    Ok(item) => found.push(item),
                    Err(problem) => return drop(load.try_set(record::failed(&problem))),
                }
            }
            items.try_set(found);
            load.try_set(Load::Ready);
        });
    };
    read();
    view! {
        <Page title crumbs note=t!("merge.what")>
            <Loaded state=load on_retry=move |()| read()>
                {move || items.with(|items| (!items.is_empty()).then(|| view! { <Choosing definition items=items.clone()/> }))}
            </Loaded>
        </Page>
    }
    .into_any()
}

/// The records that the address names, each once.
fn asked(search: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for (_, named) in address::pairs(search).into_iter().filter(|(key, _)| key == "ids") {
        for id in named.split(',').filter(|id| !id.is_empty()) {
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
    }
    ids
}

#[component]
fn Choosing(definition: &'static Definition, items: Vec<Item>) -> impl IntoView {
    let stays = RwSignal::new(0_usize);
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let disputes: Vec<Dispute> = disputed(definition, &items);
    let any_list = disputes.iter().any(|dispute| dispute.field.kind.is_many());
    let names: Vec<String> =
        items.iter().map(|item| name_of(definition, item).unwrap_or_else(|| item.id.clone())).collect();
    let mut heads = names.clone();
    if any_list {
        heads.push(t!("merge.all"));
    }
    let items = StoredValue::new(items);
    let survivor = PickRow {
        name: t!("merge.stays"),
        values: items.with_value(|items| items.iter().map(|item| Some(since(definition, item))).collect()),
        pick: stays.into(),
        on_pick: Callback::new(move |column| stays.set(column)),
    };
    let rows = [survivor].into_iter().chain(disputes.iter().map(|dispute| row(definition, *dispute, items, stays)));
    let rows: Vec<PickRow> = rows.collect();
    let disputes = StoredValue::new(disputes);
    let go = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let kept = stays.get_untracked();
        let choices = disputes.with_value(|disputes| items.with_value(|items| chosen(disputes, items, kept)));
        let all = items.get_value();
        spawn_local(async move {
            let others: Vec<&Item> =
                all.iter().enumerate().filter(|(at, _)| *at != kept).map(|(_, item)| item).collect();
            match duplicates::merge(definition.name, &all[kept], &others, &choices).await {
                Ok((item, operation)) => done(definition, &item, operation),
                Err(problem) => {
                    let details: Vec<String> = problem.errors.iter().map(|fault| fault.detail.clone()).collect();
                    refused.try_set(Some(format!("{} {} {}", problem.title, problem.detail, details.join(" "))));
                    busy.try_set(false);
                }
            }
        });
    };
    let count = items.with_value(Vec::len);
    view! {
        <section class="card">
            <div class="card-body stack">
                {move || refused.get().map(|words| view! { <div role="alert"><Banner tone=Tone::Bad>{words}</Banner></div> })}
                <Picks caption=t!("merge.caption") corner=t!("diff.field") heads rows/>
                <div class="form-foot">
                    <Button label=t!("merge.go", count = count) icon="git-merge" kind=Kind::Danger writes=true busy on_press=move |()| go()/>
                    <LinkButton label=t!("action.cancel") href=address::list(definition.name)/>
                </div>
            </div>
        </section>
    }
}

/// The fields that somebody may write and of which the records do not hold the same.
fn disputed(definition: &'static Definition, items: &[Item]) -> Vec<Dispute> {
    let value = |item: &Item, field: &Field| item.document.get(field.key).cloned().unwrap_or_default();
    let fields = definition.own_fields().filter(|field| {
        field.access == Access::Writable
            && field.kind.is_one_cell()
            && session::right(definition.name, field) >= Right::Write
            && items.iter().any(|item| value(item, field) != value(&items[0], field))
    });
    fields.map(|field| Dispute { field, said: RwSignal::new(None) }).collect()
}

/// When a record was made, by which one knows them apart.
fn since(definition: &'static Definition, item: &Item) -> String {
    let made = item.document.get("created_at").and_then(Value::as_str).map(format::date_time);
    let owner = definition.field("owner_id").map(|field| cells::text(definition, field, &item.document));
    made.into_iter().chain(owner).collect::<Vec<_>>().join(" · ")
}

fn row(
    definition: &'static Definition,
    dispute: Dispute,
    items: StoredValue<Vec<Item>>,
    stays: RwSignal<usize>,
) -> PickRow {
    let Dispute { field, said } = dispute;
    let mut values: Vec<Option<String>> = items
        .with_value(|items| items.iter().map(|item| Some(cells::text(definition, field, &item.document))).collect());
    if field.kind.is_many() {
        values.push(Some(t!("merge.joined")));
    }
    PickRow {
        name: labels::field(definition, field),
        values,
        pick: Signal::derive(move || {
            said.get().unwrap_or_else(|| items.with_value(|items| usual(field, items, stays.get())))
        }),
        on_pick: Callback::new(move |column| said.set(Some(column))),
    }
}

/// Without a word lists are joined, and an empty field takes the first value that there is.
fn usual(field: &Field, items: &[Item], stays: usize) -> usize {
    let is_empty = |item: &Item| matches!(item.document.get(field.key), None | Some(Value::Null));
    if field.kind.is_many() {
        return items.len();
    }
    let filled = items.iter().position(|item| !is_empty(item));
    if is_empty(&items[stays]) { filled.unwrap_or(stays) } else { stays }
}

/// What is said of each field: nothing where the record keeps its own, or the lists are joined.
fn chosen(disputes: &[Dispute], items: &[Item], stays: usize) -> Map<String, Value> {
    let mut choices = Map::new();
    for Dispute { field, said } in disputes {
        let column = said.get_untracked().unwrap_or_else(|| usual(field, items, stays));
        if let Some(item) = items.get(column).filter(|_| column != stays || field.kind.is_many()) {
            choices.insert(field.key.to_owned(), item.id.clone().into());
        }
    }
    choices
}

fn done(definition: &'static Definition, item: &Item, operation: String) {
    let touch_all = move || edition::catalogue().iter().for_each(|other| touch(other.name));
    touch_all();
    let name = name_of(definition, item).unwrap_or_default();
    dom::follow(&address::record(definition.name, &item.id));
    toast_undo(t!("merge.done", name = name), move || {
        let operation = operation.clone();
        spawn_local(async move {
            match bulk::undo(&operation).await {
                Ok(_) => toast(t!("bulk.undone")),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
            touch_all();
        });
    });
}
