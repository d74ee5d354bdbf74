//! What stands in the way of a deletion: where the record is used, and what shall be used instead.

use std::cell::Cell;

use domain::filter::Op;
use domain::listing::Listing;
use domain::{Definition, Fault, Filter, Problem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::form::name_of;
use super::{address, entry, labels, touch};
use crate::api::bulk::{self, Begun, Change, Target};
use crate::api::operations;
use crate::api::records::{self, Item};
use crate::ui::{
    Banner, Button, Choice, Combobox, Dialog, Field, Kind, LinkButton, Tone, toast, toast_error, toast_undo,
};
use crate::{dom, edition, lazy, t, work};

/// A deletion that was refused because others name the record.
#[derive(Clone)]
struct Refused {
    definition: &'static Definition,
    item: Item,
    /// Whether the page is the record's own.
    leave: bool,
    uses: Vec<Fault>,
}

thread_local! {
    static REFUSED: Cell<Option<RwSignal<Option<Refused>>>> = const { Cell::new(None) };
}

/// Show where a record is used, if that is why it was not deleted.
pub fn explain(definition: &'static Definition, item: &Item, leave: bool, problem: &Problem) -> bool {
    let Some(refused) = REFUSED.get().filter(|_| problem.code == "in_use") else { return false };
    refused.set(Some(Refused { definition, item: item.clone(), leave, uses: problem.errors.clone() }));
    true
}

type Draw = fn(RwSignal<Option<Refused>>) -> AnyView;

#[leptos::wasm_split::wasm_split(making, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|refused| view! { <Explanation refused/> }.into_any())
}

/// The dialog; once on the page, fetched when it is needed.
#[component]
pub fn InUse() -> impl IntoView {
    let refused = RwSignal::new(None::<Refused>);
    REFUSED.set(Some(refused));
    let needed = RwSignal::new(false);
    Effect::new(move || needed.set(refused.with(Option::is_some)));
    lazy::overlay(needed, draw, move |draw: Draw| draw(refused))
}

#[component]
fn Explanation(refused: RwSignal<Option<Refused>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let chosen = RwSignal::new(Vec::<Choice>::new());
    let problem = RwSignal::new(None::<String>);
    Effect::new(move || {
        chosen.set(Vec::new());
        problem.set(None);
        open.set(refused.with(Option::is_some));
    });
    let name = move || refused.with(|refused| refused.as_ref().and_then(|one| name_of(one.definition, &one.item)));
    let nothing = Signal::derive(move || chosen.with(Vec::is_empty));
    let go = move || {
        let successor = chosen.with_untracked(|chosen| chosen.first().cloned());
        let (Some(one), Some(successor)) = (refused.get_untracked(), successor) else { return };
        spawn_local(async move {
            match give_way(&one, &successor.value).await {
                Ok(()) => refused.set(None),
                Err(reason) => problem.set(Some(reason)),
            }
        });
    };
    view! {
        <Dialog
            open
            title=Signal::derive(move || t!("in-use.title", name = name().unwrap_or_default()))
            may_close=move |()| { refused.set(None); true }
            footer=move || view! {
                <Button label=t!("action.cancel") on_press=move |()| refused.set(None)/>
                <Button label=t!("in-use.go") kind=Kind::Danger writes=true disabled=nothing on_press=move |()| go()/>
            }
        >
            {move || problem.get().map(|reason| view! { <Banner tone=Tone::Bad>{reason}</Banner> })}
            {move || refused.get().map(|one| view! {
                <p>{t!("in-use.text")}</p>
                <ul>{one.uses.iter().map(|used| place(&one, used, refused)).collect_view()}</ul>
                <Field label=t!("in-use.instead", resource = labels::singular(one.definition.name)) required=true>
                    <Combobox chosen search=entry::searching(one.definition.name)/>
                </Field>
            })}
        </Dialog>
    }
}

/// One place where the record is used, with the way to the records that use it.
fn place(one: &Refused, used: &Fault, refused: RwSignal<Option<Refused>>) -> impl IntoView + use<> {
    let href = list_of(used, &one.item.id);
    // The link is still needed while it is being followed.
    let leave = move |_| request_animation_frame(move || refused.set(None));
    let words = used.detail.clone();
    match href {
        Some(href) => view! { <li on:click=leave><LinkButton label=words href kind=Kind::Link/></li> }.into_any(),
        None => view! { <li>{words}</li> }.into_any(),
    }
}

/// The list of the records that name this one in a field, if they can be listed by it.
fn list_of(used: &Fault, id: &str) -> Option<String> {
    let definition = edition::find(used.params.get("resource")?)?;
    let field = definition.field(used.params.get("field")?).filter(|field| field.filterable)?;
    let listing = Listing { filter: Filter::test(field.key, Op::Eq, Value::from(id)), ..Listing::default() };
    Some(format!("{}?{}", address::list(definition.name), records::encode(&listing.to_query())))
}

/// Delete the record and let the others name another one; as an operation, so that it can be taken back as a whole.
async fn give_way(one: &Refused, successor: &str) -> Result<(), String> {
    let said = |problem: Problem| format!("{} {}", problem.title, problem.detail);
    let definition = one.definition;
    let target = Target::Ids(vec![one.item.id.clone()]);
    let change = Change::Replace(successor.to_owned());
    let operation = match bulk::run(definition.name, &target, &change, false).await.map_err(said)? {
        Begun::Done(operation) => operation,
        Begun::UnderWay(job) => {
            work::follow(job);
            return Ok(());
        }
    };
    if operation.tally.deleted == 0 {
        let rows = operations::troubled_rows(&operation.id, false).await.map_err(said)?;
        let reasons = rows.into_iter().flat_map(|row| row.faults).map(|fault| fault.detail);
        return Err(reasons.collect::<Vec<_>>().join(" "));
    }
    let name = name_of(definition, &one.item).unwrap_or_default();
    let uses = one.uses.clone();
    let touch_all = move || {
        touch(definition.name);
        uses.iter().filter_map(|used| used.params.get("resource")).for_each(|resource| touch(resource));
    };
    let id = operation.id;
    let touch_undone = touch_all.clone();
    toast_undo(t!("record.deleted", name = name), move || {
        let (id, touch_undone) = (id.clone(), touch_undone.clone());
        spawn_local(async move {
            match bulk::undo(&id).await {
                Ok(_) => toast(t!("bulk.undone")),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
            touch_undone();
        });
    });
    if one.leave {
        dom::follow(&address::list(definition.name))
    } else {
        touch_all()
    }
    Ok(())
}
