//! The generic page of one record: head with key figures, facts that are edited in place, related lists, history.

mod assign;
mod facts;
mod head;
mod reveal;

use domain::permission::Action;
use domain::{Definition, Problem};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub use self::facts::facts;
use self::facts::facts_cards;
use self::head::{actions, figures, neighbours, steps};
use super::entry::Entry;
use super::form::{expansions, name_of};
use super::notes::NOTES;
use super::related::{RelatedList, relations};
use super::timeline::is_told;
use super::{address, labels, said, touch, touches};
use crate::api::records::{self, Item};
use crate::keys::{self, Act};
use crate::ui::{Crumb, Load, Loaded, Page, toast, toast_error, toast_undo};
use crate::{dom, session, t};

/// What a refusal means for a page that wanted to load something.
pub fn failed(problem: &Problem) -> Load {
    match problem.status {
        403 => Load::Forbidden,
        404 => Load::Missing,
        _ => Load::Failed { text: problem.detail.clone(), request_id: problem.request_id.clone() },
    }
}

#[derive(Clone, Copy)]
struct RecordState {
    definition: &'static Definition,
    item: RwSignal<Item>,
    load: RwSignal<Load>,
    /// The field that is being edited in place.
    editing: RwSignal<Option<&'static str>>,
    /// How often somebody looked behind a mask since the page was opened: the history tells of it.
    looks: RwSignal<u64>,
}

#[component]
pub fn RecordPage(
    definition: &'static Definition,
    id: String,
    /// What this resource has beyond its fields, drawn beside the facts for the record of this id.
    #[prop(optional)]
    extra: Option<fn(String) -> AnyView>,
) -> impl IntoView {
    let state = RecordState {
        definition,
        item: RwSignal::new(Item::default()),
        load: RwSignal::new(Load::Waiting),
        editing: RwSignal::new(None),
        looks: RwSignal::new(0),
    };
    let id = StoredValue::new(id);
    let touched = touches(definition.name);
    Effect::new(move || {
        touched.get();
        state.read(id.get_value());
    });
    let title = Signal::derive(move || {
        state.item.with(|item| name_of(definition, item)).unwrap_or_else(|| labels::singular(definition.name))
    });
    let edit = address::edit(definition.name, &id.get_value());
    let edit_key = edit.clone();
    keys::on(Act::Edit, move || dom::follow(&edit_key));
    for note in NOTES.iter().filter(|note| note.fits(definition)) {
        keys::on(note.act, move || state.item.with_untracked(|item| note.write(definition, item)));
    }
    let neighbours = neighbours(definition, &id.get_value());
    for (act, target) in [(Act::PageBack, neighbours.0.clone()), (Act::PageOn, neighbours.1.clone())] {
        keys::on_if(act, move || target.as_ref().map(|target| dom::follow(target)).is_some());
    }
    view! {
        <Page
            title
            crumbs=vec![Crumb::new(labels::plural(definition.name), address::list(definition.name))]
            beside=move || steps(neighbours.clone())
            actions=move || {
                let edit = edit.clone();
                // Nothing can be done with a record that is not there.
                let there = Memo::new(move |_| matches!(state.load.get(), Load::Waiting | Load::Ready));
                move || there.get().then(|| actions(state, edit.clone()))
            }
        >
            <Loaded state=state.load on_retry=move |()| state.read(id.get_value())>
                {figures(state)}
                <div class="record">
                    <div class="stack">{facts_cards(state)}</div>
                    <div class="stack">
                        {extra.map(|extra| extra(id.get_value()))}
                        {said::is_spoken_of(definition).then(|| said::panel(definition, id.get_value()))}
                        {is_told(definition).then(|| past(state, id.get_value()))}
                        {relations(definition).into_iter().filter(|(other, _)| session::may(other.name, Action::Read))
                            .map(|(other, field)| view! { <RelatedList definition=other field about=definition id=id.get_value()/> }).collect_view()}
                        {(!is_told(definition)).then(|| past(state, id.get_value()))}
                    </div>
                </div>
            </Loaded>
        </Page>
    }
}

/// What happened: the whole timeline where others tell of the record, else its own changes.
fn past(state: RecordState, id: String) -> AnyView {
    let definition = state.definition;
    let version = Signal::derive(move || state.item.with(Item::version) + state.looks.get());
    let told = is_told(definition);
    view! {
        <section class="card">
            <header class="card-head"><h2>{if told { t!("timeline.title") } else { t!("record.history") }}</h2></header>
            <div class="card-body">
                {super::past::past(definition, id, version)}
            </div>
        </section>
    }
    .into_any()
}

impl RecordState {
    fn read(self, id: String) {
        spawn_local(async move {
            match records::find(self.definition.name, &id, &expansions(self.definition)).await {
                Ok(item) => {
                    self.item.set(item);
                    self.load.set(Load::Ready);
                }
                // A record that was put together with another is found there.
                Err(problem) => match problem.errors.iter().find(|fault| fault.code == "merged") {
                    Some(merged) => {
                        toast(merged.detail.clone());
                        dom::follow(&address::record(self.definition.name, &merged.params["id"]));
                    }
                    None => self.load.set(failed(&problem)),
                },
            }
        });
    }

    /// Save one field edited in place; the way back is offered for a while.
    fn save(self, entry: Entry) {
        let item = self.item.get_untracked();
        let (key, value) = (entry.field.key, untrack(|| entry.value()));
        let old = item.document.get(key).cloned().unwrap_or_default();
        self.editing.set(None);
        if value != old {
            let name = labels::field(self.definition, entry.field);
            self.send(item, key, value, Some((name, old)));
        }
    }

    fn send(self, item: Item, key: &'static str, value: serde_json::Value, undo: Option<(String, serde_json::Value)>) {
        spawn_local(async move {
            let patch = records::one(key, value);
            match records::update(self.definition.name, &item.id, &item.etag, &patch).await {
                Ok(saved) => {
                    touch(self.definition.name);
                    if let Some((name, old)) = undo {
                        toast_undo(t!("record.changed", name = name), move || {
                            self.send(saved.clone(), key, old.clone(), None)
                        });
                    }
                }
                Err(problem) => {
                    let words =
                        problem.errors.first().map(|fault| fault.detail.clone()).filter(|words| !words.is_empty());
                    toast_error(words.unwrap_or_else(|| format!("{} {}", problem.title, problem.detail)));
                    self.read(item.id);
                }
            }
        });
    }
}
