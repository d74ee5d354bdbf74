//! What can happen to a record besides edits: a button for each act, and the small form of what it asks for.

use std::cell::Cell;
use std::sync::Arc;

use domain::act::Act;
use domain::permission::Action;
use domain::{Definition, Problem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::entry::Entry;
use super::{editor, labels, touch};
use crate::api::records::{self, Item};
use crate::ui::{Banner, Button, Dialog, Kind, Tone, toast, toast_error};
use crate::{dom, session, t};

/// What happens with what was said. It outlives the menu in which the act was chosen, which a callback would not.
pub type Said = Arc<dyn Fn(Map<String, Value>) + Send + Sync>;

/// An act that waits for what it asks for.
#[derive(Clone)]
struct Wish {
    definition: &'static Definition,
    act: &'static Act,
    known: Map<String, Value>,
    /// Why it did not happen the last time.
    problem: Option<Problem>,
    said: Said,
}

thread_local! {
    static WISH: Cell<Option<RwSignal<Option<Wish>>>> = const { Cell::new(None) };
}

/// The acts of a resource that the person may cause at all.
pub fn allowed(definition: &'static Definition) -> impl Iterator<Item = &'static Act> {
    let may = |act: &&Act| {
        let makes = act.makes.is_none_or(|makes| session::may(makes.resource, Action::Create));
        makes && session::may(definition.name, act.action)
    };
    definition.acts.iter().filter(may)
}

/// Those that can happen to a record where it stands.
pub fn possible(definition: &'static Definition, document: &Map<String, Value>) -> Vec<&'static Act> {
    let state = definition.state.and_then(|key| document.get(key)).and_then(Value::as_str);
    allowed(definition).filter(|act| act.is_open_in(state)).collect()
}

/// Lets an act happen to a record, asking first for what it needs.
pub fn happen(definition: &'static Definition, act: &'static Act, item: Item) {
    if act.asks.is_empty() {
        return send(definition, act, item, Map::new());
    }
    ask(definition, act, Arc::new(move |asked| send(definition, act, item.clone(), asked)));
}

/// Asks for what an act needs; `said` is called with it.
pub fn ask(definition: &'static Definition, act: &'static Act, said: Said) {
    wish(Wish { definition, act, known: Map::new(), problem: None, said });
}

/// Asks once more, with what was said the last time and why it did not do.
pub fn ask_again(
    definition: &'static Definition,
    act: &'static Act,
    (known, problem): (Map<String, Value>, Problem),
    said: Said,
) {
    wish(Wish { definition, act, known, problem: Some(problem), said });
}

fn wish(wish: Wish) {
    if let Some(waiting) = WISH.get() {
        waiting.set(Some(wish));
    }
}

/// The same with everything said already.
pub fn send(definition: &'static Definition, act: &'static Act, item: Item, asked: Map<String, Value>) {
    spawn_local(async move {
        match records::act(definition.name, &item.id, &item.etag, act.noun, &asked).await {
            Ok((_, made)) => {
                touch(definition.name);
                if let Some(made) = made {
                    dom::follow(&made);
                }
                toast(t!("act.done", act = labels::act(definition, act)));
            }
            Err(problem) if act.asks.is_empty() || problem.status == 412 => {
                // What stands on the page is not what is there.
                touch(definition.name);
                toast_error(format!("{} {}", problem.title, problem.detail));
            }
            Err(problem) => {
                let said: Said = Arc::new(move |asked| send(definition, act, item.clone(), asked));
                ask_again(definition, act, (asked, problem), said);
            }
        }
    });
}

/// The dialog; once on the page.
#[component]
pub fn ActDialog() -> impl IntoView {
    let waiting = RwSignal::new(None::<Wish>);
    WISH.set(Some(waiting));
    let open = RwSignal::new(false);
    let entries = StoredValue::new(Vec::<Entry>::new());
    Effect::new(move || open.set(waiting.with(Option::is_some)));
    let label = Signal::derive(move || {
        waiting.with(|wish| wish.as_ref().map(|wish| labels::act(wish.definition, wish.act))).unwrap_or_default()
    });
    let go = move || {
        let Some(wish) = waiting.get_untracked() else { return };
        let entries = entries.get_value();
        // Each is judged, so that all faults show at once.
        if untrack(|| entries.iter().filter(|entry| !entry.check()).count()) > 0 {
            return;
        }
        let said = untrack(|| entries.iter().map(|entry| (entry.field.key.to_owned(), entry.value())));
        let said: Map<String, Value> = said.filter(|(_, value)| !value.is_null()).collect();
        waiting.set(None);
        (wish.said)(said);
    };
    view! {
        <Dialog
            open
            title=label
            may_close=move |()| { waiting.set(None); true }
            footer=move || view! {
                <Button label=t!("action.cancel") on_press=move |()| waiting.set(None)/>
                <Button label kind=Kind::Primary writes=true on_press=move |()| go()/>
            }
        >
            {move || waiting.get_untracked().map(|wish| {
                let asked = asked(&wish);
                entries.set_value(asked.clone());
                dom::focus_soon(".dialog[open] .field input, .dialog[open] .field select");
                let definition = wish.definition;
                let problem = wish.problem.map(|problem| format!("{} {}", problem.title, problem.detail));
                view! {
                    {problem.map(|words| view! { <Banner tone=Tone::Bad>{words}</Banner> })}
                    <form class="form" novalidate on:submit=move |event| { event.prevent_default(); go(); }>
                        {asked.into_iter().map(|entry| editor::labelled(definition, entry)).collect_view()}
                        <input type="submit" hidden/>
                    </form>
                }
            })}
        </Dialog>
    }
}

/// A field to fill in for each thing an act asks for, with what was said before and what is wrong with it.
fn asked(wish: &Wish) -> Vec<Entry> {
    let field = |key: &str| wish.definition.field(key);
    let asked = wish.act.asks.iter().filter_map(|asked| {
        let entry = Entry { required: asked.required, ..Entry::of(field(asked.field)?, &wish.known) };
        let faults = wish.problem.iter().flat_map(|problem| &problem.errors);
        let own = faults.into_iter().find(|fault| fault.pointer.trim_start_matches('/') == asked.field);
        entry.fault.set(own.map(super::entry::sentence));
        Some(entry)
    });
    asked.collect()
}
