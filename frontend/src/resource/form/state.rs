//! What a form knows: its entries, what it began with, what is wrong, and how to save.

use domain::money::Currency;
use domain::permission::Action;
use domain::{Definition, Field, Kind, Problem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::is_asked;
use crate::api::duplicates;
use crate::api::records::{self, Item};
use crate::dom;
use crate::resource::conflict;
use crate::resource::conflict_dialog::Conflict;
use crate::resource::entry::{self, Entry, Speaks, Typed};
use crate::resource::lines::{self, LineEntry};
use crate::resource::notes;
use crate::ui::toast;
use crate::{session, t};

#[derive(Clone, Copy)]
pub struct Form {
    pub definition: &'static Definition,
    pub entries: StoredValue<Vec<Entry>>,
    /// Whether it asks for the few fields of quick create only.
    pub quick: bool,
    /// For a note: the title of the record that it is about.
    about: StoredValue<String>,
    /// The record as it was read; without an id for a new one.
    pub item: StoredValue<Item>,
    pub busy: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
    pub conflict: RwSignal<Option<Conflict>>,
    pub saved: Callback<Item>,
    /// Whether it is saved although it is like another record.
    anyway: StoredValue<bool>,
}

impl Form {
    /// A form over a record. An item without an id, with what is known already, makes a new record.
    pub fn new(definition: &'static Definition, item: Item, saved: Callback<Item>) -> Self {
        Self::of(definition, definition.own_fields(), item, saved)
    }

    /// A form of few fields that makes a new record. A note is not asked what it is about, nor for a title that follows
    /// from the rest.
    pub fn quick(
        definition: &'static Definition,
        known: Map<String, Value>,
        about: Option<String>,
        saved: Callback<Item>,
    ) -> Self {
        let few = definition.own_fields().filter(|field| field.quick || field.required);
        let few: Vec<_> = match about {
            Some(_) => few.filter(|field| !known.contains_key(field.key)).collect(),
            None => few.collect(),
        };
        let few = few.into_iter().filter(|field| field.key != definition.title || !notes::titles_itself(definition));
        let form = Self::of(definition, few, Item { document: known, ..Item::default() }, saved);
        form.about.set_value(about.unwrap_or_default());
        Self { quick: true, ..form }
    }

    fn of(
        definition: &'static Definition,
        fields: impl Iterator<Item = &'static Field>,
        item: Item,
        saved: Callback<Item>,
    ) -> Self {
        let new = item.id.is_empty();
        let asked = fields.chain(places(definition)).filter(|field| is_asked(definition.name, field, new));
        let entries = asked.map(|field| Entry::of(field, &with_defaults(definition, &item, new))).collect();
        Self {
            definition,
            entries: StoredValue::new(entries),
            quick: false,
            about: StoredValue::default(),
            item: StoredValue::new(item),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            conflict: RwSignal::new(None),
            saved,
            anyway: StoredValue::new(false),
        }
    }

    /// Whether it writes something down about a record.
    pub fn is_note(self) -> bool {
        self.about.with_value(|about| !about.is_empty())
    }

    pub fn is_new(self) -> bool {
        self.item.with_value(|item| item.id.is_empty())
    }

    /// The members whose value differs from the record's. Tracks every entry.
    pub fn changes(self) -> Map<String, Value> {
        self.item.with_value(|item| {
            self.entries.with_value(|entries| {
                let changed = entries.iter().filter(|entry| !self.is_summed(entry.field)).filter_map(|entry| {
                    let idle = || entry.field.default_value().unwrap_or_default();
                    let value = if self.applies(entry.field) { entry.value() } else { idle() };
                    let was = item.document.get(entry.field.key).unwrap_or(&Value::Null);
                    let was = &lines::bare_all(entry.field, was);
                    let same = value == *was || (is_blank(&value) && is_blank(was));
                    (!same).then(|| (entry.field.key.to_owned(), value))
                });
                changed.collect()
            })
        })
    }

    /// How its amounts are meant, as it is chosen by now.
    pub fn speaks(self) -> Speaks {
        let said = move |key: &str| {
            let changed = self.changes();
            self.item.with_value(|item| changed.get(key).or(item.document.get(key)).cloned()).unwrap_or_default()
        };
        let currency = move |_: Option<&Currency>| {
            said("currency").as_str().and_then(Currency::from_word).unwrap_or(Currency::Renminbi)
        };
        let with_tax = move |_: Option<&bool>| said("prices_include_tax").as_bool().unwrap_or_default();
        Speaks { currency: Memo::new(currency).into(), prices_include_tax: Memo::new(with_tax).into() }
    }

    /// The lines that make an amount as soon as there are any: those with a worked out column of its name.
    pub fn summed_in(self, field: &Field) -> Option<RwSignal<Vec<LineEntry>>> {
        let makes = |entry: &Entry| match (entry.field.kind, entry.typed) {
            (Kind::Lines(columns), Typed::Lines(typed)) if field.kind == Kind::Amount => {
                columns.fields.iter().any(|column| column.key == field.key && !lines::is_typed(column)).then_some(typed)
            }
            _ => None,
        };
        self.entries.with_value(|entries| entries.iter().find_map(makes))
    }

    /// Whether lines make an amount by now, and not what is typed. Tracks them.
    fn is_summed(self, field: &Field) -> bool {
        self.summed_in(field).is_some_and(|typed| !typed.with(Vec::is_empty))
    }

    /// Whether a field says anything of the record as it is typed so far. Tracks the choice that decides it.
    pub fn applies(self, field: &Field) -> bool {
        let Some(case) = field.only_when else { return true };
        let typed = self.entries.with_value(|entries| {
            entries.iter().find(|entry| entry.field.key == case.field).map(|entry| (case.field, entry.value()))
        });
        let known = || self.item.with_value(|item| with_defaults(self.definition, item, item.id.is_empty()));
        let said = typed.map_or_else(known, |(key, value)| Map::from_iter([(key.to_owned(), value)]));
        case.holds(&said)
    }

    /// All that is said so far. Tracks nothing.
    pub fn whole(self) -> Map<String, Value> {
        let mut whole = self.item.with_value(|item| item.document.clone());
        whole.extend(untrack(|| self.changes()));
        whole
    }

    /// Check what would be sent, and each required field of a new record.
    fn check(self, changes: &Map<String, Value>) -> bool {
        let new = self.is_new();
        self.entries.with_value(|entries| {
            let asked = entries.iter().filter(|entry| self.applies(entry.field) && !self.is_summed(entry.field));
            let judged = asked.filter(|entry| new || changes.contains_key(entry.field.key));
            // Each is judged, so that all faults show at once.
            let faulty = judged.filter(|entry| !entry.check()).count();
            faulty == 0
        })
    }

    pub fn save(self) {
        if self.busy.get_untracked() {
            return;
        }
        let changes = untrack(|| self.changes());
        self.problem.set(None);
        if !untrack(|| self.check(&changes)) {
            dom::focus_soon(".form-summary");
            return;
        }
        let item = self.item.get_value();
        self.send(item, changes);
    }

    /// Save it although a rule refused it as a duplicate.
    pub fn save_anyway(self) {
        self.anyway.set_value(true);
        self.save();
    }

    fn send(self, item: Item, changes: Map<String, Value>) {
        self.busy.set(true);
        spawn_local(async move {
            let resource = self.definition.name;
            let anyway = self.anyway.try_get_value().unwrap_or_default();
            let answer = if item.id.is_empty() {
                // What was known before anybody typed belongs to the new record too.
                let mut whole = item.document.clone();
                whole.extend(changes.clone());
                whole.retain(|key, _| {
                    !self.definition.field(key).is_some_and(|field| untrack(|| self.is_summed(field)))
                });
                self.complete(&mut whole);
                match anyway {
                    true => duplicates::write_anyway(resource, &item, &whole).await,
                    false => records::create(resource, &whole).await,
                }
            } else if changes.is_empty() {
                Ok(item.clone())
            } else if anyway {
                duplicates::write_anyway(resource, &item, &changes).await
            } else {
                records::update(resource, &item.id, &item.etag, &changes).await
            };
            match answer {
                Ok(saved) => self.done(saved),
                Err(problem) if problem.status == 412 => self.settle(item, changes, problem).await,
                Err(problem) => self.refused(problem),
            }
        });
    }

    /// The title that nobody was asked for.
    fn complete(self, whole: &mut Map<String, Value>) {
        let title = self.about.with_value(|about| notes::title_of(self.definition, whole, about));
        if let Some(title) = title.filter(|_| self.quick) {
            whole.entry(self.definition.title).or_insert(title.into());
        }
    }

    fn done(self, saved: Item) {
        if self.busy.try_set(false).is_some() {
            return;
        }
        self.forget_draft();
        self.item.set_value(saved.clone());
        crate::resource::touch(self.definition.name);
        self.saved.run(saved);
    }

    /// Somebody else was faster: join what can be joined, ask about the rest.
    async fn settle(self, item: Item, changes: Map<String, Value>, problem: Problem) {
        let Ok(theirs) = records::find(self.definition.name, &item.id, &[]).await else {
            return self.refused(problem);
        };
        let merge = conflict::merge(&item.document, &changes, &theirs.document);
        self.busy.set(false);
        if merge.disputed.is_empty() {
            toast(t!("conflict.joined"));
            self.send(theirs, merge.patch);
        } else {
            self.conflict.set(Some(Conflict { before: item.document, theirs, merge }));
        }
    }

    /// Lay the decided patch over their version.
    pub fn resolve(self, theirs: Item, patch: Map<String, Value>) {
        self.send(theirs, patch);
    }

    /// Put the server's faults on their fields; what belongs to none stands in the summary.
    fn refused(self, problem: Problem) {
        self.busy.set(false);
        self.entries.with_value(|entries| {
            for fault in &problem.errors {
                let key = fault.pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
                if let Some(entry) = entries.iter().find(|entry| entry.field.key == key) {
                    let in_cell = match entry.typed {
                        Typed::Lines(typed) => typed.with_untracked(|typed| lines::refuse(typed, fault)),
                        _ => false,
                    };
                    if !in_cell {
                        entry.fault.set(Some(entry::sentence(fault)));
                    }
                }
            }
        });
        self.problem.set(Some(problem));
        dom::focus_soon(".form-summary");
    }

    fn draft_name(self) -> String {
        let id = self.item.with_value(|item| item.id.clone());
        match id.as_str() {
            "" if self.quick => self.draft_of(&format!("quick{}", self.known_records())),
            "" => self.draft_of("new"),
            id => self.draft_of(id),
        }
    }

    /// What is written about one record is no draft for another.
    fn known_records(self) -> String {
        self.item.with_value(|item| item.document.values().filter_map(Value::as_str).collect())
    }

    fn draft_of(self, what: &str) -> String {
        format!("draft.{}.{what}", self.definition.name)
    }

    /// Take up what was typed before and not saved; says whether there was something.
    pub fn take_draft(self) -> bool {
        let Some(text) = dom::recall(&self.draft_name()) else { return false };
        let Ok(Value::Object(draft)) = serde_json::from_str(&text) else { return false };
        let mut item = self.item.get_value();
        item.document.extend(draft);
        self.entries.update_value(|entries| {
            *entries = entries.iter().map(|entry| Entry::of(entry.field, &item.document)).collect();
        });
        true
    }

    /// Keep what is typed, with each change: whoever closes the window the next moment loses nothing.
    pub fn keep_draft(self) {
        Effect::watch(
            move || self.changes(),
            move |changes, _, _| {
                if changes.is_empty() {
                    self.forget_draft();
                } else {
                    dom::remember(&self.draft_name(), &Value::Object(changes.clone()).to_string());
                }
            },
            false,
        );
    }

    /// Let the form of all fields go on where quick create ends.
    pub fn hand_draft_over(self) {
        let mut whole = self.whole();
        self.complete(&mut whole);
        dom::remember(&self.draft_of("new"), &Value::Object(whole).to_string());
        self.forget_draft();
    }

    pub fn forget_draft(self) {
        dom::forget(&self.draft_name());
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Where a new record belongs that has no owner to follow, and what it names beside its columns: of what one may choose
/// from.
fn places(definition: &'static Definition) -> impl Iterator<Item = &'static Field> {
    let department = definition.field("department_id").filter(|_| definition.placed && !definition.owned);
    let choosable = |field: &&'static Field| match field.kind {
        Kind::Reference(resource) => session::may(resource, Action::Read),
        _ => true,
    };
    department.into_iter().chain(definition.beside).filter(choosable)
}

/// A new record begins with the first word of each required choice, as the domain's defaults do.
fn with_defaults(definition: &Definition, item: &Item, new: bool) -> Map<String, Value> {
    let mut document = item.document.clone();
    for field in definition.own_fields().filter(|_| new) {
        if let Some(default) = field.default_value() {
            document.entry(field.key).or_insert(default);
        }
    }
    document
}
