//! The generic page of one record: head with key figures, facts that are edited in place, related lists, history.

use domain::field::Access;
use domain::permission::Action;
use domain::{Definition, Field, Kind, Problem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Map;

use super::entry::Entry;
use super::form::{expansions, name_of};
use super::history::History;
use super::related::{RelatedList, relations};
use super::{address, cells, editor, labels, removal, touch, touches};
use crate::api::records::{self, Item};
use crate::keys::{self, Act};
use crate::ui::{
    Crumb, IconButton, Kind as Loudness, LinkButton, Load, Loaded, Menu, MenuItem, Page, toast_error, toast_undo,
};
use crate::{dom, session, t};

/// What a refusal means for a page that wanted to load something.
pub fn failed(problem: &Problem) -> Load {
    match problem.status {
        403 => Load::Forbidden,
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
}

#[component]
pub fn RecordPage(definition: &'static Definition, id: String) -> impl IntoView {
    let state = RecordState {
        definition,
        item: RwSignal::new(Item::default()),
        load: RwSignal::new(Load::Waiting),
        editing: RwSignal::new(None),
    };
    let id = StoredValue::new(id);
    let touched = touches(definition.name);
    Effect::new(move || {
        touched.track();
        state.read(id.get_value());
    });
    let title = Signal::derive(move || {
        state.item.with(|item| name_of(definition, item)).unwrap_or_else(|| labels::singular(definition.name))
    });
    let edit = address::edit(definition.name, &id.get_value());
    let edit_key = edit.clone();
    keys::on(Act::Edit, move || dom::follow(&edit_key));
    let neighbours = neighbours(definition, &id.get_value());
    view! {
        <Page
            title
            crumbs=vec![Crumb::new(labels::plural(definition.name), address::list(definition.name))]
            actions=move || actions(state, edit.clone(), neighbours.clone())
        >
            <Loaded state=state.load on_retry=move |()| state.read(id.get_value())>
                {figures(state)}
                <div class="record">
                    <div class="stack">{facts_cards(state)}</div>
                    <div class="stack">
                        {relations(definition).into_iter().filter(|(other, _)| session::may(other.name, Action::Read))
                            .map(|(other, field)| view! { <RelatedList definition=other field id=id.get_value()/> }).collect_view()}
                        <section class="card">
                            <header class="card-head"><h2>{t!("record.history")}</h2></header>
                            <div class="card-body">
                                <History definition id=id.get_value() version=Signal::derive(move || state.item.with(Item::version))/>
                            </div>
                        </section>
                    </div>
                </div>
            </Loaded>
        </Page>
    }
}

impl RecordState {
    fn read(self, id: String) {
        spawn_local(async move {
            match records::find(self.definition.name, &id, &expansions(self.definition)).await {
                Ok(item) => {
                    self.item.set(item);
                    self.load.set(Load::Ready);
                }
                Err(problem) => self.load.set(failed(&problem)),
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
            let patch = Map::from_iter([(key.to_owned(), value)]);
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

fn actions(state: RecordState, edit: String, (previous, next): (Option<String>, Option<String>)) -> AnyView {
    let definition = state.definition;
    let step = |label: String, icon: &'static str, target: Option<String>| {
        let href = target.clone();
        view! { <IconButton label icon disabled=target.is_none() on_press=move |()| if let Some(href) = &href { dom::follow(href) }/> }
    };
    let may_delete = move || session::may(definition.name, Action::Delete);
    view! {
        {step(t!("record.previous"), "chevron-left", previous)}
        {step(t!("record.next"), "chevron-right", next)}
        {session::may(definition.name, Action::Update).then(|| view! { <LinkButton label=t!("action.update") icon="pencil" href=edit/> })}
        {may_delete().then(|| view! {
            <Menu label=t!("action.more") icon="ellipsis" icon_only=true end=true kind=Loudness::Default>
                <MenuItem label=t!("action.delete") icon="trash-2" danger=true on_press=move |()| removal::delete(definition, state.item.get_untracked(), true)/>
            </Menu>
        })}
    }.into_any()
}

/// The figures in the head: what one wants to know before anything else.
fn figures(state: RecordState) -> AnyView {
    let definition = state.definition;
    let own = definition.fields.iter().filter(|field| {
        field.listed && matches!(field.kind, Kind::Choice(_) | Kind::Date | Kind::Decimal | Kind::Reference(_))
    });
    let stamp = ["owner_id", "updated_at"].into_iter().filter_map(|key| definition.field(key));
    let shown: Vec<&'static Field> = own.take(4).chain(stamp).collect();
    view! {
        <dl class="figures">
            {shown.into_iter().map(|field| view! {
                <div class="figure">
                    <dt>{labels::field(definition, field)}</dt>
                    <dd>{move || state.item.with(|item| cells::cell(definition, field, &item.document))}</dd>
                </div>
            }).collect_view()}
        </dl>
    }
    .into_any()
}

/// The facts in their groups, each a card.
fn facts_cards(state: RecordState) -> AnyView {
    let definition = state.definition;
    let may_edit = session::may(definition.name, Action::Update);
    groups(definition).into_iter().map(|group| view! {
        <section class="card">
            <header class="card-head"><h2>{labels::group(group)}</h2></header>
            <dl class="card-body facts">
                {definition.fields.iter().filter(|field| field.group == group)
                    .map(|field| fact(state, field, may_edit && field.access == Access::Writable)).collect_view()}
            </dl>
        </section>
    }).collect_view().into_any()
}

fn groups(definition: &Definition) -> Vec<&'static str> {
    let mut groups = Vec::new();
    for field in definition.fields {
        if !groups.contains(&field.group) {
            groups.push(field.group);
        }
    }
    groups
}

fn fact(state: RecordState, field: &'static Field, editable: bool) -> AnyView {
    let definition = state.definition;
    let label = labels::field(definition, field);
    let hint = t!("record.edit-field", name = label.clone());
    let value = move || state.item.with(|item| cells::cell(definition, field, &item.document));
    let shown = move || {
        if state.editing.get() == Some(field.key) {
            return fact_editor(state, field);
        }
        // A link inside a button would be two controls in one.
        if !editable || matches!(field.kind, Kind::Reference(_)) {
            return view! { <span class="fact-value">{value()}</span> }.into_any();
        }
        view! {
            <button type="button" class="fact-value" title=hint.clone() on:click=move |_| state.editing.set(Some(field.key))>{value()}</button>
        }.into_any()
    };
    view! { <div class="fact"><dt>{label}</dt><dd>{shown}</dd></div> }.into_any()
}

fn fact_editor(state: RecordState, field: &'static Field) -> AnyView {
    let entry = state.item.with_untracked(|item| Entry::of(field, &item.document));
    let commit = move || {
        if untrack(|| entry.check()) {
            state.save(entry);
        }
    };
    dom::focus_soon(".fact-editor input, .fact-editor select, .fact-editor textarea");
    view! {
        <div
            class="fact-editor"
            on:keydown=move |event| {
                if dom::is_composing(&event) || event.default_prevented() {
                    return;
                }
                match event.key().as_str() {
                    "Enter" if field.kind != Kind::LongText => { event.prevent_default(); commit(); }
                    "Escape" => { event.prevent_default(); state.editing.set(None); }
                    _ => {}
                }
            }
            on:focusout=move |event| if crate::ui::focus_left(&event) { commit(); }
        >
            {editor::control(state.definition, entry, Some(labels::field(state.definition, field)))}
            {move || entry.fault.get().map(|fault| view! { <p class="field-error" role="alert">{fault}</p> })}
        </div>
    }
    .into_any()
}

/// The facts of a record for reading only.
pub fn facts(definition: &'static Definition, item: &Item) -> AnyView {
    let document = &item.document;
    let shown = definition.fields.iter().filter(|field| {
        field.key != definition.title && !document.get(field.key).is_none_or(serde_json::Value::is_null)
    });
    view! {
        <dl>
            {shown.map(|field| view! {
                <div class="fact"><dt>{labels::field(definition, field)}</dt><dd>{cells::cell(definition, field, document)}</dd></div>
            }).collect_view()}
        </dl>
    }.into_any()
}

/// The records before and after this one in the list one came from.
fn neighbours(definition: &Definition, id: &str) -> (Option<String>, Option<String>) {
    let walk = dom::recall(&format!("walk.{}", definition.name)).unwrap_or_default();
    let ids: Vec<&str> = walk.split_whitespace().collect();
    let Some(here) = ids.iter().position(|known| *known == id) else { return (None, None) };
    let at =
        |place: Option<usize>| place.and_then(|place| ids.get(place)).map(|id| address::record(definition.name, id));
    (at(here.checked_sub(1)), at(Some(here + 1)))
}
