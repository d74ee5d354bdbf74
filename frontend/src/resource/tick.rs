//! The tick: one press where a record is listed does with it what is done all day, such as a task being done, and another
//! press takes it back.

use domain::{Act, Definition};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::form::name_of;
use super::{labels, touch};
use crate::api::records::{self, Item};
use crate::ui::{Icon, toast, toast_error, toast_undo};
use crate::{net, session, t};

/// The tick of a record, if its resource has one and the person may set it.
pub fn tick(definition: &'static Definition, item: &Item) -> Option<AnyView> {
    let (done, back) = definition.tick()?;
    let state = item.document.get(definition.state?).and_then(Value::as_str)?;
    let ticked = done.to == Some(state);
    let (act, other) = if ticked { (back, done) } else { (done, back) };
    if !act.is_open_in(Some(state)) || !session::may(definition.name, act.action) {
        return None;
    }
    let shown = RwSignal::new(ticked);
    let label =
        t!("tick.label", act = labels::act(definition, done), name = name_of(definition, item).unwrap_or_default());
    let item = item.clone();
    let press = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        // Until the list is read anew what is pressed twice is pressed once.
        if shown.get_untracked() == ticked {
            shown.set(!ticked);
            happen(definition, (act, other), item.clone(), Some(shown));
        }
    };
    let view = view! {
        <button type="button" class="tick" role="checkbox" aria-checked=move || shown.get().to_string() aria-label=label.clone()
            title=label disabled=move || net::is_lost() || shown.get() != ticked on:click=press>
            <Icon name="check"/>
        </button>
    };
    Some(view.into_any())
}

/// A line of a list with the tick of its record before it.
pub fn beside(definition: &'static Definition, item: &Item, line: AnyView) -> AnyView {
    match tick(definition, item) {
        Some(tick) => view! { <div class="ticked">{tick}{line}</div> }.into_any(),
        None => line,
    }
}

/// Lets it happen, and offers the other act for a while.
fn happen(
    definition: &'static Definition,
    (act, other): (&'static Act, &'static Act),
    item: Item,
    shown: Option<RwSignal<bool>>,
) {
    spawn_local(async move {
        let name = name_of(definition, &item).unwrap_or_default();
        match records::act(definition.name, &item.id, &item.etag, act.noun, &Map::new()).await {
            Ok((changed, _)) => {
                let text = t!("tick.done", act = labels::act(definition, act), name = name);
                match shown {
                    Some(_) => toast_undo(text, move || happen(definition, (other, act), changed.clone(), None)),
                    None => toast(text),
                }
            }
            Err(problem) => {
                if let Some(shown) = shown {
                    shown.try_update(|shown| *shown = !*shown);
                }
                toast_error(format!("{} {}", problem.title, problem.detail));
            }
        }
        // Also after a refusal: what stands on the page is not what is there.
        touch(definition.name);
    });
}
